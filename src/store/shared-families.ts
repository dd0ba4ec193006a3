/**
 * Parameters that read the same elements share one family: `patient` stands in `subject`, `code` in `combo-code`.
 * The family is a superset; `match` settles the difference.
 */
import { sharedFamilies } from '../fhir/definitions/shared-families.ts';

/** The parameter under whose name the entries of `parameter` are filed. */
export function familyParameter(type: string, parameter: string): string {
  return sharedFamilies[type]?.[parameter] ?? parameter;
}
