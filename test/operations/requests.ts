/** What tests send to the interface, and what they look at in its answers. */
import type { Json, JsonObject } from '../../src/fhir/json.ts';
import type { OperationResponse } from '../../src/operations/operation.ts';

export const baseUrl = 'http://localhost/datastore/test/r4';

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as FHIR JSON. */
  readonly body?: string | JsonObject;
  readonly caller?: string;
}

export interface Answer extends OperationResponse {
  /** The parsed text. */
  readonly resource: JsonObject;
}

/** Status, issue codes and expressions of a refusal. */
export function refusal({ status, resource }: Answer): { status: number; codes: Json[]; expressions: Json[] } {
  const issues = (resource['issue'] ?? []) as unknown as { code: string; expression?: string[] }[];
  return { status, codes: issues.map(({ code }) => code), expressions: issues.flatMap(({ expression = [] }) => expression) };
}
