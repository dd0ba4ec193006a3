/** Resources for what the other sources lack: each kind of value in each form that a search can tell apart. */
import type { Json, Resource } from '../evaluator/json.ts';

const ucum = 'http://unitsofmeasure.org';
const loinc = 'http://loinc.org';
const identifierTypes = 'http://terminology.hl7.org/CodeSystem/v2-0203';
const local = 'http://oracle.example/codes';

const concept = (system: string, code: string, text?: string): Json => ({ coding: [{ system, code }], ...(text === undefined ? {} : { text }) });

const names: readonly Json[] = [
  { family: "O'Brien-Quiñones", given: ['Zoë', 'Mary Jane'], prefix: ['Dr.'], suffix: ['III'] },
  { family: 'van der Straße', given: ['Jörg'], text: 'Jörg van der Straße' },
  { family: 'Łukasiewicz', given: ['Ægir'] },
  { family: 'Comma, Dollar$ Pipe| Slash\\', given: ['a,b', 'c|d', 'e$f', 'g\\h'] },
  { text: 'Μαρία Παπαδοπούλου' },
  { family: '山田', given: ['太郎'] },
];

function patients(): Json[] {
  return names.map((name, index) => ({
    resourceType: 'Patient',
    id: `oracle-${index}`,
    identifier: [
      { type: { coding: [{ system: identifierTypes, code: index % 2 === 0 ? 'MR' : 'SS' }], text: index % 2 === 0 ? 'Medical record' : 'Social security' }, system: `urn:oid:1.2.${index}`, value: `Ab|${index},x` },
      { value: `no-system-${index}` },
    ],
    name: [name],
    telecom: [{ system: 'email', value: `Person${index}@Example.org` }],
    address: [{ line: [`${index} Rue de l'Église`], city: 'Saint-Étienne', postalCode: `4200${index}`, country: 'FR' }],
    gender: index % 2 === 0 ? 'female' : 'male',
    birthDate: ['1970', '1970-02', '1970-02-28', '1970-03-01', '1999-12-31', '2000-01-01'][index],
    ...[{ deceasedBoolean: true }, { deceasedDateTime: '2020-02-29T23:59:59.999+14:00' }, { deceasedBoolean: false }, {}, {}, {}][index],
    meta: { tag: [{ system: local, code: `tag${index % 2}` }], security: [{ system: local, code: 'R' }], profile: [`http://oracle.example/Profile/one|1.${index}`], source: `http://oracle.example/source/${index}#part` },
    ...(index === 0 ? { managingOrganization: { reference: 'Organization/oracle-low' }, generalPractitioner: [{ identifier: { system: local, value: 'GP-1' }, type: 'Practitioner' }, { reference: 'Practitioner/oracle-gp/_history/3' }] } : {}),
    text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml"><p>Follow-up with <b>Doctor</b> ${['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon', 'Zeta'][index]} &amp; team</p></div>` },
  }));
}

const quantities: readonly Json[] = [
  { value: 5.4, unit: 'milligram', system: ucum, code: 'mg' },
  { value: 0.0054, unit: 'gram', system: ucum, code: 'g' },
  { value: 5.35, unit: 'mg', system: ucum, code: 'mg' },
  { value: 5.45, unit: 'mg', system: ucum, code: 'mg' },
  { value: 5.4, unit: 'mg' },
  { value: 5.4, unit: 'tablet', system: local, code: 'TAB' },
  { value: 5.4 },
  { value: 5, comparator: '<', system: ucum, code: 'mg', unit: 'mg' },
  { value: 5, comparator: '<=', system: ucum, code: 'mg', unit: 'mg' },
  { value: 6, comparator: '>', system: ucum, code: 'mg', unit: 'mg' },
  { value: 6, comparator: '>=', system: ucum, code: 'mg', unit: 'mg' },
  { value: 37, unit: '°C', system: ucum, code: 'Cel' },
  { value: 98.6, unit: '°F', system: ucum, code: '[degF]' },
  { value: -40, unit: '°C', system: ucum, code: 'Cel' },
  { value: 0, unit: 'mg', system: ucum, code: 'mg' },
  { value: 100, unit: 'mmHg', system: ucum, code: 'mm[Hg]' },
  { value: 23, unit: 'mm/h', system: ucum, code: 'mm/h' },
  { value: 5, unit: 'IU/mL', system: ucum, code: '[iU]/mL' },
  { value: 1e-7, unit: 'mol/L', system: ucum, code: 'mol/L' },
  { value: 123456789.125, unit: 'mg', system: ucum, code: 'mg' },
];

function observations(): Json[] {
  const values: Json[] = [
    ...quantities.map((valueQuantity) => ({ valueQuantity })),
    { valueString: 'Grew café-au-lait spots, left arm' },
    { valueDateTime: '2021-05-05T10:00:00Z' },
    { valueDateTime: '2021-05' },
    { valuePeriod: { start: '2021-05-04', end: '2021-05-06T12:00:00+02:00' } },
    { valueCodeableConcept: concept(local, 'child-1', 'A child') },
  ];
  return values.map((value, index) => ({
    resourceType: 'Observation',
    id: `oracle-${index}`,
    status: 'final',
    code: concept(local, `Code-${index % 3}`, `Measured thing ${index % 3}`),
    subject: [{ reference: `Patient/oracle-${index % 6}` }, { reference: `Patient/oracle-${index % 6}/_history/1` }, { reference: `http://elsewhere.example/fhir/Patient/oracle-${index % 6}` }, { type: 'Patient', identifier: { system: 'urn:oid:1.2.0', value: 'Ab|0,x' } }][index % 4],
    ...[{ effectiveDateTime: '2021-05-05' }, { effectiveInstant: '2021-05-05T00:00:00.000Z' }, { effectivePeriod: { start: '2021-05-05' } }, { effectivePeriod: { end: '2021-05-05' } }, { effectiveTiming: { event: ['2021-05-01', '2021-05-09T08:00:00-05:00'] } }][index % 5],
    ...value,
  }));
}

/** A chain of three, each part of the one before. */
function hierarchy(): Json[] {
  const levels = ['top', 'middle', 'low'];
  const places = [[48.8566, 2.3522], [48.9, 2.35], [-33.8688, 151.2093]];
  return levels.flatMap((level, index) => [
    { resourceType: 'Organization', id: `oracle-${level}`, name: `Organization ${level}`, ...(index === 0 ? {} : { partOf: { reference: `Organization/oracle-${levels[index - 1]}` } }) },
    {
      resourceType: 'Location',
      id: `oracle-${level}`,
      name: `Location ${level}`,
      position: { latitude: places[index]![0], longitude: places[index]![1] },
      ...(index === 0 ? {} : { partOf: { reference: `Location/oracle-${levels[index - 1]}` } }),
    },
    { resourceType: 'Procedure', id: `oracle-${level}`, status: 'completed', code: concept(local, ['parent', 'child-1', 'child-2'][index]!), subject: { reference: 'Patient/oracle-0' }, location: { reference: `Location/oracle-${level}` } },
    { resourceType: 'Condition', id: `oracle-${level}`, subject: { reference: 'Patient/oracle-0' }, code: concept(local, ['parent', 'child-1', 'grandchild'][index]!, `Condition ${level}`), onsetAge: { value: 40 + index, unit: 'years', system: ucum, code: 'a' }, clinicalStatus: concept('http://terminology.hl7.org/CodeSystem/condition-clinical', ['active', 'relapse', 'remission'][index]!) },
  ]);
}

function terminology(): Json[] {
  return [
    {
      resourceType: 'CodeSystem', id: 'oracle-codes', url: local, status: 'active', content: 'complete', caseSensitive: true, hierarchyMeaning: 'is-a',
      concept: [
        { code: 'parent', concept: [{ code: 'child-1', concept: [{ code: 'grandchild' }] }, { code: 'child-2' }] },
        ...['Code-0', 'Code-1', 'Code-2', 'tag0', 'tag1', 'R'].map((code) => ({ code })),
      ],
    },
    { resourceType: 'ValueSet', id: 'oracle-children', url: 'http://oracle.example/ValueSet/children', status: 'active', compose: { include: [{ system: local, concept: [{ code: 'child-1' }, { code: 'child-2' }] }] } },
    { resourceType: 'ValueSet', id: 'oracle-under-parent', url: 'http://oracle.example/ValueSet/under-parent', status: 'active', compose: { include: [{ system: local, filter: [{ property: 'concept', op: 'is-a', value: 'parent' }] }], exclude: [{ system: local, concept: [{ code: 'child-2' }] }] } },
    { resourceType: 'ValueSet', id: 'oracle-all', url: 'http://oracle.example/ValueSet/all', status: 'active', compose: { include: [{ system: local }] } },
    { resourceType: 'ValueSet', id: 'oracle-union', url: 'http://oracle.example/ValueSet/union', status: 'active', compose: { include: [{ valueSet: ['http://oracle.example/ValueSet/children'] }, { system: loinc, concept: [{ code: '8867-4' }, { code: '85354-9' }] }] } },
  ];
}

function others(): Json[] {
  return [
    ...[0, 1, 2, 3].map((index) => ({
      resourceType: 'RiskAssessment', id: `oracle-${index}`, status: 'final', subject: { reference: 'Patient/oracle-1' },
      prediction: [[{ probabilityDecimal: 0.85 }, { probabilityRange: { low: { value: 10 }, high: { value: 20 } } }, { probabilityDecimal: 0.855 }, { probabilityRange: { low: { value: 14.9 }, high: { value: 15.1 } } }][index]],
    })),
    ...[1, 2, 10].map((positions, index) => ({
      resourceType: 'ImmunizationRecommendation', id: `oracle-${index}`, patient: { reference: 'Patient/oracle-1' }, date: '2021-01-01',
      recommendation: [{ vaccineCode: [concept(local, `v${index}`)], forecastStatus: concept(local, 'due'), doseNumberPositiveInt: positions }],
    })),
    ...['http://oracle.example/fhir/ValueSet/123', 'http://oracle.example/fhir/ValueSet/1234', 'http://oracle.example/fhir', 'urn:oid:1.2.3.4.5', 'HTTP://oracle.example/FHIR/ValueSet/123'].map((url, index) => ({
      resourceType: 'Library', id: `oracle-${index}`, url, version: `1.${index}`, status: 'active', type: concept('http://terminology.hl7.org/CodeSystem/library-type', 'logic-library'),
      relatedArtifact: [{ type: 'depends-on', resource: ['http://oracle.example/Other/one|1.0', 'http://oracle.example/Other/one|1.1', 'http://oracle.example/Other/one|2.0', 'http://oracle.example/Other/one', 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520'][index] }],
      useContext: [{ code: { system: 'http://terminology.hl7.org/CodeSystem/usage-context-type', code: 'age' }, ...[{ valueRange: { low: { value: 9.96, system: ucum, code: 'a' }, high: { value: 10.04, system: ucum, code: 'a' } } }, { valueQuantity: { value: 15, system: ucum, code: 'a' } }, { valueRange: { low: { value: 15, system: ucum, code: 'a' } } }, { valueRange: { low: { value: 14.9, system: ucum, code: 'a' }, high: { value: 15.1, system: ucum, code: 'a' } } }, { valueCodeableConcept: concept(local, 'child-1') }][index] }],
    })),
    ...[0, 1].map((index) => ({
      resourceType: 'Invoice', id: `oracle-${index}`, status: 'issued', totalNet: { value: [48, 48.5][index], currency: 'EUR' }, totalGross: { value: 40.2, currency: ['EUR', 'USD'][index] },
    })),
    ...[0, 1].map((index) => ({
      resourceType: 'MedicationRequest', id: `oracle-${index}`, status: 'active', intent: 'order', subject: { reference: 'Patient/oracle-2' },
      contained: [{ resourceType: 'Medication', id: 'med', code: concept(local, ['child-1', 'child-2'][index]!), status: 'active' }],
      medicationReference: { reference: '#med' },
    })),
    { resourceType: 'Medication', id: 'oracle-plain', code: concept(local, 'child-1'), status: 'active' },
    { resourceType: 'DocumentReference', id: 'oracle-0', status: 'current', content: [{ attachment: { contentType: 'text/xml; charset=UTF-8', title: 'Notes' } }], relatesTo: [{ code: 'replaces', target: { reference: 'DocumentReference/oracle-1' } }] },
    { resourceType: 'DocumentReference', id: 'oracle-1', status: 'superseded', content: [{ attachment: { contentType: 'text/xml' } }] },
    {
      resourceType: 'List', id: 'oracle-list', status: 'current', mode: 'working',
      entry: [{ item: { reference: 'Observation/oracle-0' } }, { item: { reference: 'Observation/oracle-1' } }, { item: { reference: 'Patient/oracle-1' } }],
    },
  ];
}

/** References in circles, to versions, by canonical URL, from one contained resource to another, and to what is another patient's. */
function referring(): Json[] {
  const reference = (name: string): Json => ({ reference: name });
  return [
    { resourceType: 'Organization', id: 'oracle-circle-a', name: 'Circle a', partOf: reference('Organization/oracle-circle-b') },
    { resourceType: 'Organization', id: 'oracle-circle-b', name: 'Circle b', partOf: reference('Organization/oracle-circle-a') },
    { resourceType: 'Practitioner', id: 'oracle-gp', name: [{ family: 'General', given: ['Pat'] }], gender: 'female' },
    { resourceType: 'Device', id: 'oracle-own', patient: reference('Patient/oracle-1'), owner: reference('Organization/oracle-circle-a') },
    { resourceType: 'Device', id: 'oracle-of-another', patient: reference('Patient/oracle-2') },
    { resourceType: 'Device', id: 'oracle-of-nobody', status: 'active', type: concept(local, 'child-1') },
    {
      resourceType: 'Encounter', id: 'oracle-visit', status: 'finished', subject: reference('Patient/oracle-1'), period: { start: '2021-05-05', end: '2021-05-06' },
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
      contained: [
        { resourceType: 'PractitionerRole', id: 'role', practitioner: reference('#doctor'), organization: reference('Organization/oracle-circle-a') },
        { resourceType: 'Practitioner', id: 'doctor', name: [{ family: 'Inside' }] },
      ],
      participant: [{ individual: reference('#role') }, { individual: reference('#doctor') }],
      serviceProvider: reference('Organization/oracle-circle-b'),
    },
    ...['oracle-own', 'oracle-of-another', 'oracle-of-nobody'].map((device, index) => ({
      resourceType: 'Observation', id: `oracle-device-${index}`, status: 'final', code: concept(local, 'Code-1'), subject: reference('Patient/oracle-1/_history/1'),
      encounter: reference('Encounter/oracle-visit'), device: reference(`Device/${device}`), performer: [reference('Practitioner/oracle-gp/_history/1'), reference('Practitioner/oracle-gp')],
      effectiveDateTime: `2021-05-0${index + 5}`,
    })),
    ...['1.0', '2.0'].map((version) => ({ resourceType: 'Questionnaire', id: `oracle-${version}`, url: 'http://oracle.example/Questionnaire/asked', version, status: 'active', title: `Asked ${version}` })),
    ...['', '|1.0', '|2.0', '|3.0'].map((version, index) => ({
      resourceType: 'QuestionnaireResponse', id: `oracle-${index}`, status: 'completed', questionnaire: `http://oracle.example/Questionnaire/asked${version}`,
      subject: reference('Patient/oracle-1'), encounter: reference('Encounter/oracle-visit'), authored: `2021-05-1${index}`, author: reference('Practitioner/oracle-gp'),
    })),
    { resourceType: 'Group', id: 'oracle-two', type: 'person', actual: true, member: [{ entity: reference('Patient/oracle-1') }, { entity: reference('Patient/oracle-2') }], managingEntity: reference('Organization/oracle-circle-b') },
  ];
}

export function edgeCases(): Resource[] {
  return [...patients(), ...observations(), ...hierarchy(), ...terminology(), ...others(), ...referring()];
}
