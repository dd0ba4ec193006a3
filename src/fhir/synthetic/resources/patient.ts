/** The Patient resource: names, identifiers, addresses and the demographic hard cases (https://hl7.org/fhir/R4/patient.html). */

import type { Json, JsonObject } from '../../json.ts';
import type { Resource } from '../../resource.ts';
import { ageAt, dateText, dateTimeText, momentAt, yearOf } from '../calendar.ts';
import type { Chart } from '../chart.ts';
import { coding, concept, hl7, systems, type Concept } from '../codes/coding.ts';
import { cultures, streets, type Culture } from '../codes/names.ts';
import type { Person } from '../person.ts';
import { Random } from '../random.ts';

const usCore = 'http://hl7.org/fhir/us/core/StructureDefinition';
const raceSystem = 'urn:oid:2.16.840.1.113883.6.238';
const extensions = {
  race: `${usCore}/us-core-race`,
  ethnicity: `${usCore}/us-core-ethnicity`,
  birthSex: `${usCore}/us-core-birthsex`,
  birthTime: 'http://hl7.org/fhir/StructureDefinition/patient-birthTime',
  dataAbsentReason: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
  ownPrefix: 'http://hl7.org/fhir/StructureDefinition/humanname-own-prefix',
  qualifier: 'http://hl7.org/fhir/StructureDefinition/iso21090-EN-qualifier',
  representation: 'http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation',
} as const;

const recordNumber = hl7('v2-0203', 'MR', 'Medical record number');
const socialSecurity = hl7('v2-0203', 'SS', 'Social Security number');
const married = hl7('v3-MaritalStatus', 'M', 'Married');
const neverMarried = hl7('v3-MaritalStatus', 'S', 'Never Married');

export interface NameParts {
  readonly family: string;
  readonly given: string;
  readonly birthFamily: string;
  readonly native?: { readonly family: string; readonly given: string };
}

/** The name of a person. Drawn from the identity's own sequence: two records of one person have one name. */
export function nameOf(seed: number, person: Person): NameParts {
  const random = new Random(`${seed}:${person.identity}:name`);
  const familyRandom = new Random(`${seed}:${Math.min(person.household, person.identity)}:family`);
  const culture: Culture = cultures[person.culture];
  const sex = person.gender === 'male' ? 'male' : 'female';
  const familyIndex = familyRandom.integer(0, culture.families.length - 1);
  const givenIndex = random.integer(0, culture[sex].length - 1);
  const { native } = culture;
  return {
    family: culture.families[familyIndex] as string,
    given: culture[sex][givenIndex] as string,
    birthFamily: culture.families[(familyIndex + 1) % culture.families.length] as string,
    ...(native && { native: { family: native.families[familyIndex] as string, given: native[sex][givenIndex] as string } }),
  };
}

/** A family name's particle is said apart, by an extension on the primitive. */
function particle(family: string): JsonObject {
  const words = /^((?:van|de|der|ten|'t| )+) \S+$/.exec(family)?.[1];
  return words ? { _family: { extension: [{ url: extensions.ownPrefix, valueString: words }] } } : {};
}

/** Irish names here carry an initial that is marked as such: the first given name then has a gap in the parallel list. */
function givenNames({ culture }: Person, { given }: NameParts): JsonObject {
  if (culture !== 'irish') return { given: given.split(' ') };
  return { given: [given, 'Q.'], _given: [null, { extension: [{ url: extensions.qualifier, valueCode: 'IN' }] }] };
}

function humanNames(chart: Chart, parts: NameParts): JsonObject[] {
  const { traits, birth } = chart.person;
  const married = traits.has('maidenName') ? dateText(birth + 27 * 365) : undefined;
  const names: JsonObject[] = [{
    use: 'official', family: parts.family, ...particle(parts.family), ...givenNames(chart.person, parts),
    ...(chart.person.number % 4 === 0 && { prefix: ['Mx.'] }),
    ...(married && { period: { start: married } }),
  }];
  if (married) names.push({ use: 'maiden', family: parts.birthFamily, given: [parts.given], period: { end: married } });
  if (traits.has('nickname')) names.push({ use: 'nickname', given: ['Bee 🐝'], text: 'Bee 🐝' });
  if (parts.native) {
    names.push({
      extension: [{ url: extensions.representation, valueCode: 'IDE' }],
      use: 'usual', text: `${parts.native.family} ${parts.native.given}`,
      family: parts.native.family, given: [parts.native.given],
    });
  }
  return names;
}

function identifiers(chart: Chart): JsonObject[] {
  const serial = String(1_000_000 + chart.person.number);
  const list: JsonObject[] = [{
    use: 'usual', type: recordNumber, system: 'https://larkspur.example/mrn', value: `MRN${serial}`,
    assigner: { display: 'Larkspur Valley Medical Center' },
  }];
  if (chart.person.traits.has('nameless')) return list;
  // Numbers that begin with 9 are never issued as social security numbers.
  const digits = String(990_000_000 + chart.person.identity);
  list.push({
    use: 'official', type: socialSecurity, system: systems.ssn,
    value: `${digits.slice(0, 3)}-${digits.slice(3, 5)}-${digits.slice(5)}`,
  });
  return list;
}

function demographicExtensions(chart: Chart): JsonObject[] {
  const { culture, gender } = chart.person;
  const [code, display] = cultures[culture].race;
  const ethnicity = culture === 'spanish'
    ? coding(raceSystem, '2135-2', 'Hispanic or Latino')
    : coding(raceSystem, '2186-5', 'Not Hispanic or Latino');
  const list: JsonObject[] = [
    {
      url: extensions.race,
      extension: [{ url: 'ombCategory', valueCoding: coding(raceSystem, code, display) }, { url: 'text', valueString: display }],
    },
    {
      url: extensions.ethnicity,
      extension: [{ url: 'ombCategory', valueCoding: ethnicity }, { url: 'text', valueString: ethnicity.display }],
    },
  ];
  if (gender === 'female' || gender === 'male') {
    list.push({ url: extensions.birthSex, valueCode: gender === 'female' ? 'F' : 'M' });
  }
  return list;
}

/** The birth date as far as it is known: whole, to the month, to the year, with its time, or absent with the reason. */
function birthElements(chart: Chart): JsonObject {
  const { traits, birth } = chart.person;
  const whole = dateText(birth);
  if (traits.has('nameless')) return { _birthDate: { extension: [{ url: extensions.dataAbsentReason, valueCode: 'unknown' }] } };
  if (traits.has('birthYearOnly')) return { birthDate: whole.slice(0, 4) };
  if (traits.has('birthMonthOnly')) return { birthDate: whole.slice(0, 7) };
  if (!traits.has('birthTime')) return { birthDate: whole };
  const time = dateTimeText(momentAt(birth, 247, chart.site.zone), chart.site.zone);
  return { birthDate: whole, _birthDate: { extension: [{ url: extensions.birthTime, valueDateTime: time }] } };
}

function deceased(chart: Chart): JsonObject {
  const { traits, death } = chart.person;
  if (death === undefined) return {};
  if (traits.has('deceasedBoolean')) return { deceasedBoolean: true };
  return { deceasedDateTime: dateTimeText(momentAt(death, 1260, chart.site.zone), chart.site.zone) };
}

function address(chart: Chart): JsonObject {
  const random = new Random(`${chart.world.seed}:${chart.person.household}:address`);
  const { town, state, postalCode, country } = chart.site;
  return {
    use: 'home', type: 'physical', line: [`${random.integer(1, 980)} ${random.pick(streets)}`, 'Apt. 2'],
    city: town, state, postalCode, country, period: { start: String(yearOf(chart.person.birth)) },
  };
}

function links(chart: Chart): Json[] | undefined {
  const { traits, number } = chart.person;
  const type = traits.has('replacesDuplicate') ? 'replaces' : 'seealso';
  if (!traits.has('replacesDuplicate') && !traits.has('seeAlso')) return undefined;
  // A record of the same person in another group, which always comes earlier.
  const other = type === 'replaces' ? number - 1 : number - 2;
  return [{ other: { reference: `Patient/${chart.patientId(other)}` }, type }];
}

function meta(chart: Chart): JsonObject {
  const security = [coding(systems.actReason, 'HTEST', 'test health data')];
  if (chart.person.traits.has('restricted')) security.push(coding(systems.confidentiality, 'R', 'restricted'));
  return { security, tag: [coding('https://caldera.example/tags', 'synthetic', 'Synthetic population')] };
}

function narrative(parts: NameParts | undefined, chart: Chart): JsonObject {
  const names = parts ? [`${parts.given} ${parts.family}`] : ['Unidentified person'];
  if (parts?.native) names.push(`${parts.native.given} ${parts.native.family}`);
  const direction = chart.person.culture === 'arabic' ? ' dir="rtl"' : '';
  return {
    status: 'generated',
    div: `<div xmlns="http://www.w3.org/1999/xhtml"><p${direction}>${names.join(' · ').replaceAll("'", '&#39;')}</p></div>`,
  };
}

function languageConcept({ language, languageName }: Culture): Concept {
  return concept(languageName, coding('urn:ietf:bcp:47', language, languageName));
}

/** The patient's own resource, the first of its group. */
export function addPatient(chart: Chart): void {
  const { person } = chart;
  const parts = person.traits.has('nameless') ? undefined : nameOf(chart.world.seed, person);
  const culture: Culture = cultures[person.culture];
  const adult = ageAt(person.birth, chart.lastDay) >= 25;
  const isTwin = person.traits.has('twinFirst') || person.traits.has('twinSecond');
  const resource: Resource = {
    resourceType: 'Patient',
    id: chart.patientId(person.number),
    meta: meta(chart),
    text: narrative(parts, chart),
    extension: parts ? demographicExtensions(chart) : undefined,
    identifier: identifiers(chart),
    active: !person.traits.has('inactiveDuplicate'),
    name: parts ? humanNames(chart, parts) : undefined,
    telecom: parts ? [{ system: 'phone', value: `555-01${10 + (person.number % 90)}`, use: 'home', rank: 1 }] : undefined,
    gender: person.gender,
    ...birthElements(chart),
    ...deceased(chart),
    address: parts ? [address(chart)] : undefined,
    maritalStatus: adult && parts ? (person.traits.has('maidenName') ? married : neverMarried) : undefined,
    ...(isTwin && { multipleBirthInteger: person.traits.has('twinFirst') ? 1 : 2 }),
    ...(!isTwin && parts && { multipleBirthBoolean: false }),
    communication: parts ? [{ language: languageConcept(culture), preferred: true }] : undefined,
    generalPractitioner: [chart.world.facilities.practitioner(chart.world.facilities.clinicianFor('family', person.site))],
    managingOrganization: chart.world.facilities.organization(person.site),
    link: links(chart),
  };
  chart.add(resource);
}
