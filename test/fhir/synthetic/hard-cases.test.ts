/** Each hard case that the population promises is already among twenty patients. */

import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/fhir/json.ts';
import { parseJson } from '../../../src/fhir/json.ts';
import type { Resource } from '../../../src/fhir/resource.ts';
import { syntheticPopulation } from '../../../src/fhir/synthetic/synthetic-population.ts';

const groups = [...syntheticPopulation({ patients: 20, seed: 42 })];
const resources = groups.flat();
const texts = resources.map((resource) => JSON.stringify(resource));
const ofType = (type: string) => resources.filter(({ resourceType }) => resourceType === type);
const patients = ofType('Patient');
const days = (period: JsonObject) => (Date.parse(String(period.end)) - Date.parse(String(period.start))) / 86_400_000;
const namesOf = (patient: Resource) => (patient.name ?? []) as JsonObject[];

/** Cases that show in the text of some resource. */
const written: readonly (readonly [sentence: string, pattern: RegExp])[] = [
  ['a comparator below the limit of detection, with its trailing zero', /"value":0\.10,[^}]*"comparator":"<"/],
  ['a comparator above the range', /"comparator":">"/],
  ['a quantity without a unit, with its trailing zero', /"valueQuantity":\{"value":1\.10\}/],
  ['a quantity with its unit in words only', /"valueQuantity":\{"value":11\.0,"unit":"stone"\}/],
  ['an arbitrary unit', /"code":"\[iU\]\/mL"/],
  ['a score as unit', /"code":"\{score\}"/],
  ['a decimal with an exponent', /"value":1\.0E\+5/],
  ['another unit than usual for a code', /"2345-7".*"code":"mmol\/L"/],
  ['an effective instant', /"effectiveInstant":"[^"]+\.000Z"/],
  ['an effective period', /"effectivePeriod":/],
  ['an effective timing', /"effectiveTiming":/],
  ['an onset by year', /"onsetDateTime":"\d{4}"/],
  ['an onset by month', /"onsetDateTime":"\d{4}-\d\d"/],
  ['an onset by age', /"onsetAge":/],
  ['an onset by range of age', /"onsetRange":/],
  ['an onset in words', /"onsetString":/],
  ['a period without a start', /"onsetPeriod":\{"end":/],
  ['an immunization at a time told in words', /"occurrenceString":/],
  ['a procedure dated to the year', /"performedDateTime":"\d{4}"/],
  ['a time at +05:30', /T\d\d:\d\d:\d\d\+05:30"/],
  ['a time in UTC', /T\d\d:\d\d:\d\dZ"/],
  ['a time in winter in Massachusetts', /T\d\d:\d\d:\d\d-05:00"/],
  ['a time in summer in Germany', /T\d\d:\d\d:\d\d\+02:00"/],
  ['a contained medication', /"resourceType":"Medication","id":"medication"/],
  ['a contained practitioner', /"resourceType":"Practitioner","id":"locum"/],
  ['a contained coverage', /"resourceType":"Coverage"/],
  ['a logical reference', /"requester":\{"type":"Practitioner","identifier"/],
  ['an absolute reference', /"reference":"https:\/\//],
  ['a versioned reference', /"reference":"Patient\/[^"]+\/_history\/1"/],
  ['a reference of words alone', /"performer":\[\{"display":/],
  ['a maiden name that ends', /"use":"maiden",[^}]*"period":\{"end"/],
  ['a nickname with an emoji', /"use":"nickname".*🐝/u],
  ["an apostrophe in a name", /"family":"(O'|D'|McAllenby)/],
  ['a particle in a name, also as an extension', /"family":"[a-z].*humanname-own-prefix/],
  ['a gap in a list of primitives with extensions', /"_given":\[null,\{/],
  ['decomposed accents', /[a-z]\u0303|[a-z]\u0301/],
  ['a Vietnamese name', /"family":"[^"]*[ễầạĐ]/],
  ['Chinese', /\p{Script=Han}/u],
  ['Arabic', /\p{Script=Arabic}/u],
  ['right-to-left text mixed with Latin and digits', /\p{Script=Arabic}[^"]*BP 140\/90/u],
  ['Hindi', /\p{Script=Devanagari}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['race and ethnicity', /us-core-race.*us-core-ethnicity/],
  ['birth sex', /us-core-birthsex/],
  ['an extension on a primitive that has a value', /"birthDate":"[^"]+","_birthDate":\{"extension"/],
  ['a primitive that is absent with a reason', /"_birthDate":\{"extension":\[\{"url":"[^"]+data-absent-reason"/],
  ['a birth date by year', /"birthDate":"\d{4}"/],
  ['a birth date by month', /"birthDate":"\d{4}-\d\d"/],
  ['a narrative', /"div":"<div xmlns=/],
  ['several codings for one concept', /"coding":\[\{[^\]]*\},\{/],
  ['a concept without code', /"code":\{"text":/],
  ['a test number as social security number', /"system":"urn:oid:2\.16\.840\.1\.113883\.4\.1","value":"99/],
  ['a medical record number', /"code":"MR"/],
  ['a tag', /"tag":\[\{/],
  ['a security label that restricts', /"security":\[[^\]]*"code":"R"/],
  ['a record that replaces another', /"type":"replaces"/],
  ['a see-also link', /"type":"seealso"/],
  ['an inactive record', /"active":false/],
  ['a death as dateTime', /"deceasedDateTime":/],
  ['a death as boolean', /"deceasedBoolean":true/],
  ['the gender other', /"gender":"other"/],
  ['an observation entered in error', /"status":"entered-in-error"/],
];

describe('among twenty patients there is', () => {
  test.each(written)('%s', (_sentence, pattern) => {
    expect(texts.some((text) => pattern.test(text))).toBe(true);
  });

  test.each([
    'Quantity', 'CodeableConcept', 'String', 'Boolean', 'Integer', 'Range', 'Ratio', 'SampledData', 'Time', 'DateTime', 'Period',
  ])('an observation with a value of type %s', (type) => {
    expect(texts.some((text) => text.startsWith('{"resourceType":"Observation"') && text.includes(`"value${type}":`))).toBe(true);
  });

  test('an observation, and a component, whose value is absent with a reason', () => {
    const observations = ofType('Observation');
    expect(observations.some(({ dataAbsentReason }) => dataAbsentReason !== undefined)).toBe(true);
    const components = observations.flatMap(({ component }) => (component ?? []) as JsonObject[]);
    expect(components.some(({ dataAbsentReason }) => dataAbsentReason !== undefined)).toBe(true);
  });

  test('a hospital stay of several days, and an admission that has not ended', () => {
    const periods = ofType('Encounter').map(({ period }) => period as JsonObject);
    expect(periods.some((period) => days(period) > 2)).toBe(true);
    expect(periods.some(({ start, end }) => start !== undefined && end === undefined)).toBe(true);
  });

  test('a patient without a name', () => {
    expect(patients.filter((patient) => namesOf(patient).length === 0)).toHaveLength(1);
  });

  test('a pair of twins: one birth date, one address, one family name, in birth order', () => {
    const twins = patients.filter(({ multipleBirthInteger }) => multipleBirthInteger !== undefined);
    expect(twins.map(({ multipleBirthInteger }) => multipleBirthInteger)).toEqual([1, 2]);
    const [first, second] = twins as [Resource, Resource];
    expect(second.birthDate).toBe(first.birthDate);
    expect(JSON.stringify(second.address)).toBe(JSON.stringify(first.address));
    expect(namesOf(second)[0]?.family).toBe(namesOf(first)[0]?.family);
  });

  test('a duplicate that has the name and the birth year of the record that replaces it', () => {
    const duplicate = patients.findIndex(({ active }) => active === false);
    const [inactive, current] = patients.slice(duplicate, duplicate + 2) as [Resource, Resource];
    expect(JSON.stringify(current.name)).toBe(JSON.stringify(inactive.name));
    expect(String(current.birthDate).slice(0, 4)).toBe(inactive.birthDate);
    expect((current.link as JsonObject[])[0]?.other).toEqual({ reference: `Patient/${inactive.id}` });
  });

  test('one history of more than 900 resources, and an average of 100 to 250', () => {
    expect(groups.filter((group) => group.length > 900)).toHaveLength(1);
    const average = resources.length / 20;
    expect(average).toBeGreaterThan(100);
    expect(average).toBeLessThan(250);
  });

  test('nothing that does not survive writing and reading, digits and all', () => {
    for (const text of texts) expect(JSON.stringify(parseJson(text))).toBe(text);
  });
});
