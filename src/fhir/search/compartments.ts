/**
 * Compartments: what belongs to one patient, encounter, practitioner, related person or device
 * (https://hl7.org/fhir/R4/compartmentdefinition.html).
 */
import { compartments } from '../definitions/compartments.mjs';
import { searchParameter } from './parameters.ts';
import type { Condition } from './criteria.ts';
import type { SearchParameter } from './values.ts';

export type CompartmentType = 'Patient' | 'Encounter' | 'RelatedPerson' | 'Practitioner' | 'Device';

export const compartmentNames = Object.keys(compartments) as readonly CompartmentType[];

export function isCompartmentType(type: string): type is CompartmentType {
  return Object.hasOwn(compartments, type);
}

/**
 * The types that have members in the compartment, its own among them: the resource that names a compartment is in it.
 */
export function compartmentTypes(compartment: CompartmentType): readonly string[] {
  return [...new Set([compartment, ...Object.keys(compartments[compartment]!)])].toSorted();
}

/** The reference parameters of the type by which its resources belong to the compartment; none where they never do. */
export function compartmentParameters(compartment: CompartmentType, type: string): readonly string[] {
  const byType = compartments[compartment]!;
  return Object.hasOwn(byType, type) ? byType[type]! : [];
}

/**
 * What a resource of `type` has to fulfil to be in the compartment: any of the definition's parameters refers to it; for
 * the compartment's own type, also that it has the id. `undefined` when no resource of the type is ever in it.
 */
export function compartmentConditions(compartment: CompartmentType, id: string, type: string): Condition | undefined {
  const conditions = compartmentParameters(compartment, type).map((code) => refersTo(searchParameter(type, code)!, compartment, id));
  if (type === compartment) conditions.unshift(hasId(searchParameter(type, '_id')!, id));
  return conditions.length > 1 ? { operator: 'or', conditions } : conditions[0];
}

function refersTo(parameter: SearchParameter, type: string, id: string): Condition {
  return { operator: 'clause', clause: { parameter, criteria: [{ kind: 'reference', type, id }] } };
}

function hasId(parameter: SearchParameter, id: string): Condition {
  return { operator: 'clause', clause: { parameter, criteria: [{ kind: 'token', code: id }] } };
}
