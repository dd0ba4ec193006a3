/**
 * The routes of a REST API's OpenAPI body as API Gateway picks among them
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html):
 * a literal segment before a parameter, a parameter before the rest of the path, a method before any.
 */
export interface Integration {
  readonly type: string;
  readonly uri: string;
  readonly timeoutInMillis?: number;
  readonly responseTransferMode?: 'STREAM' | 'BUFFERED';
}

export interface Operation {
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly 'x-amazon-apigateway-integration': Integration;
}

/** The parts of the document that decide what happens to a request. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly securitySchemes?: Readonly<Record<string, { readonly 'x-amazon-apigateway-authtype'?: string }>> };
  readonly 'x-amazon-apigateway-binary-media-types'?: readonly string[];
  readonly 'x-amazon-apigateway-minimum-compression-size'?: number;
  readonly 'x-amazon-apigateway-gateway-responses'?: Readonly<Record<string, GatewayResponse>>;
}

export interface GatewayResponse {
  readonly statusCode?: string | number;
  readonly responseParameters?: Readonly<Record<string, string>>;
  readonly responseTemplates?: Readonly<Record<string, string>>;
}

export interface Matched {
  /** As in the document: `/datastore/{datastoreId}/r4`. */
  readonly resource: string;
  readonly operation: Operation;
  /** As sent, still encoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

const anyMethod = 'x-amazon-apigateway-any-method';

/** @param path behind the stage, as sent; a slash at its end means nothing to a REST API */
export function matchRoute({ paths }: ApiDocument, method: string, path: string): Matched | undefined {
  const parts = segments(path);
  const candidates = Object.keys(paths)
    .map((resource) => ({ resource, pathParameters: parametersOf(segments(resource), parts) }))
    .filter((candidate) => candidate.pathParameters !== undefined)
    .sort((one, other) => compareRanks(rank(one.resource), rank(other.resource)));
  // The most precise path has it: its own methods, or none. What lies beside it is not asked.
  const [best] = candidates;
  if (best === undefined) return undefined;
  const operation = paths[best.resource]![method.toLowerCase()] ?? paths[best.resource]![anyMethod];
  return operation && { resource: best.resource, operation, pathParameters: best.pathParameters! };
}

function segments(path: string): readonly string[] {
  return path.replace(/\/$/, '').split('/').slice(1);
}

function parametersOf(template: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  const greedy = template.at(-1)?.endsWith('+}') === true;
  if (greedy ? parts.length < template.length : parts.length !== template.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [place, segment] of template.entries()) {
    const name = /^\{(.*?)\+?\}$/.exec(segment)?.[1];
    if (name === undefined && segment !== parts[place]) return undefined;
    if (name !== undefined) parameters[name] = segment.endsWith('+}') ? parts.slice(place).join('/') : parts[place]!;
  }
  return parameters;
}

/** Smaller is more precise, segment by segment. */
function rank(resource: string): readonly number[] {
  return segments(resource).map((segment) => (segment.endsWith('+}') ? 2 : segment.startsWith('{') ? 1 : 0));
}

function compareRanks(one: readonly number[], other: readonly number[]): number {
  const place = one.findIndex((value, at) => value !== (other[at] ?? 3));
  return place < 0 ? 0 : one[place]! - (other[place] ?? 3);
}

/** The function behind an integration, and which of Lambda's two calls is made. */
export function invocationOf({ type, uri }: Integration): { readonly functionArn: string; readonly streamed: boolean } {
  const match = /^arn:aws:apigateway:[^:]+:lambda:path\/(2015-03-31|2021-11-15)\/functions\/(.+)\/(invocations|response-streaming-invocations)$/.exec(uri);
  const [, version, functionArn, call] = match ?? [];
  if (type.toLowerCase() !== 'aws_proxy' || functionArn === undefined) throw new Error(`routes.ts cannot integrate ${type} ${uri}.`);
  if ((version === '2021-11-15') !== (call === 'response-streaming-invocations')) throw new Error(`The version does not have this call: ${uri}.`);
  return { functionArn, streamed: version === '2021-11-15' };
}
