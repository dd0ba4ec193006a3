/** Resources that between them have a value of every kind of search parameter, in the shapes that are easily missed. */
import type { Resource } from '../../../src/fhir/resource.ts';
import { syntheticPopulation } from '../../../src/fhir/synthetic/synthetic-population.ts';

const ucum = 'http://unitsofmeasure.org';
const quantity = (value: number, code: string) => ({ value, unit: code, system: ucum, code });
const coded = (code: string, system = 'http://loinc.org') => ({ coding: [{ system, code, display: `Of ${code}` }], text: `Text of ${code}` });

const observation = (id: string, content: object): Resource => ({
  resourceType: 'Observation', id, status: 'final', code: coded('8480-6'), subject: { reference: 'Patient/p' }, ...content,
});

const numbers: readonly Resource[] = [
  observation('whole', { valueQuantity: quantity(5, 'kg'), effectiveDateTime: '2024-05-05' }),
  observation('negative', { valueQuantity: quantity(-12.75, 'Cel') }),
  observation('tiny', { valueQuantity: quantity(5e-320, 'g') }),
  observation('huge', { valueQuantity: quantity(1.5e300, '1') }),
  observation('zero', { valueQuantity: quantity(0, 'mmol/L') }),
  observation('less', { valueQuantity: { ...quantity(5, 'mg'), comparator: '<' } }),
  observation('more', { valueQuantity: { ...quantity(0.4, 'ug/mL'), comparator: '>=' } }),
  observation('unit-only', { valueQuantity: { value: 81.5, unit: 'mm Hg' } }),
  observation('acidity', { valueQuantity: quantity(7.4, '[pH]') }),
  observation('panel', {
    component: [
      { code: coded('8480-6'), valueQuantity: quantity(121, 'mm[Hg]') },
      { code: coded('8462-4'), valueQuantity: quantity(81.05, 'mm[Hg]') },
      { code: coded('8480-6'), valueQuantity: quantity(135, 'mm[Hg]') },
      { code: coded('76689-9'), valueCodeableConcept: coded('LA17', 'http://answers.example') },
    ],
  }),
  observation('samples', { valueSampledData: { origin: quantity(2, 'mV'), period: 10, dimensions: 1, data: '1 2 E 7 U' } }),
  observation('said', { valueString: 'Große Müdigkeit, seit gestern; kaum Schlaf in der Nacht', effectivePeriod: { start: '2024-01-01' } }),
  observation('dated', { valueDateTime: '2023-11-02T10:00:00+02:00', effectivePeriod: { start: '2024-01-01', end: '2024-03-01' } }),
  observation('span', { valuePeriod: { start: '2020-01', end: '2021-03' } }),
  { resourceType: 'RiskAssessment', id: 'risk', status: 'final', subject: { reference: 'Patient/p' }, prediction: [
    { probabilityDecimal: 0.0325 }, { probabilityRange: { low: { value: 5 }, high: { value: 12.5 } } },
  ] },
  { resourceType: 'MolecularSequence', id: 'sequence', coordinateSystem: 0, referenceSeq: {
    windowStart: 12, windowEnd: 4000, chromosome: coded('7', 'http://chromosome.example'), referenceSeqId: coded('NC_000007.14'),
  }, variant: [{ start: 120, end: 121 }, { start: 3001, end: 3002 }] },
  { resourceType: 'Questionnaire', id: 'form', status: 'active', url: 'http://forms.example/Questionnaire/frailty', version: '1.2', useContext: [
    { code: { system: 'http://context.example', code: 'age' }, valueRange: { low: quantity(60, 'a'), high: quantity(90, 'a') } },
    { code: { system: 'http://context.example', code: 'focus' }, valueCodeableConcept: coded('38341003', 'http://snomed.info/sct') },
  ] },
  { resourceType: 'Invoice', id: 'bill', status: 'issued', totalGross: { value: 119.9, currency: 'EUR' }, totalNet: { value: 100, currency: 'EUR' } },
];

const longName = 'Wolfeschlegelsteinhausenbergerdorff Ångström-O’Neill von und zu Übersee';
const texts: readonly Resource[] = [
  { resourceType: 'Patient', id: 'p', name: [{ family: longName, given: ['Zoë', '李雷', '\u{20000}\u{20001}'] }, { text: 'Ann Bee' }],
    birthDate: '1970-03-01', address: [{ line: ['12/4 Main Street'], city: 'San José', state: 'MA', postalCode: '02139', country: 'US' }],
    identifier: [{ system: 'http://hospital.example/mrn', value: 'MRN-17', type: { coding: [{ system: 'http://types.example', code: 'MR' }] } }],
    telecom: [{ system: 'email', value: 'Ann@Example.org' }], generalPractitioner: [{ reference: 'Practitioner/d', identifier: { system: 's', value: 'NPI 9' } }],
    managingOrganization: { identifier: { system: 'http://org.example', value: 'Org-1' } } },
  { resourceType: 'Organization', id: 'org', name: 'St. Mary’s — Hospital & Clinics', active: true, telecom: [{ system: 'phone', value: '+1 555' }] },
  { resourceType: 'ValueSet', id: 'set', status: 'active', url: 'http://sets.example/ValueSet/a b#c', version: '2', name: 'A set',
    title: '«Überschrift»', description: `${'Lorem ipsum '.repeat(400)}needle` },
  { resourceType: 'ValueSet', id: 'ruled', status: 'draft', name: 'y', description: `ab ${'-'.repeat(17_000)} distant` },
  { resourceType: 'ValueSet', id: 'urn', status: 'draft', url: 'urn:oid:1.2.3.4', name: '—' },
  { resourceType: 'ValueSet', id: 'long', status: 'draft', url: `http://sets.example/${'long/'.repeat(80)}end`, name: 'x' },
  { resourceType: 'Basic', id: 'profiled', code: coded('x'), meta: { profile: ['http://profiles.example/StructureDefinition/one|3.1'] } },
  { resourceType: 'Location', id: 'here', name: 'Ward 7', position: { latitude: 52.52, longitude: 13.405 }, address: { city: 'Berlin' } },
  { resourceType: 'Location', id: 'fiji', name: 'Fiji', position: { latitude: -17.7, longitude: 179.99 } },
  { resourceType: 'Location', id: 'pole', name: 'Pole', position: { latitude: 90, longitude: 0 } },
  { resourceType: 'DocumentReference', id: 'document', status: 'current', subject: { reference: 'http://other.example/fhir/Patient/p' },
    relatesTo: [{ code: 'replaces', target: { reference: 'DocumentReference/old/_history/2' } }],
    content: [{ attachment: { contentType: 'text/plain; charset=utf-8', url: 'http://files.example/1' } }], date: '2024-02-02T02:02:02Z' },
];

const containers: readonly Resource[] = [
  { resourceType: 'MedicationRequest', id: 'order', status: 'active', intent: 'order', subject: { reference: 'Patient/p' },
    medicationReference: { reference: '#med' }, authoredOn: '2024-04-04', contained: [
      { resourceType: 'Medication', id: 'med', code: coded('1049502', 'http://www.nlm.nih.gov/research/umls/rxnorm'), status: 'active' },
      { resourceType: 'Medication', id: 'other', code: coded('7980', 'http://www.nlm.nih.gov/research/umls/rxnorm'), status: 'inactive' },
      { ...observation('inner', { valueQuantity: quantity(3, 'mg'), effectiveDateTime: '2023-01-01' }) },
      { ...observation('second', { valueQuantity: quantity(9, 'mg'), effectivePeriod: { start: '2020-01-01' } }) },
    ] },
];

/** Each with an id of its own. */
export function sampleResources(): readonly Resource[] {
  const population = [...syntheticPopulation({ patients: 3, seed: 3 })].flat();
  const perType = new Map<string, Resource[]>();
  for (const resource of population) {
    const some = perType.get(resource.resourceType) ?? [];
    if (some.length < 3) perType.set(resource.resourceType, [...some, resource]);
  }
  return [...numbers, ...texts, ...containers, ...[...perType.values()].flat()];
}
