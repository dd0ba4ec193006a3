import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../../../src/fhir/json.ts';
import { parseJson } from '../../../src/fhir/json.ts';
import { maxDepth } from '../../../src/fhir/structures.ts';
import { maxIssues } from '../../../src/fhir/validate/findings.ts';
import { checkStructure } from '../../../src/fhir/validate/structure.ts';

/** `code expression` of each issue. */
function found(value: Json, expectedType?: string): string[] {
  return checkStructure(value, expectedType).map(({ code, expression }) => `${code} ${expression}`);
}

const patient = (elements: JsonObject): JsonObject => ({ resourceType: 'Patient', ...elements });
const observation = (elements: JsonObject): JsonObject => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'Heart rate' },
  ...elements,
});

describe('A resource', () => {
  test('is an object with the name of an R4 type in resourceType', () => {
    expect(found(patient({}))).toEqual([]);
    for (const value of [null, 'Patient', 1, [patient({})]]) expect(found(value)).toEqual(['structure Resource']);
    expect(found({})).toEqual(['structure Resource.resourceType']);
    for (const type of [
      'Resource',
      'DomainResource',
      'HumanName',
      'SubscriptionStatus',
      'Bot',
      'constructor',
      '__proto__',
      1,
      null,
    ]) {
      expect(found({ resourceType: type })).toEqual(['structure Resource.resourceType']);
    }
  });

  test('is of the expected type', () => {
    expect(found(patient({}), 'Patient')).toEqual([]);
    expect(found(patient({}), 'Observation')).toEqual(['invalid Patient.resourceType']);
    expect(found([], 'Observation')).toEqual(['structure Observation']);
  });

  test('has no elements that its type does not define', () => {
    expect(found(patient({ colour: 'blue', name: [{ nick: 'x' }] }))).toEqual([
      'structure Patient.colour',
      'structure Patient.name[0].nick',
    ]);
    expect(found(patient({ name: [{ resourceType: 'HumanName' }] }))).toEqual(['structure Patient.name[0].resourceType']);
  });

  test('has no elements that later releases or other products added to its type', () => {
    const study = { resourceType: 'ResearchStudy', status: 'active' };
    expect(found({ ...study, label: [{ value: 'a' }] })).toEqual(['structure ResearchStudy.label']);
    expect(found(patient({ meta: { project: 'a' } }))).toEqual(['structure Patient.meta.project']);
    expect(found({ resourceType: 'DetectedIssue', status: 'mitigated' })).toEqual(['code-invalid DetectedIssue.status']);
  });

  test('has no elements named like the properties that JavaScript objects inherit', () => {
    const text = '{"resourceType":"Patient","__proto__":{"active":true},"constructor":1,"toString":[],"_hasOwnProperty":{}}';
    const expected = ['__proto__', 'constructor', 'toString', '_hasOwnProperty'];
    expect(checkStructure(parseJson(text))).toHaveLength(expected.length);
    expect(checkStructure(parseJson('{"resourceType":"Patient","name":[{"__proto__":[]}]}'))).toHaveLength(1);
  });

  test('is reported on without repeating its values, nor property names that may be values', () => {
    const issues = checkStructure(
      patient({
        'Jane Doe': 1,
        birthDate: 'secret',
        gender: 'secret',
        name: 'secret',
        photo: [{ data: 'se!cret' }],
        managingOrganization: { reference: 'secret' },
      }),
    );
    expect(issues).toHaveLength(6);
    expect(JSON.stringify(issues)).not.toMatch(/secret|Jane/);
    expect(issues[0]?.expression).toBe('Patient');
  });

  test(`is reported on with at most ${maxIssues} issues`, () => {
    expect(checkStructure(patient({ name: Array.from({ length: 10_000 }, () => ({ x: 1 })) }))).toHaveLength(maxIssues);
  });

  test(`is nested at most ${maxDepth} levels deep`, () => {
    let extension: Json = { url: 'urn:a', valueString: 'a' };
    for (let level = 0; level < 100_000; level++) extension = { url: 'urn:a', extension: [extension] };
    expect(checkStructure(patient({ extension: [extension] })).map(({ code }) => code)).toEqual(['too-costly']);
  });
});

describe('An element', () => {
  test('is an array when it may repeat, and only then', () => {
    expect(found(patient({ name: { family: 'a' }, active: [true] }))).toEqual([
      'structure Patient.name',
      'structure Patient.active',
    ]);
  });

  test('has the JSON type of its FHIR type', () => {
    expect(found(patient({ active: 'true', name: ['a'], maritalStatus: 'M', birthDate: 1990 }))).toEqual([
      'structure Patient.active',
      'structure Patient.name[0]',
      'structure Patient.maritalStatus',
      'structure Patient.birthDate',
    ]);
  });

  test('is never empty or null', () => {
    expect(found(patient({ name: [], maritalStatus: {}, gender: null, language: '', contact: [null] }))).toEqual([
      'structure Patient.name',
      'structure Patient.maritalStatus',
      'structure Patient.gender',
      'value Patient.language',
      'structure Patient.contact[0]',
    ]);
  });

  test('is there when it is mandatory, be it by its extensions alone', () => {
    expect(found({ resourceType: 'Observation' })).toEqual(['required Observation.status', 'required Observation.code']);
    const absent = { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }] };
    expect(found({ resourceType: 'Observation', _status: absent, code: absent })).toEqual([]);
    expect(found(patient({ link: [{ other: { display: 'x' } }] }))).toEqual(['required Patient.link[0].type']);
  });

  test('with a choice of types is given once, with one of its types', () => {
    expect(found(observation({ valueQuantity: { value: 1 } }))).toEqual([]);
    expect(found(observation({ valueQuantity: { value: 1 }, valueString: 'a' }))).toEqual(['structure Observation.value']);
    expect(found(observation({ valueInteger: 1, _valueString: { id: 'a' } }))).toEqual(['structure Observation.value']);
    expect(found(observation({ valueInteger: 1, _valueInteger: { id: 'a' }, effectiveDateTime: '2020' }))).toEqual([]);
    expect(found(observation({ valueMoney: { value: 1 } }))).toEqual(['structure Observation.valueMoney']);
    expect(found(observation({ valueQuantity: { value: 'a' } }))).toEqual(['structure Observation.value.ofType(Quantity).value']);
  });

  test('with a mandatory choice has one of its types', () => {
    const request = { resourceType: 'MedicationRequest', status: 'active', intent: 'order', subject: { reference: 'Patient/1' } };
    expect(found(request)).toEqual(['required MedicationRequest.medication']);
    expect(found({ ...request, medicationReference: { reference: 'Medication/1' } })).toEqual([]);
  });

  test('defined by reference to another has the content of the other', () => {
    const questionnaire = (item: Json) => ({
      resourceType: 'Questionnaire',
      status: 'draft',
      item: [{ linkId: '1', type: 'group', item: [item] }],
    });
    expect(found(questionnaire({ linkId: '2', type: 'string' }))).toEqual([]);
    expect(found(questionnaire({ type: 'strong' }))).toEqual([
      'code-invalid Questionnaire.item[0].item[0].type',
      'required Questionnaire.item[0].item[0].linkId',
    ]);
  });

  test('with a required binding has one of the codes of its value set', () => {
    expect(found(patient({ gender: 'other' }))).toEqual([]);
    expect(found(patient({ gender: 'Male' }))).toEqual(['code-invalid Patient.gender']);
    expect(found(patient({ gender: 'constructor' }))).toEqual(['code-invalid Patient.gender']);
  });

  test('bound to codes that no list can hold is checked for the format of a code only', () => {
    expect(found({ resourceType: 'Binary', contentType: 'application/x-anything' })).toEqual([]);
    expect(found({ resourceType: 'Binary', contentType: ' a' })).toEqual(['value Binary.contentType']);
  });
});

describe('The id and extensions of a primitive', () => {
  const extension = [{ url: 'urn:a', valueString: 'b' }];

  test('stand beside it under its name with an underscore', () => {
    expect(found(patient({ birthDate: '2020-01-01', _birthDate: { id: 'a', extension } }))).toEqual([]);
    expect(found(patient({ _birthDate: { extension: [{ url: 'urn:a', valueString: 1 }] } }))).toEqual([
      'structure Patient.birthDate.extension[0].value.ofType(string)',
    ]);
    expect(found(patient({ _birthDate: { value: 'a' }, _gender: 'a', _active: {} }))).toEqual([
      'structure Patient.birthDate.value',
      'structure Patient.gender',
      'structure Patient.active',
    ]);
    expect(found(patient({ _maritalStatus: { id: 'a' }, _unknown: {} }))).toEqual([
      'structure Patient._maritalStatus',
      'structure Patient._unknown',
    ]);
  });

  test('fill up a second array with nulls where the primitive repeats', () => {
    const name = (elements: JsonObject) => patient({ name: [elements] });
    expect(found(name({ given: ['a', null], _given: [null, { extension }] }))).toEqual([]);
    expect(found(name({ _given: [{ extension }] }))).toEqual([]);
    expect(found(name({ given: ['a', null], _given: [null, null] }))).toEqual(['structure Patient.name[0].given[1]']);
    expect(found(name({ given: ['a', null] }))).toEqual(['structure Patient.name[0].given[1]']);
    expect(found(name({ given: ['a', 'b'], _given: [{ extension }] }))).toEqual(['structure Patient.name[0].given']);
    expect(found(name({ _given: [null] }))).toEqual(['structure Patient.name[0].given[0]']);
    expect(found(name({ given: ['a'], _given: { extension } }))).toEqual(['structure Patient.name[0].given']);
  });
});

describe('An extension', () => {
  test('has a url, and either a value or extensions of its own', () => {
    const url = 'urn:a';
    const inner = [{ url: 'b', valueCode: 'c' }];
    expect(
      found(
        patient({
          extension: [
            { url, valueString: 'a' },
            { url, extension: inner },
            { url, _valueString: { id: 'a' } },
          ],
        }),
      ),
    ).toEqual([]);
    expect(found(patient({ extension: [{ valueString: 'a' }] }))).toEqual(['required Patient.extension[0].url']);
    expect(found(patient({ extension: [{ url }] }))).toEqual(['invariant Patient.extension[0]']);
    expect(found(patient({ extension: [{ url, valueString: 'a', extension: inner }] }))).toEqual([
      'invariant Patient.extension[0]',
    ]);
  });
});

describe('A reference', () => {
  const subject = (reference: JsonObject) => observation({ subject: reference });

  test.each([
    'Patient/1',
    'Patient/1/_history/2',
    'Patient?identifier=urn:a|b',
    'http://example.org/fhir/Patient/1',
    'http://example.org/other',
    'https://example.org/fhir/Group/1/_history/3',
    'urn:uuid:5f1d3c1e-0f0b-4f7e-8d5a-2b7f3a1c9d10',
    'urn:oid:1.2.3',
  ])('may be %s', (reference) => {
    expect(found(subject({ reference }))).toEqual([]);
  });

  test.each([
    'Patient',
    'Patient/',
    'patient/1',
    'Patent/1',
    'Patient/a b',
    '/Patient/1',
    'Patient/1/name',
    'urn:uuid:1',
    'urn:oid:a',
    'Bot?a=b',
  ])('may not be %s', (reference) => {
    expect(found(subject({ reference }))).toEqual(['value Observation.subject.reference']);
  });

  test('leads to a type that the element allows, where it says the type', () => {
    for (const reference of ['Encounter/1', 'Encounter?a=b', 'http://example.org/Encounter/1']) {
      expect(found(subject({ reference }))).toEqual(['structure Observation.subject']);
    }
    expect(found(subject({ type: 'Encounter', display: 'a' }))).toEqual(['structure Observation.subject']);
    expect(found(observation({ focus: [{ reference: 'Encounter/1' }] }))).toEqual([]);
  });

  test('leads to the type that its type element names', () => {
    expect(found(subject({ reference: 'Patient/1', type: 'Patient' }))).toEqual([]);
    expect(found(subject({ reference: 'Patient/1', type: 'Group' }))).toEqual(['invalid Observation.subject.type']);
  });

  test('that begins with # leads to a contained resource of an allowed type (ref-1)', () => {
    const contained = (resourceType: string) => ({ contained: [{ resourceType, id: 'p' }], ...subject({ reference: '#p' }) });
    expect(found(contained('Patient'))).toEqual([]);
    expect(found(contained('Location'))).toEqual([]);
    expect(found(contained('Basic'))).toContain('structure Observation.subject');
    expect(found(subject({ reference: '#p' }))).toEqual(['invariant Observation.subject.reference']);
  });
});

describe('A contained resource', () => {
  const holding = (contained: Json, elements: JsonObject = { subject: { reference: '#p' } }) =>
    observation({ contained: [contained], ...elements });

  test('is checked as any other', () => {
    expect(found(holding({ resourceType: 'Patient', id: 'p', gender: 'm' }))).toEqual([
      'code-invalid Observation.contained[0].gender',
    ]);
    expect(found(observation({ contained: [{ id: 'p' }] }))).toEqual(['structure Observation.contained[0]']);
  });

  test('does not contain others (dom-2)', () => {
    const nested = { resourceType: 'Patient', id: 'p', contained: [{ resourceType: 'Patient', id: 'q' }] };
    expect(found(holding(nested))).toEqual(['invariant Observation.contained[0].contained']);
  });

  test('is referred to from elsewhere in the resource, or refers to it (dom-3)', () => {
    const device = { resourceType: 'Device', id: 'd' };
    expect(found(holding(device, {}))).toEqual(['invariant Observation.contained[0]']);
    expect(found(holding({ ...device, parent: { reference: '#d' } }, {}))).toEqual([]);
    const back = {
      resourceType: 'Provenance',
      id: 'v',
      target: [{ reference: '#' }],
      recorded: '2020-01-01T00:00:00Z',
      agent: [{ who: { display: 'a' } }],
    };
    expect(found(holding(back, {}))).toEqual([]);
    const valueSet = { resourceType: 'ValueSet', id: 'v', status: 'draft' };
    const item = [{ linkId: '1', type: 'choice', answerValueSet: '#v' }];
    expect(found({ resourceType: 'Questionnaire', status: 'draft', contained: [valueSet], item })).toEqual([]);
  });

  test('has no version of its own (dom-4) and no security labels (dom-5)', () => {
    const meta = { versionId: '1', lastUpdated: '2020-01-01T00:00:00Z', security: [{ code: 'R' }] };
    expect(found(holding({ resourceType: 'Patient', id: 'p', meta }))).toEqual([
      'invariant Observation.contained[0].meta',
      'invariant Observation.contained[0].meta',
      'invariant Observation.contained[0].meta',
    ]);
  });

  test('has an id that no other contained resource has', () => {
    expect(found(holding({ resourceType: 'Patient' }, {}))).toEqual(['required Observation.contained[0]']);
    const contained = [
      { resourceType: 'Patient', id: 'p' },
      { resourceType: 'Patient', id: 'p' },
    ];
    expect(found(observation({ contained, subject: { reference: '#p' } }))).toEqual(['duplicate Observation.contained[1]']);
  });
});

describe('A resource that carries others', () => {
  test('may be a Bundle, whose resources are checked by their types', () => {
    const bundle = (resource: Json) => ({
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ resource, request: { method: 'POST', url: 'Patient' } }],
    });
    expect(found(bundle(patient({})))).toEqual([]);
    expect(found(bundle(patient({ a: 1 })))).toEqual(['structure Bundle.entry[0].resource.a']);
    expect(found(bundle({ resourceType: 'Patent' }))).toEqual(['structure Bundle.entry[0].resource.resourceType']);
    expect(found({ resourceType: 'Bundle', type: 'batch', entry: [{ request: { method: 'GET', url: 'Patient/1' } }] })).toEqual(
      [],
    );
    expect(
      found({ resourceType: 'Bundle', type: 'batch-response', entry: [{ response: { status: '200', outcome: patient({}) } }] }),
    ).toEqual([]);
  });

  test('may be Parameters, with values of any type', () => {
    const parameter = [
      { name: 'a', valueUuid: 'urn:uuid:5f1d3c1e-0f0b-4f7e-8d5a-2b7f3a1c9d10' },
      { name: 'b', part: [{ name: 'c', resource: patient({ a: 1 }) }] },
    ];
    expect(found({ resourceType: 'Parameters', parameter })).toEqual(['structure Parameters.parameter[1].part[0].resource.a']);
  });

  test('keeps the contained resources of each apart', () => {
    const inner = observation({ contained: [{ resourceType: 'Patient', id: 'p' }], subject: { reference: '#p' } });
    const entry = [{ resource: inner }, { resource: observation({ subject: { reference: '#p' } }) }];
    expect(found({ resourceType: 'Bundle', type: 'collection', entry })).toEqual([
      'invariant Bundle.entry[1].resource.subject.reference',
    ]);
  });

  test('may be an OperationOutcome', () => {
    expect(found({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'invalid' }] })).toEqual([]);
    expect(found({ resourceType: 'OperationOutcome' })).toEqual(['required OperationOutcome.issue']);
  });
});
