/** The resource in a request's body, as JSON (https://hl7.org/fhir/R4/json.html). */
import { parseJson } from '../fhir/json.ts';
import type { Json } from '../fhir/json.ts';
import { outlineOf } from '../fhir/json-outline.ts';
import type { Outline } from '../fhir/json-outline.ts';
import { repeatedName } from '../fhir/json-names.ts';
import { badRequest, payloadTooLarge } from '../fhir/outcome.ts';
import { maxDepth } from '../fhir/structures.ts';
import { requireJson } from './negotiate.ts';
import type { OperationRequest } from './operation.ts';

/** A Bundle's entries come on top of what one resource may have; far below what would exhaust the stack. */
export const maxBodyDepth = 2 * maxDepth;

/**
 * @param limitBytes the most the body may hold, in UTF-8
 * @throws FhirError 413, 415, or 400 for what is not JSON, nested deeper than {@link maxBodyDepth}, or has
 *   two properties of one name in an object
 */
export function parseBody({ headers, body }: Pick<OperationRequest, 'headers' | 'body'>, limitBytes: number): Json {
  if (body === undefined || body === '') throw badRequest('The request has no body. Send one resource as JSON.');
  requireJson(headers);
  // A UTF-16 unit is at most three bytes: the exact length is asked for only where it may matter.
  if (body.length * 3 > limitBytes && Buffer.byteLength(body) > limitBytes) {
    throw payloadTooLarge(`The body is larger than ${limitBytes} bytes, the most this interaction takes.`);
  }
  const outline = outlineOf(body, maxBodyDepth);
  if (outline === undefined) throw badRequest(`The body is nested deeper than ${maxBodyDepth} levels.`);
  const value = parsed(body, outline);
  const repeated = repeatedName(body, value, outline);
  if (repeated !== undefined) {
    throw badRequest(`An object of the body has two properties of one name, the second at character ${repeated}. Names are unique; what repeats is an array.`);
  }
  return value;
}

function parsed(body: string, outline: Outline): Json {
  try {
    return parseJson(body, outline);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The message itself may quote the body.
    const position = /position (\d+)/.exec(error.message)?.[1];
    throw badRequest(`The body is not JSON${position === undefined ? '' : `: the fault is at character ${position}`}.`);
  }
}
