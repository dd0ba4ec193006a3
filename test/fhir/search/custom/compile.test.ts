/** The FHIRPath of search parameters (https://hl7.org/fhir/R4/searchparameter-definitions.html#SearchParameter.expression). */
import { describe, expect, test } from '@jest/globals';
import { compile } from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import { parsePath } from '../../../../src/fhir/path/parse.ts';
import type { Resource } from '../../../../src/fhir/resource.ts';
import { compileSelector } from '../../../../src/fhir/search/custom/compile.ts';
import { rootItem } from '../../../../src/fhir/search/custom/selection.ts';

function select(expression: string, resource: Resource): readonly unknown[] {
  const root = { type: resource.resourceType, path: resource.resourceType };
  const selector = compileSelector(parsePath(expression), { positions: [root], kind: 'resource' });
  return selector.select([rootItem(resource, root)]).map(({ value }) => value);
}

const patient: Resource = {
  resourceType: 'Patient',
  active: true,
  birthDate: '1980-01-01',
  _birthDate: { extension: [{ url: 'http://time', valueDateTime: '1980-01-01T08:00:00Z' }] },
  deceasedBoolean: false,
  multipleBirthInteger: 2,
  name: [{ use: 'official', family: 'Chalmers', given: ['Peter', 'James'] }, { use: 'usual', given: ['Jim'] }],
  telecom: [{ system: 'phone', value: '1', rank: 1 }, { system: 'email', value: '2' }, { value: '3' }],
  generalPractitioner: [{ reference: 'Practitioner/1' }, { reference: 'Organization/2' }],
  extension: [
    { url: 'http://race', extension: [{ url: 'ombCategory', valueCoding: { system: 's', code: 'a' } }, { url: 'text', valueString: 'A' }] },
    { url: 'http://weight', valueQuantity: { value: 3, code: 'kg' } },
    { url: 'http://concept', valueCodeableConcept: { coding: [{ code: 'c' }] } },
  ],
};
const observation: Resource = {
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ code: 'x' }] },
  valueQuantity: { value: 5, unit: 'mg' },
  component: [{ code: { text: 'a' }, valueString: 's' }, { code: { text: 'b' }, valueQuantity: { value: 7 } }, { code: { text: 'c' } }],
};

/** Both engines are asked. */
const offered: readonly (readonly [expression: string, resource: Resource])[] = ([
  ['Patient.name.given', patient],
  ['Patient.name.where(use = \'official\').given', patient],
  ["Patient.name.where(use != 'official').given", patient],
  ["Patient.telecom.where(system = 'phone' or system = 'email').value", patient],
  ["Patient.telecom.where(system = 'phone' and rank = 1).value", patient],
  ['Patient.telecom.where(system.exists()).value', patient],
  ['Patient.telecom.where(system.exists().not()).value', patient],
  ['Patient.telecom.where(system.empty()).value', patient],
  ["Patient.telecom.where((system = 'phone').not()).value", patient],
  ["Patient.telecom.where($this.system = 'phone').value", patient],
  ["Patient.name.where(given.where($this = 'Jim').exists()).use", patient],
  ["Patient.name.exists(use = 'usual')", patient],
  ['Patient.name[0].given[1]', patient],
  ['Patient.name.given.first()', patient],
  ['Patient.name.last().given', patient],
  ['Patient.name.family | Patient.name.given', patient],
  ['(Patient.name.family | Patient.name.given)[1]', patient],
  ["Patient.extension('http://race').extension('ombCategory').value.code", patient],
  ["Patient.extension.where(url = 'http://race').extension.where(url='text').value", patient],
  ["Patient.extension.where(url = 'http://race').extension.value.code", patient],
  ["Patient.extension.value.ofType(Quantity).value", patient],
  ["(Patient.extension('http://concept').value as CodeableConcept).coding.code", patient],
  ["Patient.extension('http://concept').value.ofType(CodeableConcept)", patient],
  ["Patient.birthDate.extension('http://time').value", patient],
  ['Patient.active', patient],
  ['Patient.active = true', patient],
  ['Patient.active.not()', patient],
  ['Patient.deceased.exists() and Patient.deceased != false', patient],
  ['Patient.deceased is boolean', patient],
  ['Patient.gender.exists() or Patient.active', patient],
  ['Patient.gender = \'male\'', patient],
  ['Patient.where(active = true).birthDate', patient],
  ['Patient.multipleBirth.ofType(integer)', patient],
  ['Resource.id | DomainResource.extension.url', patient],
  ['%resource.birthDate', patient],
  ['Observation.value.ofType(Quantity).value', observation],
  ['Observation.value.as(FHIR.Quantity)', observation],
  ['(Observation.value as string) | (Observation.value as Quantity)', observation],
  ["Observation.component.where(value is Quantity).code.text", observation],
  ["Observation.component.where(value.exists() and code.text = 'b').value.value", observation],
  ["Observation.component.where(code.text = 'b' or code.text = 'a').code.text", observation],
  ['Observation.where(status = \'final\').code.coding.code', observation],
] as const);

describe('an expression', () => {
  test.each(offered)('%s selects what another engine selects', (expression, resource) => {
    const other = JSON.parse(JSON.stringify(compile(expression, r4)(resource, { resource }))) as unknown;
    expect(select(expression, resource)).toEqual(other);
  });

  test('takes "as" of several for those of the type, as the expressions of R4 mean it', () => {
    expect(select('(Observation.value as string) | (Observation.component.value as string)', observation)).toEqual(['s']);
  });

  test('tells what a reference leads to by its text', () => {
    const references = (criteria: string) => select(`Patient.generalPractitioner.where(${criteria})`, patient);
    expect(references('resolve() is Practitioner')).toEqual([{ reference: 'Practitioner/1' }]);
    expect(references('resolve() is Practitioner or resolve() is Organization')).toHaveLength(2);
    expect(references('resolve() is Device')).toEqual([]);
  });

  test('may name one type of a choice as JSON does', () => {
    expect(select('Patient.deceasedBoolean', patient)).toEqual([false]);
    expect(select('Patient.deceasedDateTime', patient)).toEqual([]);
  });

  test('selects resources within a resource by their types', () => {
    const bundle = { resourceType: 'Bundle', entry: [{ resource: patient }, { resource: observation }] };
    expect(select('Bundle.entry.resource.ofType(Patient).birthDate', bundle)).toEqual(['1980-01-01']);
    expect(select('Bundle.entry[1].resource.ofType(Patient).birthDate', bundle)).toEqual([]);
  });

  test('of another type of the parameter selects nothing', () => {
    expect(select('Observation.code | Patient.birthDate', patient)).toEqual(['1980-01-01']);
  });
});

describe('an expression is refused with its place', () => {
  test.each([
    ['Patient.nmae', 'the element nmae at character 9, which Patient does not have'],
    ['Patient.name.giving', 'the element giving at character 14, which HumanName does not have'],
    ['Patient.extension.value.foo', 'the element foo at character 25, which none of the types has there'],
    ["Patient.name.where(usage = 'x')", 'the element usage at character 20, which HumanName does not have'],
    ['Foo.name', 'Foo at character 1, which is no type of R4'],
    ['Patient.deceased.ofType(Foo)', 'Foo at character 18, which is no type of R4'],
    ["Patient.name.family.matches('a')", 'matches(…) at character 21, which is not offered'],
    ['Patient.name.count()', 'count() at character 14, which is not offered'],
    ['Patient.managingOrganization.resolve().name', 'resolve() at character 30, without "is" and a type behind it'],
    ['Patient.name.where(resolve() is Patient)', 'resolve() at character 20, of what is no reference'],
    ['Patient.generalPractitioner.where(resolve() is Coding)', '"resolve() is" at character 45, with Coding, which is no resource'],
    ['Patient.name.where(%resource.active)', '%resource at character 20, where it may not stand'],
    ['%ucum', '%ucum at character 1, which is not offered'],
    ['Patient.birthDate > @2020', '">" at character 19, which is not offered there'],
    ['Patient.name.family & Patient.id', '"&" at character 21, which is not offered there'],
    ['Patient.name = Patient.name', '"=" at character 14, without a literal on one side'],
    ["'text'", 'a literal at character 1, where elements are to be selected'],
    ['Patient.', 'an end at character 9, where more should follow'],
    ['Patient.name.where(', 'an end at character 20, where more should follow'],
    ["Patient.extension('http", 'a character at character 19, which begins no word of FHIRPath'],
    ['Patient.extension(url)', 'extension() at character 9, without the text of a URL'],
    ['Patient.name..given', '"." at character 14, which is not offered there'],
    ['', 'an end at character 1, where more should follow'],
    [`${'('.repeat(17)}Patient.id${')'.repeat(17)}`, 'a parenthesis at character 18, beyond 16 within each other'],
    [`Patient${'.extension'.repeat(501)}`, 'a step at character 4999, beyond the 500 that a path may have'],
  ])('%s', (expression, message) => {
    expect(() => select(expression, patient)).toThrow(expect.objectContaining({ name: 'PathError', message }));
  });
});

describe('whatever the shape of a resource', () => {
  const odd = [null, 5, 'text', true, [], {}, [null], [[]], [{}], [[{ use: 'x' }]], { coding: 'x' }, { reference: 5 }, [{ reference: '#a' }], { use: [1] }];
  const expressions = [...offered.map(([expression]) => expression), 'Patient.generalPractitioner.where(resolve() is Patient)', 'Patient.contained.ofType(Patient).name'];
  test('nothing is thrown', () => {
    for (const element of odd) {
      const resource = new Proxy<Resource>({ resourceType: 'Patient' }, { get: (_, name) => (name === 'resourceType' ? 'Patient' : element) });
      for (const expression of expressions) expect(() => select(expression, resource)).not.toThrow();
    }
  });

  test('no more is selected than there is, however often an expression names it', () => {
    const twice = Array.from({ length: 5 }).reduce<string>((inner) => `(${inner} | ${inner})`, 'Patient.name');
    expect(select(twice, patient)).toHaveLength(2);
  });
});
