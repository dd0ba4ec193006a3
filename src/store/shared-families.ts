/**
 * Parameters that read the same elements share one family: `patient` stands in `subject`, `code` in `combo-code`.
 * The family is a superset; `match` settles the difference.
 */
import { sharedFamilies } from '../fhir/definitions/shared-families.ts';
import type { SearchParameter } from '../fhir/search/values.ts';

/**
 * Parts of names and addresses, whose every word the whole holds too
 * (https://hl7.org/fhir/R4/datatypes.html#HumanName, https://hl7.org/fhir/R4/datatypes.html#Address).
 */
const partsOf: Readonly<Record<string, string>> = {
  family: 'name',
  given: 'name',
  'address-city': 'address',
  'address-state': 'address',
  'address-postalcode': 'address',
  'address-country': 'address',
};

/** Of these types `name` is a HumanName and has the parts; of others it is one text. */
const withHumanNames: ReadonlySet<string> = new Set(['Patient', 'Person', 'Practitioner', 'RelatedPerson']);
const withAddresses: ReadonlySet<string> = new Set([...withHumanNames, 'InsurancePlan', 'Location', 'Organization']);

/** By type and parameter; all names are of the definitions, so there is an end to them. */
const known = new Map<string, Map<string, string>>();

/** No code of R4's has a colon. */
const customMark = ':';

/** What a parameter is called where families are named: R4's by their codes, a store's own by names that no other has. */
export function familyName({ code, custom }: SearchParameter): string {
  return custom?.family ?? code;
}

/**
 * The name under which the entries of a parameter are filed.
 *
 * @param parameter as `familyName` has it
 */
export function familyParameter(type: string, parameter: string): string {
  if (parameter.includes(customMark)) return parameter;
  const ofType = known.get(type) ?? new Map<string, string>();
  if (ofType.size === 0) known.set(type, ofType);
  let family = ofType.get(parameter);
  if (family === undefined) {
    family = sharedFamilies[type]?.[parameter] ?? wholeOf(type, parameter) ?? parameter;
    ofType.set(parameter, family);
  }
  return family;
}

function wholeOf(type: string, parameter: string): string | undefined {
  const whole = Object.hasOwn(partsOf, parameter) ? partsOf[parameter] : undefined;
  const types = whole === 'name' ? withHumanNames : withAddresses;
  return types.has(type) ? whole : undefined;
}
