/**
 * One operation of the FHIR interface behind API Gateway: from the event to the operation's request, and from its answer
 * to what goes over the wire. Nothing of a request is logged: paths and queries hold ids, names and birth dates.
 */
import { notFound } from '../fhir/outcome.ts';
import { encodedAnswer } from '../machine/encoded-answer.ts';
import type { EncodedAnswer } from '../machine/encoded-answer.ts';
import type { Operation, OperationRequest, OperationResponse } from '../operations/operation.ts';
import { takesContent } from '../operations/binary/submitted-binary.ts';
import { route } from '../operations/route.ts';
import type { RouteMatch } from '../operations/route.ts';
import { serve } from '../operations/serve.ts';
import type { ServeDependencies } from '../operations/serve.ts';
import type { OperationName } from '../operations/table.ts';
import { addressOf, bodyOf, bytesOf, callerOf, headersOf, queryOf } from './gateway-event.ts';
import type { GatewayEvent } from './gateway-event.ts';

export interface GatewayHandlerOptions extends ServeDependencies {
  /** The operation that is served; absent for the function that answers what no operation does. */
  readonly name?: OperationName;
  /** The operation over a data store. @throws FhirError when there is no such store, or it does not serve */
  readonly operationOf: (datastoreId: string) => Promise<Operation>;
}

/** @returns a function that answers every event, and never throws */
export function gatewayHandler(options: GatewayHandlerOptions): (event: GatewayEvent) => Promise<EncodedAnswer> {
  return async (event) => {
    const headers = headersOf(event);
    const asked: OperationRequest = { method: event.httpMethod, baseUrl: '', path: {}, query: queryOf(event), headers, caller: '' };
    return encodedAnswer(asked, await answered(event, asked, options));
  };
}

async function answered(event: GatewayEvent, asked: OperationRequest, options: GatewayHandlerOptions): Promise<OperationResponse> {
  try {
    const { operation, request, ownFormats } = await prepared(event, asked, options);
    return await serve(operation, { ...options, ownFormats })(request);
  } catch (error) {
    return serve(() => Promise.reject(error), options)(asked);
  }
}

interface Prepared {
  readonly operation: Operation;
  readonly request: OperationRequest;
  readonly ownFormats: boolean;
}

async function prepared(event: GatewayEvent, asked: OperationRequest, { name, operationOf }: GatewayHandlerOptions): Promise<Prepared> {
  const caller = callerOf(event);
  const { datastoreId, path, baseUrl } = addressOf(event, asked.headers);
  const found = route(asked.method, path);
  // The gateway tells paths apart before it decodes them.
  if (found.name !== name) throw notFound('There is nothing at this path. GET metadata describes what this server offers.');
  const operation = await operationOf(datastoreId);
  return { operation, ownFormats: found.operation.ownFormats === true, request: { ...asked, caller, baseUrl, path: found.path, ...(await broughtBy(event, asked, found)) } };
}

async function broughtBy(event: GatewayEvent, { headers }: OperationRequest, found: RouteMatch): Promise<Pick<OperationRequest, 'body' | 'content'>> {
  const { maxBodyBytes } = found.operation;
  if (takesContent(found, headers)) {
    const bytes = await bytesOf(event, headers, maxBodyBytes);
    return bytes === undefined ? {} : { content: { bytes } };
  }
  const body = await bodyOf(event, headers, maxBodyBytes);
  return body === undefined ? {} : { body };
}
