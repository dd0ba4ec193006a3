/** What the expressions of SearchParameter resources may look at (https://hl7.org/fhir/R4/searchparameter.html). */
import { describe, expect, test } from '@jest/globals';
import { FhirError } from '../../../../src/fhir/outcome.ts';
import type { Resource } from '../../../../src/fhir/resource.ts';
import { customParameters } from '../../../../src/fhir/search/custom/definition.ts';
import type { CustomDefinition } from '../../../../src/fhir/search/custom/definition-shape.ts';
import { extractParameter } from '../../../../src/fhir/search/extract.ts';
import type { SearchParameter } from '../../../../src/fhir/search/values.ts';
import { customEntries, searchEntries } from '../../../../src/store/entries.ts';
import type { EntryRules } from '../../../../src/store/entry-partitions.ts';

const url = 'http://example.org/SearchParameter/one';

function parameter(definition: Partial<CustomDefinition>): SearchParameter {
  const whole: CustomDefinition = { url, code: 'one', type: 'string', base: ['Patient'], expression: 'Patient.name.family', targets: [], ...definition };
  return customParameters(whole).get('Patient') as SearchParameter;
}

function patient(extensions: number): Resource {
  return { resourceType: 'Patient', id: '1', extension: Array.from({ length: extensions }, () => ({ url: 'http://example.org/a', valueString: 'x' })) };
}

function refused(work: () => unknown): number {
  try {
    work();
  } catch (error) {
    if (error instanceof FhirError) return error.status;
    throw error;
  }
  throw new Error('It was not refused.');
}

const conditions = Array.from({ length: 60 }, () => 'url.exists()').join(' and ');
const costly = parameter({ expression: `Patient.extension.where(${conditions}).value` });
const subject = { type: 'Patient', id: '1', lastUpdated: 0, created: 0 };
const rules: EntryRules = { generation: 1, shards: 1, omitted: new Set(), hash: (...parts) => parts.join(' '), custom: () => [costly] };

describe('an expression', () => {
  test('may look at a list that fills the largest resource', () => {
    expect(extractParameter(patient(60_000), parameter({ expression: "Patient.extension('http://example.org/b').value" }))).toEqual([]);
  });

  test('is held to a bound over its conditions on each of a list', () => {
    expect(extractParameter(patient(100), costly)).toHaveLength(100);
    expect(refused(() => extractParameter(patient(5000), costly))).toBe(422);
  });

  test('is held to it over its branches', () => {
    const branches = Array.from({ length: 50 }, (_, index) => `Patient.extension('http://example.org/${index}').value`).join(' | ');
    expect(refused(() => extractParameter(patient(5000), parameter({ expression: branches })))).toBe(422);
  });

  test('may look at as much in the next resource', () => {
    expect(refused(() => extractParameter(patient(5000), costly))).toBe(422);
    expect(extractParameter(patient(100), costly)).toHaveLength(100);
  });

  test('of a composite is held to it over what %resource leads to for each element', () => {
    const component = { code: 'name', type: 'string', targets: [], expression: "%resource.extension('http://example.org/a').value" } as const;
    const composite = parameter({ type: 'composite', expression: 'Patient.extension', components: [component, { ...component, expression: 'value' }] });
    expect(extractParameter(patient(100), composite)).toHaveLength(100);
    expect(refused(() => extractParameter(patient(1000), composite))).toBe(422);
  });
});

describe('a resource in which an expression would look at too much', () => {
  test('is not written', () => {
    expect(searchEntries(patient(100), subject, rules).length).toBeGreaterThan(0);
    expect(refused(() => searchEntries(patient(5000), subject, rules))).toBe(422);
  });

  test('that is there already has no entries for the parameter, which does not fit then', () => {
    const unfit: string[] = [];
    expect(customEntries(patient(5000), { subject, rules }, (one) => unfit.push(one.url))).toEqual([]);
    expect(unfit).toEqual([url]);
  });
});
