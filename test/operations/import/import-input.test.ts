/** Which objects below a prefix an import reads (docs/import.md#what-is-read). */
import { describe, expect, test } from '@jest/globals';
import { isInput } from '../../../src/operations/import/import-input.ts';

const job = `${'a'.repeat(32)}-FHIR_EXPORT-${'0'.repeat(32)}`;

describe('the input of an import', () => {
  test('is every file, but for those whose names begin with a dot and folders that consoles make', () => {
    expect(['in/a.ndjson', 'in/b/c.json'].every((key) => isInput(key, 'in/'))).toBe(true);
    expect(['in/.a.ndjson', 'in/b/'].some((key) => isInput(key, 'in/'))).toBe(false);
  });

  test('has no outputs of jobs that lie below it', () => {
    expect(isInput(`out/${job}/Patient/Patient-1-0-0.ndjson`, 'out/')).toBe(false);
    expect(isInput(`out/${job.replace('EXPORT', 'IMPORT')}/SUCCESS/a.ndjson`, 'out/')).toBe(false);
  });

  test('is what an export wrote where its folder is named, resources and nothing else', () => {
    for (const prefix of [`out/${job}`, `out/${job}/`, `out/${job}/Patient/`]) expect(isInput(`out/${job}/Patient/Patient-1-0-0.ndjson`, prefix)).toBe(true);
    expect(['deleted/Bundle-1-0-0.ndjson', 'errors/OperationOutcome-1-0-0.ndjson'].some((name) => isInput(`out/${job}/${name}`, `out/${job}/`))).toBe(false);
  });
});
