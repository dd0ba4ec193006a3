/** https://hl7.org/fhir/R4/searchparameter-registry.html, compiled. */
import { describe, expect, test } from '@jest/globals';
import { ElementTypes } from '../../../scripts/definitions/element-types.ts';
import { branchesOf, ExpressionCompiler } from '../../../scripts/definitions/search-expression.ts';
import { compileAll } from '../../../scripts/definitions/search-parameters.ts';

test('every branch of every base search parameter compiles, and every parameter offered has an extraction', () => {
  const { report } = compileAll();
  expect(report.parameters).toBe(1375);
  expect(report.branches).toBeGreaterThan(2500);
  expect(report.withoutExtraction).toEqual([]);
  expect(report.withoutValue).toEqual([
    'date of string: Immunization.occurrence[x]',
    'date of string: Procedure.performed[x]',
    'date of Age: Age',
    'date of Range: Range',
    'date of string: CarePlan.activity.detail.scheduled[x]',
    'reference of Attachment: Attachment',
    'token of Quantity: Quantity',
    'token of Range: Range',
    'token of Reference: Reference',
  ]);
});

describe('the compiler', () => {
  const compiler = new ExpressionCompiler(new ElementTypes(), ({ expression, position, target }) => `${position.type}(${expression}${target ? `, ${target}` : ''});`);
  test.each([
    ['Patient.gender', 'code(resource.gender);'],
    ['Patient.name.given', 'for (const item0 of list(resource.name)) { for (const item1 of list(item0?.given)) { string(item1); } }'],
    ['Patient.maritalStatus', 'CodeableConcept(resource.maritalStatus);'],
    ['(Observation.value as Quantity)', 'Quantity(resource.valueQuantity);'],
    ['Condition.onset.as(Period)', 'Period(resource.onsetPeriod);'],
    ['ConceptMap.source.ofType(uri)', 'uri(resource.sourceUri); canonical(resource.sourceCanonical);'],
    ['(Observation.value.ofType(CodeableConcept)).text', 'string(resource.valueCodeableConcept?.text);'],
    ['Observation.subject.where(resolve() is Patient)', 'Reference(resource.subject, Patient);'],
    ['Bundle.entry[0].resource', 'Resource(list(resource.entry)[0]?.resource);'],
    ["Patient.telecom.where(system='phone')", "for (const item0 of list(resource.telecom)) { if (item0?.system === 'phone') { ContactPoint(item0); } }"],
    ['Questionnaire.item.item.code', 'for (const item0 of list(resource.item)) { for (const item1 of list(item0?.item)) { for (const item2 of list(item1?.code)) { Coding(item2); } } }'],
  ])('turns %s into JavaScript', (expression, statements) => {
    expect(compiler.compile(expression, /\w+/.exec(expression)![0])).toBe(statements);
  });
  test('turns the component of a composite into JavaScript that begins at its element', () => {
    const element = { expression: 'item0', position: { type: 'BackboneElement', path: 'Observation.component' }, depth: 1 };
    expect(compiler.compileComponent('value.ofType(Quantity) | interpretation.coding', element, 'Observation')).toEqual([
      'Quantity(item0?.valueQuantity);',
      'for (const item1 of list(item0?.interpretation)) { for (const item2 of list(item1?.coding)) { Coding(item2); } }',
    ]);
    expect(compiler.compileComponent('%resource.code', element, 'Observation')).toEqual(['CodeableConcept(resource.code);']);
  });
  test.each([
    ['Patient.nothing', 'no element nothing'],
    ['Patient.name.first()', 'Cannot compile'],
    ['Patient.name + 1', 'Cannot compile'],
    ['Patient.gender[0]', 'does not repeat'],
  ])('refuses %s', (expression, reason) => {
    expect(() => compiler.compile(expression, 'Patient')).toThrow(reason);
  });
  test('takes from a union the branches of one type', () => {
    expect(branchesOf('Patient.name | Person.name | Resource.id | (Patient.a | Patient.b)', 'Patient')).toEqual([
      'Patient.name', 'Resource.id', '(Patient.a | Patient.b)',
    ]);
    expect(branchesOf('name | alias', 'InsurancePlan')).toEqual(['InsurancePlan.name', 'InsurancePlan.alias']);
  });
});
