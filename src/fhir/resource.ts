import type { Json, JsonObject } from './json.ts';

/** Any FHIR R4 resource as JSON (https://hl7.org/fhir/R4/resource.html). */
export interface Resource extends JsonObject {
  resourceType: string;
  id?: string;
  meta?: Meta;
}

/** https://hl7.org/fhir/R4/resource.html#Meta */
export interface Meta extends JsonObject {
  versionId?: string;
  lastUpdated?: string;
}

/** https://hl7.org/fhir/R4/datatypes.html#id */
export const idPattern = /^[A-Za-z0-9\-.]{1,64}$/;

export function isId(value: Json | undefined): value is string {
  return typeof value === 'string' && idPattern.test(value);
}
