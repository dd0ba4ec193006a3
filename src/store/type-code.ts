/** Two characters for a resource type, so that an index entry names its resource without repeating a long word. */
import { resourceTypes } from '../fhir/definitions/resource-types.ts';

/** R4's list of resource types is closed, so a type's place in it never changes. */
const codes = new Map(resourceTypes.map((type, place) => [type, place.toString(36).padStart(2, '0')]));
const types = new Map([...codes].map(([type, code]) => [code, type]));

export function typeCode(type: string): string {
  const code = codes.get(type);
  if (code === undefined) throw new Error(`${type} is not a resource type of FHIR R4`);
  return code;
}

export function typeOfCode(code: string): string {
  const type = types.get(code);
  if (type === undefined) throw new Error('an index entry names a resource type that FHIR R4 does not have');
  return type;
}
