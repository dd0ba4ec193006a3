/** What is asked in the body of `POST [base]/sql`, and what a saved query is made of: plain JSON, no resource. */
import type { Json, JsonObject } from '../../fhir/json.ts';
import { badRequest } from '../../fhir/outcome.ts';
import type { SqlLimits } from '../../ports/sql-engine.ts';
import type { OperationRequest } from '../operation.ts';
import { parseBody } from '../parse-body.ts';
import { maxSqlBytes } from '../table.ts';
import { defaultTimeoutMs, maxRows, maxScannedBytes, maxTimeoutMs } from './limits.ts';

export type QueryText = { readonly query: string } | { readonly saved: string };

export interface QueryRequest {
  readonly asked: QueryText;
  readonly parameters: JsonObject;
  readonly limits: SqlLimits;
}

/** @throws FhirError 400, 413, 415 */
export function queryRequest(request: OperationRequest): QueryRequest {
  const body = bodyOf(request, ['query', 'saved', 'parameters', 'timeoutSeconds', 'maxRows', 'maxScannedBytes']);
  return {
    asked: textOf(body),
    parameters: objectOf(body, 'parameters'),
    limits: {
      timeoutMs: 1000 * numberOf(body, 'timeoutSeconds', { most: maxTimeoutMs / 1000, usual: defaultTimeoutMs / 1000 }),
      rows: numberOf(body, 'maxRows', { most: maxRows, usual: maxRows }),
      scannedBytes: numberOf(body, 'maxScannedBytes', { most: maxScannedBytes, usual: maxScannedBytes }),
    },
  };
}

export interface SaveRequest {
  readonly query: string;
  readonly description?: string;
  readonly defaults: JsonObject;
}

/** @throws FhirError 400, 413, 415 */
export function saveRequest(request: OperationRequest): SaveRequest {
  const body = bodyOf(request, ['query', 'description', 'parameters']);
  const [query, description] = [stringOf(body, 'query'), stringOf(body, 'description')];
  if (query === undefined) throw badRequest('Send the query to be saved as {"query": "SELECT …"}.');
  return { query, defaults: objectOf(body, 'parameters'), ...(description === undefined ? {} : { description }) };
}

function bodyOf(request: OperationRequest, known: readonly string[]): JsonObject {
  const body = parseBody(request, maxSqlBytes);
  if (!isObject(body)) throw badRequest('Send an object of JSON, as {"query": "SELECT …"}.');
  const other = Object.keys(body).find((name) => !known.includes(name));
  if (other !== undefined) throw badRequest(`The body has a member that is not known here. It takes ${known.join(', ')}.`);
  return body;
}

function textOf(body: JsonObject): QueryText {
  const [query, saved] = [stringOf(body, 'query'), stringOf(body, 'saved')];
  if (query !== undefined && saved === undefined) return { query };
  if (saved !== undefined && query === undefined) return { saved };
  throw badRequest('Send either the query, as {"query": "SELECT …"}, or the name of one that was saved, as {"saved": "name"}.');
}

function stringOf(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  if (value !== undefined && typeof value !== 'string') throw badRequest(`The member ${name} is a text.`);
  return value;
}

function objectOf(body: JsonObject, name: string): JsonObject {
  const value = body[name];
  if (value === undefined) return {};
  if (!isObject(value)) throw badRequest(`The member ${name} is an object: values by the names that the query has for them.`);
  return value;
}

function numberOf(body: JsonObject, name: string, { most, usual }: { readonly most: number; readonly usual: number }): number {
  const value = body[name] ?? usual;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > most) {
    throw badRequest(`The member ${name} is a whole number from 1 to ${most}.`);
  }
  return value;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('rawJSON' in value);
}
