/**
 * The rules that compute entries must not change under one generation: an index written by the old rules would silently
 * miss what the new ones look for.
 */
import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { syntheticPopulation } from '../../src/fhir/synthetic/synthetic-population.ts';
import { searchEntries } from '../../src/store/entries.ts';
import { generation } from '../../src/store/generation.ts';
import { partitionHash } from '../../src/store/partition-hash.ts';

/** From each generation to the digest of its entries for 20 synthetic patients. */
const digests: Readonly<Record<number, string>> = {
  1: 't6FK4LWLy_IrnTyP9dEvvzGByarbg6bPd86_KjQ4y8I',
  2: 'VFEsHTci1S1tWFw_is0cuvv-5SMZBGjxpLQMFmTmvns',
};

test('the entries of this generation are what they were when it began', () => {
  const rules = { generation, shards: 8, omitted: new Set<string>(), hash: partitionHash(new Uint8Array(32)) };
  const digest = createHash('sha256');
  for (const group of syntheticPopulation({ patients: 20, seed: 1 })) {
    for (const resource of group) {
      const subject = { type: resource.resourceType, id: resource.id!, lastUpdated: 0, created: 0 };
      for (const { pk, position } of searchEntries(resource, subject, rules)) digest.update(`${pk} ${position}\n`);
    }
  }
  // When this fails, what is stored is filed otherwise than it is looked for. Raise `generation` and add its digest here.
  expect(digest.digest('base64url')).toBe(digests[generation]);
});
