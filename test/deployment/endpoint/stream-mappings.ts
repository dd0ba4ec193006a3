/**
 * Event source mappings of Lambda that are made at run time
 * (https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html). A change takes a look to come about.
 */
import { randomUUID } from 'node:crypto';
import { jsonAnswer, jsonError, unknownOperation } from './service.ts';
import type { Access, Service, ServiceRequest } from './service.ts';
import type { World } from './world.ts';

/** Settings as they were given to Lambda. */
// oxlint-disable-next-line typescript/no-explicit-any -- read by the feed, member by member
export type MappingSettings = Record<string, any> & { readonly EventSourceArn: string; readonly FunctionName: string };

export interface Mapping {
  readonly id: string;
  settings: MappingSettings;
  state: 'Creating' | 'Enabled' | 'Updating' | 'Deleting';
}

export interface StreamMappingRegister extends Service {
  /** Those that carry records now. */
  enabled(): readonly Mapping[];
}

export function streamMappings({ place: { account, region } }: World): StreamMappingRegister {
  const mappings = new Map<string, Mapping>();
  const arnOf = (id: string): string => `arn:aws:lambda:${region}:${account}:event-source-mapping:${id}`;
  const described = ({ id, settings, state }: Mapping) => ({
    UUID: id, ...settings, FunctionArn: `arn:aws:lambda:${region}:${account}:function:${nameOf(settings.FunctionName)}`, State: state,
  });
  /** What was begun is done when somebody looks again. */
  const settle = (mapping: Mapping): void => {
    if (mapping.state === 'Deleting') mappings.delete(mapping.id);
    else mapping.state = 'Enabled';
  };
  return {
    enabled: () => [...mappings.values()].filter(({ state }) => state !== 'Deleting'),
    accesses(request) {
      const { operation, id } = callOf(request);
      const functionArn = (name: string): string => `arn:aws:lambda:${region}:${account}:function:${nameOf(name)}`;
      const mapping = id === undefined ? undefined : mappings.get(id);
      const named = mapping?.settings.FunctionName ?? bodyOf(request)['FunctionName'];
      const context: Record<string, string> = typeof named === 'string' ? { 'lambda:FunctionArn': functionArn(named) } : {};
      const access: Access = { action: `lambda:${operation}`, resource: id === undefined ? '*' : arnOf(id), context };
      return [access];
    },
    async answer(request) {
      const { operation, id } = callOf(request);
      if (operation === 'ListEventSourceMappings') {
        const [source, name] = ['EventSourceArn', 'FunctionName'].map((each) => request.url.searchParams.get(each));
        const found = [...mappings.values()].filter(({ settings }) =>
          (source === null || settings.EventSourceArn === source) && (name === null || name === undefined || nameOf(settings.FunctionName) === nameOf(name)));
        const answer = jsonAnswer({ EventSourceMappings: found.map(described) });
        found.forEach(settle);
        return answer;
      }
      if (operation === 'CreateEventSourceMapping') {
        const settings = bodyOf(request) as MappingSettings;
        if ([...mappings.values()].some((each) => each.settings.EventSourceArn === settings.EventSourceArn && each.settings.FunctionName === settings.FunctionName)) {
          return jsonError('ResourceConflictException', 'There is such a mapping.', 409);
        }
        const made: Mapping = { id: randomUUID(), settings, state: 'Creating' };
        mappings.set(made.id, made);
        return jsonAnswer(described(made), 202);
      }
      const mapping = mappings.get(id!);
      if (mapping === undefined) return jsonError('ResourceNotFoundException', 'There is no such mapping.', 404);
      if (operation === 'GetEventSourceMapping') {
        const answer = jsonAnswer(described(mapping));
        settle(mapping);
        return answer;
      }
      if (mapping.state !== 'Enabled') return jsonError('ResourceInUseException', 'The mapping is being changed.', 400);
      if (operation === 'UpdateEventSourceMapping') {
        mapping.settings = { ...mapping.settings, ...bodyOf(request) };
        mapping.state = 'Updating';
      } else {
        mapping.state = 'Deleting';
      }
      return jsonAnswer(described(mapping), 202);
    },
    denied: (reason) => jsonError('AccessDeniedException', reason, 403),
  };
}

function nameOf(functionName: string): string {
  return functionName.replace(/^arn:.*:function:/, '');
}

function bodyOf({ body }: ServiceRequest): Record<string, unknown> {
  return body.byteLength === 0 ? {} : (JSON.parse(body.toString()) as Record<string, unknown>);
}

const operations: Readonly<Record<string, readonly [onOne: string, onAll: string]>> = {
  GET: ['GetEventSourceMapping', 'ListEventSourceMappings'],
  POST: ['', 'CreateEventSourceMapping'],
  PUT: ['UpdateEventSourceMapping', ''],
  DELETE: ['DeleteEventSourceMapping', ''],
};

function callOf({ method, url }: ServiceRequest): { readonly operation: string; readonly id: string | undefined } {
  const id = /^\/2015-03-31\/event-source-mappings(?:\/([^/]*))?$/.exec(url.pathname);
  const operation = id === null ? undefined : operations[method]?.[id[1] === undefined || id[1] === '' ? 1 : 0];
  if (operation === undefined || operation === '') throw unknownOperation('lambda', `${method} ${url.pathname}`);
  return { operation, id: id![1] === '' ? undefined : id![1] };
}
