/**
 * What every operation needs around it, once: content negotiation, and the rendering of what was thrown as an
 * OperationOutcome (https://hl7.org/fhir/R4/http.html#return-codes).
 */
import { parseJson } from '../fhir/json.ts';
import { FhirError, insufficientStorage, operationOutcome, throttled } from '../fhir/outcome.ts';
import type { Ids } from '../ports/ids.ts';
import { StorageFull, TableUnavailable } from '../ports/ordered-table.ts';
import { fhirJson, negotiate } from './negotiate.ts';
import type { Format } from './negotiate.ts';
import type { Operation, OperationRequest, OperationResponse } from './operation.ts';

/** Something that FHIR does not foresee: a defect of ours, or of what is underneath. */
export interface Fault {
  /** Told to the client, so that the report can be found. */
  readonly id: string;
  readonly error: unknown;
}

export interface ServeDependencies {
  readonly ids: Pick<Ids, 'uuid'>;
  /** Told of every fault, and of nothing else. */
  readonly report: (fault: Fault) => void;
  /** The operation answers in formats of its own, and negotiates them itself; what fails is told as FHIR tells it. */
  readonly ownFormats?: boolean;
}

/** Until a table that is busy beyond its adapter's own retries is worth asking again. */
const retryAfterSeconds = 1;

/**
 * The operation as a function that never throws. A response to HEAD carries its text all the same: the server
 * takes the `Content-Length` from it and leaves it out.
 */
export function serve(operation: Operation, dependencies: ServeDependencies): Operation {
  return async (request) => {
    let format: Format = { contentType: fhirJson, pretty: false };
    try {
      const negotiated = formatOf(request);
      if (!(negotiated instanceof FhirError)) format = negotiated;
      else if (!dependencies.ownFormats && !mayBeContent(request)) throw negotiated;
      const response = await operation(request);
      if (negotiated instanceof FhirError && response.json !== undefined && !dependencies.ownFormats) throw negotiated;
      return finish(response, request, format);
    } catch (error) {
      return finish(failed(error, dependencies), request, format);
    }
  };
}

function formatOf(request: OperationRequest): Format | FhirError {
  try {
    return negotiate(request);
  } catch (error) {
    if (error instanceof FhirError) return error;
    throw error;
  }
}

/** A Binary may be answered by its content, whose format the read finds out, and a file is what it is: nothing of FHIR's needs to be accepted. */
function mayBeContent({ method, path }: OperationRequest): boolean {
  return (path['type'] === 'Binary' || path['file'] !== undefined) && (method === 'GET' || method === 'HEAD');
}

function finish(response: OperationResponse, request: OperationRequest, { contentType, pretty }: Format): OperationResponse {
  const headers: Record<string, string> = { ...response.headers };
  const requestId = request.headers['x-request-id'];
  if (requestId !== undefined && /^[A-Za-z0-9._:-]{1,128}$/.test(requestId)) headers['X-Request-Id'] = requestId;
  if (response.json === undefined) return { ...response, headers };
  // A manifest and HealthLake's own answers are no resources, and say so.
  headers['Content-Type'] ??= contentType;
  const json = pretty ? JSON.stringify(parseJson(response.json), null, 2) : response.json;
  return { status: response.status, headers, json };
}

function failed(error: unknown, { ids, report }: ServeDependencies): OperationResponse {
  if (error instanceof FhirError) return rendered(error);
  if (error instanceof StorageFull) return rendered(insufficientStorage('There is no room for what this request writes, and nothing of it was written. Tell whoever runs the server; reading goes on.'));
  if (error instanceof TableUnavailable) {
    const advice = 'The store is too busy to answer. The request may be sent again; a write may have taken place, so send If-Match or an idempotency key with it.';
    return rendered(throttled(advice, retryAfterSeconds));
  }
  const id = ids.uuid();
  report({ id, error });
  const diagnostics = `The server failed. Its operators find the reason under the fault id ${id}.`;
  return rendered(new FhirError(500, [{ severity: 'fatal', code: 'exception', diagnostics }]));
}

function rendered({ status, headers, issues }: FhirError): OperationResponse {
  return { status, headers, json: JSON.stringify(operationOutcome(issues)) };
}
