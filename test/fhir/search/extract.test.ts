/** https://hl7.org/fhir/R4/search.html: what each parameter finds in a resource. */
import { describe, expect, test } from '@jest/globals';
import type { Resource } from '../../../src/fhir/resource.ts';
import { containedResources, extract, extractParameter } from '../../../src/fhir/search/extract.ts';
import { isSupported, searchParameter, searchParametersOf } from '../../../src/fhir/search/parameters.ts';
import { parameterIndexes, searchParameters } from '../../../src/fhir/definitions/search-parameters.mjs';
import type { SearchValue } from '../../../src/fhir/search/values.ts';

const values = (resource: Resource, code: string): readonly SearchValue[] =>
  extract(resource).find(({ parameter }) => parameter.code === code)?.values ?? [];
const codes = (resource: Resource, code: string) => values(resource, code).map((value) => (value.kind === 'token' ? value.code : undefined));
const urls = (resource: Resource, code: string) => values(resource, code).map((value) => (value.kind === 'reference' ? value.url : undefined));
const texts = (resource: Resource, code: string) => values(resource, code).map((value) => (value.kind === 'string' ? value.text : undefined));

test('a code of a value set of version 3 has the system that its binding implies', () => {
  expect(values({ resourceType: 'Composition', confidentiality: 'N' }, 'confidentiality')).toEqual([
    { kind: 'token', system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'N', systemImplied: true, caseSensitive: true },
  ]);
});

describe('the table of parameters', () => {
  test('holds the base parameters of R4, behind them those of ViewDefinition, and no others', () => {
    expect(searchParameters.findIndex(({ url }) => url.includes('/ViewDefinition-'))).toBe(1375);
    expect(searchParameters).toHaveLength(1375 + 13);
    expect(Object.keys(parameterIndexes)).toHaveLength(147);
    expect(searchParameter('DetectedIssue', 'status')).toBeUndefined();
    expect(searchParameter('Patient', 'birthdate')).toMatchObject({ type: 'date', targets: [] });
    expect(searchParameter('Observation', 'patient')).toMatchObject({ type: 'reference', targets: ['Patient', 'Group'] });
  });
  test('has the common parameters on every type', () => {
    for (const type of Object.keys(parameterIndexes)) {
      for (const code of ['_id', '_lastUpdated', '_tag', '_profile', '_security', '_source']) {
        expect(searchParameter(type, code)?.code).toBe(code);
      }
    }
  });
  test('offers every parameter but named queries, of which none is defined', () => {
    expect(searchParameters.filter((parameter) => !isSupported(parameter)).map(({ code }) => code)).toEqual(['_query']);
  });
  test('names the components of composites, and what their own definitions say', () => {
    const composites = searchParameters.filter(({ type }) => type === 'composite');
    expect(composites).toHaveLength(46);
    for (const { components } of composites) expect(components?.length).toBeGreaterThanOrEqual(2);
    expect(searchParameter('Observation', 'code-value-quantity')!.components).toEqual([
      { code: 'code', type: 'token', targets: [] },
      { code: 'value-quantity', type: 'quantity', targets: [] },
    ]);
    expect(searchParameter('DocumentReference', 'relationship')!.components).toEqual([
      { code: 'relation', type: 'token', targets: [] },
      { code: 'relatesto', type: 'reference', targets: ['DocumentReference'] },
    ]);
  });
  test('has no code twice on one type', () => {
    for (const [type, indexes] of Object.entries(parameterIndexes)) expect(searchParametersOf(type).size).toBe(indexes.length);
  });
  test('knows nothing of what is no resource type', () => {
    expect(searchParametersOf('constructor').size).toBe(0);
    expect(searchParametersOf('Foo').size).toBe(0);
    expect(extract({ resourceType: 'constructor' })).toEqual([]);
  });
});

describe('expressions', () => {
  const observation: Resource = {
    resourceType: 'Observation',
    id: 'o1',
    meta: { lastUpdated: '2024-01-01T00:00:00Z', tag: [{ system: 't', code: 'x' }] },
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '85354-9' }] },
    subject: { reference: 'Group/1' },
    effectivePeriod: { start: '2020-01-01' },
    valueCodeableConcept: { text: 'a text', coding: [{ code: 'v' }] },
    component: [{ code: { coding: [{ code: '8480-6' }] } }, { code: { coding: [{ code: '8462-4' }] } }],
  };
  test('paths through repeating elements, and unions', () => {
    expect(codes(observation, 'component-code')).toEqual(['8480-6', '8462-4']);
    expect(codes(observation, 'combo-code')).toEqual(['85354-9', '8480-6', '8462-4']);
    expect(codes(observation, 'status')).toEqual(['final']);
  });
  test('elements of every resource', () => {
    expect(codes(observation, '_id')).toEqual(['o1']);
    expect(codes(observation, '_tag')).toEqual(['x']);
    expect(values(observation, '_lastUpdated')).toEqual([{ kind: 'date', low: 1704067200000, high: 1704067201000 }]);
  });
  test('choices of types, and ofType', () => {
    expect(values(observation, 'date')).toEqual([{ kind: 'date', low: Date.parse('2020-01-01'), high: Infinity }]);
    expect(codes(observation, 'value-concept')).toEqual(['v']);
    expect(texts(observation, 'value-string')).toEqual(['a text']);
    expect(texts({ ...observation, valueCodeableConcept: undefined, valueString: 's' }, 'value-string')).toEqual(['s']);
  });
  test('where(resolve() is Patient)', () => {
    expect(urls(observation, 'subject')).toEqual(['Group/1']);
    expect(urls(observation, 'patient')).toEqual([]);
    expect(urls({ ...observation, subject: { reference: 'Patient/1' } }, 'patient')).toEqual(['Patient/1']);
  });
  test("where(system='phone')", () => {
    const telecom = [{ system: 'phone', value: '1' }, { system: 'email', value: '2' }, { value: '3' }];
    const patient = { resourceType: 'Patient', telecom };
    expect(codes(patient, 'phone')).toEqual(['1']);
    expect(codes(patient, 'email')).toEqual(['2']);
    expect(codes(patient, 'telecom')).toEqual(['1', '2', '3']);
  });
  test('Patient.deceased.exists() and Patient.deceased != false', () => {
    expect(codes({ resourceType: 'Patient' }, 'deceased')).toEqual(['false']);
    expect(codes({ resourceType: 'Patient', deceasedBoolean: false }, 'deceased')).toEqual(['false']);
    expect(codes({ resourceType: 'Patient', deceasedBoolean: true }, 'deceased')).toEqual(['true']);
    expect(codes({ resourceType: 'Patient', deceasedDateTime: '2020' }, 'deceased')).toEqual(['true']);
  });
  test('Bundle.entry[0].resource is a reference to the composition or message header', () => {
    const entry = (resourceType: string) => ({ resource: { resourceType, id: '1' } });
    expect(urls({ resourceType: 'Bundle', entry: [entry('Composition'), entry('Patient')] }, 'composition')).toEqual(['Composition/1']);
    expect(urls({ resourceType: 'Bundle', entry: [entry('Patient'), entry('Composition')] }, 'composition')).toEqual([]);
    expect(urls({ resourceType: 'Bundle', entry: [entry('MessageHeader')] }, 'message')).toEqual(['MessageHeader/1']);
  });
  test('canonical elements of reference parameters', () => {
    const relatedArtifact = [{ type: 'successor', resource: 'http://a.org/Library/1|2' }, { type: 'derived-from', resource: 'urn:oid:1.2' }];
    const library = { resourceType: 'Library', relatedArtifact };
    expect(values(library, 'successor')).toEqual([
      { kind: 'reference', url: 'http://a.org/Library/1', type: 'Library', id: '1', base: 'http://a.org', version: '2' },
    ]);
    expect(urls(library, 'derived-from')).toEqual(['urn:oid:1.2']);
  });
  test('an expression that begins at an element', () => {
    expect(texts({ resourceType: 'InsurancePlan', name: 'n', alias: ['a'] }, 'name')).toEqual(['n', 'a']);
  });
});

describe('numbers, quantities, URIs and positions', () => {
  test('are read from each type that their expressions name', () => {
    const prediction = [{ probabilityDecimal: 0.3 }, { probabilityRange: { low: { value: 0.1 } } }];
    expect(values({ resourceType: 'RiskAssessment', prediction }, 'probability')).toEqual([
      { kind: 'number', low: 0.3, high: 0.3 }, { kind: 'number', low: 0.1, high: Infinity },
    ]);
    expect(values({ resourceType: 'Invoice', totalNet: { value: 5, currency: 'EUR' } }, 'totalnet')).toMatchObject([{ low: 5, code: 'EUR' }]);
    const onsetAge = { value: 50, system: 'http://unitsofmeasure.org', code: 'a' };
    expect(values({ resourceType: 'Condition', onsetAge }, 'onset-age')).toMatchObject([{ low: 50, canonical: { unit: 's' } }]);
    expect(values({ resourceType: 'Observation', valueSampledData: { origin: { value: 0 }, data: '1 2' } }, 'value-quantity')).toMatchObject([{ low: 1, high: 2 }]);
    expect(values({ resourceType: 'Location', position: { latitude: 1, longitude: 2 } }, 'near')).toEqual([{ kind: 'position', latitude: 1, longitude: 2 }]);
  });
  test('beside the canonical URL of a resource stands its version', () => {
    expect(values({ resourceType: 'ValueSet', url: 'http://a', version: '2' }, 'url')).toEqual([{ kind: 'uri', uri: 'http://a', version: '2' }]);
    expect(values({ resourceType: 'Patient', meta: { profile: ['http://a|1'] } }, '_profile')).toEqual([{ kind: 'uri', uri: 'http://a', version: '1' }]);
    expect(values({ resourceType: 'Subscription', channel: { endpoint: 'http://b' } }, 'url')).toEqual([{ kind: 'uri', uri: 'http://b' }]);
  });
});

describe('composites', () => {
  const mg = (value: number) => ({ value, system: 'http://unitsofmeasure.org', code: 'mg' });
  const tuples = (resource: Resource, code: string) =>
    values(resource, code).map((value) => (value.kind === 'composite' ? value.components.map((part) => part.map((one) =>
      (one.kind === 'token' ? one.code : one.kind === 'quantity' || one.kind === 'number' ? one.low : one.kind))) : undefined));
  test('keep the values of one element together', () => {
    const component = [
      { code: { coding: [{ code: 'a' }, { code: 'b' }] }, valueQuantity: mg(1) },
      { code: { coding: [{ code: 'c' }] } },
      { code: { coding: [{ code: 'd' }] }, valueQuantity: mg(2) },
    ];
    const observation = { resourceType: 'Observation', code: { coding: [{ code: 'x' }] }, valueQuantity: mg(3), component };
    expect(tuples(observation, 'component-code-value-quantity')).toEqual([[['a', 'b'], [1]], [['d'], [2]]]);
    expect(tuples(observation, 'combo-code-value-quantity')).toEqual([[['x'], [3]], [['a', 'b'], [1]], [['d'], [2]]]);
    expect(tuples(observation, 'code-value-quantity')).toEqual([[['x'], [3]]]);
  });
  test('have no value where a component is missing', () => {
    expect(values({ resourceType: 'Observation', code: { coding: [{ code: 'x' }] } }, 'code-value-quantity')).toEqual([]);
    expect(values({ resourceType: 'Observation', valueQuantity: mg(3) }, 'code-value-quantity')).toEqual([]);
  });
  test('take %resource for the resource they stand in', () => {
    const variant = [{ start: 1, end: 2 }, { start: 3 }, { start: 4, end: 5 }];
    const sequence = { resourceType: 'MolecularSequence', referenceSeq: { chromosome: { coding: [{ code: '7' }] } }, variant };
    expect(tuples(sequence, 'chromosome-variant-coordinate')).toEqual([[['7'], [1], [2]], [['7'], [4], [5]]]);
  });
  test('value.ofType(DateTime) is of the type dateTime', () => {
    const observation = { resourceType: 'Observation', code: { coding: [{ code: 'x' }] }, valueDateTime: '2020' };
    expect(tuples(observation, 'code-value-date')).toEqual([[['x'], ['date']]]);
  });
  test('DocumentReference.relationship is of a relation and its target', () => {
    const relatesTo = [{ code: 'replaces', target: { reference: 'DocumentReference/1' } }];
    expect(tuples({ resourceType: 'DocumentReference', relatesTo }, 'relationship')).toEqual([[['replaces'], ['reference']]]);
  });
});

describe('what :text and :of-type look at', () => {
  test('the display of a coding, and the text of a concept as a value without a code', () => {
    const condition = { resourceType: 'Condition', code: { coding: [{ system: 's', code: 'c', display: 'Head pain' }], text: 'headache' } };
    expect(values(condition, 'code')).toEqual([
      { kind: 'token', system: 's', code: 'c', systemImplied: false, caseSensitive: false, text: 'Head pain' },
      { kind: 'token', systemImplied: false, caseSensitive: false, text: 'headache' },
    ]);
  });
  test('the text and the codings of the type of an identifier', () => {
    const type = { coding: [{ system: 's', code: 'MR' }, { display: 'x' }, null], text: 'Record number' };
    expect(values({ resourceType: 'Patient', identifier: [{ type, value: '1' }] }, 'identifier')).toEqual([
      { kind: 'token', code: '1', systemImplied: false, caseSensitive: false, text: 'Record number', types: [{ system: 's', code: 'MR' }] },
    ]);
  });
});

test('contained resources are those with an id and a type that can be searched', () => {
  const medication = { resourceType: 'Medication', id: 'm' };
  const contained = [medication, { resourceType: 'Medication' }, { resourceType: 'Foo', id: 'f' }, { id: 'x' }, null, 5, { ...medication, status: 'active' }];
  expect(containedResources({ resourceType: 'MedicationRequest', contained })).toEqual([medication]);
  expect(containedResources({ resourceType: 'MedicationRequest' })).toEqual([]);
  expect(containedResources({ resourceType: 'MedicationRequest', contained: medication })).toEqual([]);
});

test('a parameter of another type has no values', () => {
  expect(extractParameter({ resourceType: 'Patient', gender: 'male' }, searchParameter('Observation', 'status')!)).toEqual([]);
});

test('extraction bears resources of any shape', () => {
  const odd = [null, 5, 'text', true, [], {}, [null], [[]], [{}], { coding: 'x' }, { coding: [null] }, { reference: 5 }, { start: 5 }];
  for (const type of Object.keys(parameterIndexes)) {
    for (const element of odd) {
      const resource = new Proxy<Resource>({ resourceType: type }, { get: (_, name) => (name === 'resourceType' ? type : element) });
      expect(() => extract(resource)).not.toThrow();
    }
  }
});
