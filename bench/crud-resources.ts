/**
 * Nine linked resources as a clinic writes them: the CRUD mix creates, reads, updates and deletes them. Each is made
 * from a number, so that bodies differ and are the same in every run.
 */
import type { Resource } from '../src/fhir/resource.ts';

/** In the order of their links: a resource refers only to types before it. */
export const crudTypes = [
  'Patient', 'Location', 'Organization', 'Practitioner', 'Encounter', 'Observation', 'MedicationRequest', 'Claim', 'ExplanationOfBenefit',
] as const;
export type CrudType = (typeof crudTypes)[number];

/** `Type/id` of what was created before. */
export type Links = Partial<Record<CrudType, string>>;

const families = ['Okafor', 'Lindqvist', 'Marchetti', 'Nakagawa', 'Oyelaran', 'Sørensen', 'Kowalczyk', 'Villanueva', 'Ramanathan', 'Haddad'];
const givens = ['Amara', 'Johan', 'Giulia', 'Ren', 'Tunde', 'Freja', 'Zofia', 'Mateo', 'Priya', 'Samir'];
const cities = ['Fairview', 'Northgate', 'Harrow Bay', 'Millbrook', 'Stonefield'];

const day = (number: number) => String(1 + (number % 28)).padStart(2, '0');
const month = (number: number) => String(1 + (number % 12)).padStart(2, '0');
const pick = (choices: readonly string[], number: number) => choices[number % choices.length]!;
const reference = (links: Links, type: CrudType) => ({ reference: links[type]! });
const coding = (system: string, code: string, display: string) => ({ coding: [{ system, code, display }], text: display });
const dollars = (value: number) => ({ value, currency: 'USD' });

const builders: Record<CrudType, (number: number, links: Links) => Resource> = {
  Patient: (number) => ({
    resourceType: 'Patient',
    identifier: [
      { use: 'usual', type: coding('http://terminology.hl7.org/CodeSystem/v2-0203', 'MR', 'Medical record number'), system: 'urn:oid:2.16.840.1.113883.4.642.9.1', value: `MR-${number}` },
      { system: 'http://example.org/fhir/sid/insurance', value: `INS-${number * 7}` },
    ],
    active: true,
    name: [
      { use: 'official', family: pick(families, number), given: [pick(givens, number >> 2), pick(givens, number >> 4)] },
      { use: 'nickname', given: [pick(givens, number >> 3)] },
    ],
    telecom: [{ system: 'phone', value: `+1 555 ${1000 + (number % 9000)}`, use: 'home' }, { system: 'email', value: `p${number}@example.org` }],
    gender: number % 2 ? 'female' : 'male',
    birthDate: `${1930 + (number % 90)}-${month(number)}-${day(number)}`,
    address: [{ use: 'home', line: [`${1 + (number % 400)} Juniper Road`], city: pick(cities, number), state: 'OR', postalCode: String(97000 + (number % 900)), country: 'US' }],
    maritalStatus: coding('http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', 'M', 'Married'),
    communication: [{ language: coding('urn:ietf:bcp:47', 'en-US', 'English (United States)'), preferred: true }],
  }),
  Location: (number) => ({
    resourceType: 'Location',
    identifier: [{ system: 'http://example.org/fhir/sid/room', value: `R-${number}` }],
    status: 'active',
    name: `${pick(cities, number)} Clinic, room ${number % 60}`,
    mode: 'instance',
    telecom: [{ system: 'phone', value: `+1 555 ${1000 + (number % 9000)}` }],
    address: { line: [`${1 + (number % 90)} Harbour Street`], city: pick(cities, number), state: 'OR', postalCode: '97201' },
    position: { longitude: -122.5 - (number % 100) / 1000, latitude: 45.25 + (number % 100) / 1000 },
  }),
  Organization: (number) => ({
    resourceType: 'Organization',
    identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: String(1000000000 + number) }],
    active: true,
    type: [coding('http://terminology.hl7.org/CodeSystem/organization-type', 'prov', 'Healthcare Provider')],
    name: `${pick(cities, number)} Health Partners`,
    telecom: [{ system: 'phone', value: '+1 555 0100' }],
    address: [{ line: ['12 Market Square'], city: pick(cities, number), state: 'OR', postalCode: '97204' }],
  }),
  Practitioner: (number) => ({
    resourceType: 'Practitioner',
    identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: String(2000000000 + number) }],
    active: true,
    name: [{ family: pick(families, number >> 1), given: [pick(givens, number)], prefix: ['Dr.'] }],
    telecom: [{ system: 'email', value: `d${number}@example.org`, use: 'work' }],
    gender: number % 2 ? 'male' : 'female',
    qualification: [{ code: coding('http://terminology.hl7.org/CodeSystem/v2-0360', 'MD', 'Doctor of Medicine') }],
  }),
  Encounter: (number, links) => ({
    resourceType: 'Encounter',
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB', display: 'ambulatory' },
    type: [coding('http://snomed.info/sct', '185349003', 'Encounter for check up')],
    subject: reference(links, 'Patient'),
    participant: [{ individual: reference(links, 'Practitioner'), period: visit(number) }],
    period: visit(number),
    location: [{ location: reference(links, 'Location'), status: 'completed' }],
    serviceProvider: reference(links, 'Organization'),
  }),
  Observation: (number, links) => ({
    resourceType: 'Observation',
    status: 'final',
    category: [coding('http://terminology.hl7.org/CodeSystem/observation-category', 'vital-signs', 'Vital signs')],
    code: coding('http://loinc.org', '8867-4', 'Heart rate'),
    subject: reference(links, 'Patient'),
    encounter: reference(links, 'Encounter'),
    effectiveDateTime: visit(number).start,
    issued: visit(number).end,
    performer: [reference(links, 'Practitioner')],
    valueQuantity: { value: 50 + (number % 70), unit: 'beats/minute', system: 'http://unitsofmeasure.org', code: '/min' },
    referenceRange: [{ low: { value: 60, unit: '/min' }, high: { value: 100, unit: '/min' } }],
  }),
  MedicationRequest: (number, links) => ({
    resourceType: 'MedicationRequest',
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: coding('http://www.nlm.nih.gov/research/umls/rxnorm', '197361', 'Amlodipine 5 MG Oral Tablet'),
    subject: reference(links, 'Patient'),
    encounter: reference(links, 'Encounter'),
    authoredOn: visit(number).end,
    requester: reference(links, 'Practitioner'),
    dosageInstruction: [{ sequence: 1, text: 'One tablet each morning', timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } }, doseAndRate: [{ doseQuantity: { value: 1, unit: 'tablet' } }] }],
    dispenseRequest: { numberOfRepeatsAllowed: 3, quantity: { value: 30, unit: 'tablet' } },
  }),
  Claim: (number, links) => ({
    resourceType: 'Claim',
    status: 'active',
    type: coding('http://terminology.hl7.org/CodeSystem/claim-type', 'professional', 'Professional'),
    use: 'claim',
    patient: reference(links, 'Patient'),
    billablePeriod: visit(number),
    created: visit(number).end,
    provider: reference(links, 'Organization'),
    priority: coding('http://terminology.hl7.org/CodeSystem/processpriority', 'normal', 'Normal'),
    prescription: reference(links, 'MedicationRequest'),
    insurance: [{ sequence: 1, focal: true, coverage: { display: 'Columbia Mutual' } }],
    item: [
      { sequence: 1, productOrService: coding('http://snomed.info/sct', '185349003', 'Encounter for check up'), encounter: [reference(links, 'Encounter')], net: dollars(120 + (number % 50)) },
      { sequence: 2, productOrService: coding('http://www.nlm.nih.gov/research/umls/rxnorm', '197361', 'Amlodipine'), net: dollars(14.5) },
    ],
    total: dollars(134.5 + (number % 50)),
  }),
  ExplanationOfBenefit: (number, links) => ({
    resourceType: 'ExplanationOfBenefit',
    status: 'active',
    type: coding('http://terminology.hl7.org/CodeSystem/claim-type', 'professional', 'Professional'),
    use: 'claim',
    patient: reference(links, 'Patient'),
    billablePeriod: visit(number),
    created: visit(number).end,
    insurer: { display: 'Columbia Mutual' },
    provider: reference(links, 'Practitioner'),
    facility: reference(links, 'Location'),
    claim: reference(links, 'Claim'),
    outcome: 'complete',
    insurance: [{ focal: true, coverage: { display: 'Columbia Mutual' } }],
    item: [{
      sequence: 1,
      productOrService: coding('http://snomed.info/sct', '185349003', 'Encounter for check up'),
      servicedPeriod: visit(number),
      encounter: [reference(links, 'Encounter')],
      adjudication: [
        { category: coding('http://terminology.hl7.org/CodeSystem/adjudication', 'submitted', 'Submitted Amount'), amount: dollars(134.5) },
        { category: coding('http://terminology.hl7.org/CodeSystem/adjudication', 'benefit', 'Benefit Amount'), amount: dollars(107.6) },
      ],
    }],
    total: [{ category: coding('http://terminology.hl7.org/CodeSystem/adjudication', 'submitted', 'Submitted Amount'), amount: dollars(134.5) }],
    payment: { amount: dollars(107.6) },
  }),
};

function visit(number: number): { start: string; end: string } {
  const date = `${2015 + (number % 10)}-${month(number >> 3)}-${day(number)}`;
  return { start: `${date}T09:15:00-07:00`, end: `${date}T09:45:00-07:00` };
}

/** The body of a create. Every type named before `type` in `crudTypes` must be in `links`. */
export function crudResource(type: CrudType, number: number, links: Links): Resource {
  return builders[type](number, links);
}

/** The same resource as an update changes it: one element of each, which is searched by or shown. */
export function updatedCrudResource(resource: Resource, id: string): Resource {
  const changed: Resource = { ...resource, id };
  if ('status' in changed) changed['status'] = resource.resourceType === 'Observation' ? 'amended' : 'cancelled';
  else changed['active'] = false;
  if (resource.resourceType === 'Location') changed['status'] = 'suspended';
  return changed;
}
