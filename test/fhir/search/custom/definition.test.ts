/** https://hl7.org/fhir/R4/searchparameter.html: parameters that a data store defines. */
import { describe, expect, test } from '@jest/globals';
import type { Resource } from '../../../../src/fhir/resource.ts';
import * as date from '../../../../src/fhir/search/kinds/date.ts';
import * as number from '../../../../src/fhir/search/kinds/number.ts';
import * as position from '../../../../src/fhir/search/kinds/position.ts';
import * as quantity from '../../../../src/fhir/search/kinds/quantity.ts';
import * as reference from '../../../../src/fhir/search/kinds/reference.ts';
import * as string from '../../../../src/fhir/search/kinds/string.ts';
import * as token from '../../../../src/fhir/search/kinds/token.ts';
import * as uri from '../../../../src/fhir/search/kinds/uri.ts';
import { customDefinition, customParameters, searchParameterIssues, servedByR4 } from '../../../../src/fhir/search/custom/definition.ts';
import type { DefinitionOf } from '../../../../src/fhir/search/custom/definition.ts';
import { extractParameter } from '../../../../src/fhir/search/extract.ts';
import { resourceTypes } from '../../../../src/fhir/definitions/resource-types.ts';
import { searchParameters } from '../../../../src/fhir/definitions/search-parameters.mjs';
import { readerNames } from '../../../../src/fhir/search/reader-names.ts';
import type { SearchValue } from '../../../../src/fhir/search/values.ts';

const race: Resource = {
  resourceType: 'SearchParameter',
  url: 'http://example.org/SearchParameter/race',
  version: '1',
  status: 'active',
  code: 'race',
  base: ['Patient'],
  type: 'token',
  expression: "Patient.extension.where(url = 'http://race').extension.value.code",
};
const none: DefinitionOf = () => undefined;

const parameterOf = (resource: Resource, type: string, definitionOf = none) =>
  customParameters(customDefinition(resource, definitionOf)!).get(type)!;
const familyOf = (resource: Resource) => parameterOf(resource, 'Patient').custom!.family;
const diagnostics = (resource: Resource) => searchParameterIssues(resource).map((issue) => issue.diagnostics);

function values(resource: Resource, parameter: Resource, definitionOf = none): readonly SearchValue[] {
  return extractParameter(resource, parameterOf(parameter, resource.resourceType, definitionOf));
}

test('every reader that the table names exists', () => {
  const modules: Record<string, object> = { date, number, quantity, reference, string, token, uri, special: position };
  for (const [kind, names] of Object.entries(readerNames)) expect(Object.keys(modules[kind]!)).toEqual(expect.arrayContaining(Object.values(names)));
});

describe('an active SearchParameter', () => {
  test('is plain JSON as a definition', () => {
    const { url, version, code, type, base, expression } = race;
    const definition = customDefinition({ ...race, text: { status: 'generated' } }, none);
    expect(definition).toEqual({ url, version, code, type, base, expression, targets: [] });
    expect(JSON.parse(JSON.stringify(definition))).toEqual(definition);
  });

  test('finds what its expression selects', () => {
    const extension = [{ url: 'http://race', extension: [{ url: 'o', valueCoding: { system: 's', code: 'a' } }, { url: 't', valueString: 'A' }] }];
    expect(values({ resourceType: 'Patient', extension }, race)).toEqual([{ kind: 'token', code: 'a', systemImplied: true, caseSensitive: true }]);
    expect(values({ resourceType: 'Patient' }, race)).toEqual([]);
  });

  test('of codes knows the system that their binding implies', () => {
    const use = { ...race, code: 'name-use', expression: 'Patient.name.use' };
    expect(values({ resourceType: 'Patient', name: [{ use: 'usual' }] }, use)).toMatchObject([{ system: 'http://hl7.org/fhir/name-use', code: 'usual' }]);
  });

  test('gives each of its types a parameter, where R4 has none of the code', () => {
    const definition = customDefinition({ ...race, code: 'name', base: ['Patient', 'Medication'], type: 'string', expression: 'Patient.name | Medication.code.text' }, none)!;
    expect([...customParameters(definition).keys()]).toEqual(['Medication']);
    expect(servedByR4(definition)).toEqual(['Patient']);
  });

  test('of Resource or DomainResource is of all types', () => {
    const language = { ...race, code: 'language', base: ['Resource'], type: 'token', expression: 'Resource.language' };
    const definition = customDefinition(language, none)!;
    expect(servedByR4(definition)).toContain('Patient');
    expect(customParameters(definition).size + servedByR4(definition).length).toBe(resourceTypes.length);
    expect(values({ resourceType: 'Bundle', language: 'de' }, language)).toMatchObject([{ code: 'de' }]);
    const narrative = { ...language, code: 'narrative', base: ['DomainResource'], expression: 'DomainResource.text.status' };
    expect(customParameters(customDefinition(narrative, none)!).has('Bundle')).toBe(false);
    expect(values({ resourceType: 'Patient', text: { status: 'empty' } }, narrative)).toMatchObject([{ code: 'empty' }]);
  });

  test('of references has their targets', () => {
    const sibling = { ...race, type: 'reference', target: ['Patient'], expression: "Patient.extension('http://sibling').value.as(Reference)" };
    expect(parameterOf(sibling, 'Patient')).toMatchObject({ type: 'reference', targets: ['Patient'] });
    const extension = [{ url: 'http://sibling', valueReference: { reference: 'Patient/2' } }];
    expect(values({ resourceType: 'Patient', extension }, sibling)).toEqual([{ kind: 'reference', url: 'Patient/2', type: 'Patient', id: '2' }]);
  });

  test.each(['draft', 'retired', 'unknown'])('is not searched when it is %s', (status) => {
    expect(customDefinition({ ...race, status }, none)).toBeUndefined();
  });

  test("of R4's own URL is R4's", () => {
    const [own] = searchParameters.filter(({ code }) => code === 'birthdate');
    expect(searchParameterIssues({ ...race, url: own!.url, expression: undefined })).toEqual([]);
    expect(customDefinition({ ...race, url: own!.url }, none)).toBeUndefined();
  });
});

describe('a composite', () => {
  const composite: Resource = {
    ...race,
    code: 'component-text',
    base: ['Observation'],
    type: 'composite',
    expression: 'Observation.component',
    component: [
      { definition: 'http://hl7.org/fhir/SearchParameter/clinical-code', expression: 'code' },
      { definition: 'http://example.org/SearchParameter/status|1', expression: '%resource.status' },
    ],
  };
  const status: DefinitionOf = (url) => (url === 'http://example.org/SearchParameter/status' ? { code: 'state', type: 'token', targets: [] } : undefined);

  test('is made of parameters of R4 and of the data store', () => {
    expect(parameterOf(composite, 'Observation', status).components).toEqual([
      { code: 'code', type: 'token', targets: [] }, { code: 'state', type: 'token', targets: [] },
    ]);
    const component = [{ code: { coding: [{ code: 'a' }] } }, { valueString: 's' }, { code: { coding: [{ code: 'b' }] } }];
    const tuples = values({ resourceType: 'Observation', status: 'final', component }, composite, status);
    expect(tuples).toMatchObject(['a', 'b'].map((code) => ({ kind: 'composite', components: [[{ code }], [{ code: 'final' }]] })));
  });

  test('of a parameter that is not there is stored and not searched', () => {
    expect(searchParameterIssues(composite)).toEqual([]);
    expect(customDefinition(composite, none)).toBeUndefined();
    expect(searchParameterIssues(composite, none)).toMatchObject([{ code: 'not-found', expression: 'SearchParameter.component[1].definition' }]);
  });

  test.each([
    ['no components', { component: [] }, 'SearchParameter.component'],
    ['a component without a definition', { component: [{ expression: 'code' }] }, 'SearchParameter.component[0]'],
    ['a component that is a composite', { component: [{ definition: 'http://hl7.org/fhir/SearchParameter/Observation-code-value-date', expression: 'code' }] }, 'SearchParameter.component[0].definition'],
    ['a component unknown to R4', { component: [{ definition: 'http://hl7.org/fhir/SearchParameter/no', expression: 'code' }] }, 'SearchParameter.component[0].definition'],
    ['a component without such an element', { component: [{ definition: 'http://hl7.org/fhir/SearchParameter/clinical-code', expression: 'kode' }] }, 'SearchParameter.component[0].expression'],
    ['a component without a value of its type', { component: [{ definition: 'http://hl7.org/fhir/SearchParameter/clinical-date', expression: 'code' }] }, 'SearchParameter.component[0].expression'],
  ])('is refused with %s', (_what, change, expression) => {
    expect(searchParameterIssues({ ...composite, ...change })).toMatchObject([{ severity: 'error', expression }]);
  });
});

describe('a SearchParameter is refused', () => {
  test.each<[string, Partial<Resource>, string, string]>([
    ['without a URL', { url: undefined }, 'required', 'url'],
    ['without a code', { code: undefined }, 'required', 'code'],
    ['without a type', { type: undefined }, 'required', 'type'],
    ['of an unknown type', { type: 'text' }, 'code-invalid', 'type'],
    ['without a base', { base: [] }, 'required', 'base'],
    ['of an unknown base', { base: ['Patient', 'Person2'] }, 'code-invalid', 'base'],
    ['with an unknown target', { target: ['Foo'] }, 'code-invalid', 'target'],
    ['without an expression', { expression: undefined }, 'required', 'expression'],
    ['named as what shapes results', { code: '_count' }, 'value', 'code'],
    ['named as a chain', { code: 'a.b' }, 'value', 'code'],
    ['named with a modifier', { code: 'a:exact' }, 'value', 'code'],
    ['whose expression selects nothing of its type', { base: ['Observation'] }, 'invalid', 'expression'],
    ['whose elements have no value of its kind', { type: 'date' , expression: 'Patient.name' }, 'invalid', 'expression'],
    ['with an expression that is too long', { expression: `Patient.id${' '.repeat(4000)}` }, 'too-long', 'expression'],
    ['with an expression that is too long for all types', { base: ['Resource'], expression: `Resource.id${' '.repeat(1000)}` }, 'too-long', 'expression'],
    ['for something special without a place', { type: 'special' }, 'invalid', 'expression'],
  ])('%s', (_what, change, code, element) => {
    expect(searchParameterIssues({ ...race, ...change })).toMatchObject([{ severity: 'error', code, expression: `SearchParameter.${element}` }]);
    expect(customDefinition({ ...race, ...change }, none)).toBeUndefined();
  });

  test('with the construct and its place where its expression is not offered', () => {
    expect(diagnostics({ ...race, expression: 'Patient.name.family.upper()' })).toEqual([
      'The expression uses upper() at character 21, which is not offered. The documentation of search lists what expressions may use.',
    ]);
  });

  test('but not when it is special and defined in words, restates a name of R4, or is retired', () => {
    expect(searchParameterIssues({ ...race, type: 'special', expression: undefined })).toEqual([]);
    expect(searchParameterIssues({ ...race, code: '_id', expression: 'Patient.id' })).toEqual([]);
    expect(searchParameterIssues({ ...race, status: 'retired', expression: undefined })).toEqual([]);
  });
});

describe('the family of a definition', () => {
  test('changes with whatever decides its values', () => {
    const others = [{ base: ['Patient', 'Person'] }, { code: 'race2' }, { type: 'string' }, { expression: `${race.expression as string} ` }, { url: 'http://b' }];
    const families = [race, ...others.map((change) => ({ ...race, ...change }))].map(familyOf);
    expect(new Set(families).size).toBe(families.length);
    for (const family of families) expect(family).toMatch(/^custom:[a-z0-9-]+:[a-z0-9]{8,13}$/);
  });

  test('is the same in another version, and in another order of types', () => {
    expect(familyOf({ ...race, version: '2' })).toBe(familyOf(race));
    expect(familyOf({ ...race, base: ['Person', 'Patient'] })).toBe(familyOf({ ...race, base: ['Patient', 'Person', 'Patient'] }));
  });
});
