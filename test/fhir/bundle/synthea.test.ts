/** Transactions of real size: Synthea's patients, where they lie beside the project. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { planTransaction } from '../../../src/fhir/bundle/transaction.ts';
import type { JsonObject } from '../../../src/fhir/json.ts';
import { parseJson } from '../../../src/fhir/json.ts';
import { isResourceType } from '../../../src/fhir/structures.ts';

const archive = join(__dirname, '..', '..', '..', '..', 'shared', 'data', 'synthea', 'synthea-r4-100-bundles.tar.xz');
const present = existsSync(archive);
const folder = present ? mkdtempSync(join(tmpdir(), 'caldera-synthea-')) : '';
afterAll(() => {
  if (present) rmSync(folder, { recursive: true, force: true });
});

(present ? describe : describe.skip)(`Synthea's 100 patients (skipped where ${archive} is absent)`, () => {
  test('every bundle is planned, and every reference then leads to a resource of its bundle', () => {
    execFileSync('tar', ['-xJf', archive, '-C', folder]);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
    expect(files).toHaveLength(100);
    const astray: string[] = [];
    let references = 0;
    for (const file of files) {
      const bundle = parseJson(readFileSync(join(folder, file), 'utf8')) as JsonObject;
      const newId = (index: number): string => `new-${index}`;
      const { writes } = planTransaction(bundle, { baseUrl: 'https://fhir.example/r4', isStored: isResourceType, newId });
      const resources = writes.map(({ write }) => (write as { resource: JsonObject }).resource);
      const written = new Set(writes.map(({ index }, position) => `${resources[position]?.['resourceType'] as string}/${newId(index)}`));
      for (const [, reference = ''] of JSON.stringify(resources).matchAll(/"reference":"([^"#][^"]*)"/g)) {
        references++;
        if (!written.has(reference)) astray.push(file);
      }
    }
    expect(astray).toEqual([]);
    expect(references).toBeGreaterThan(100_000);
  });
});
