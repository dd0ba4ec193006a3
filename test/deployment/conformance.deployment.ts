/**
 * The conformance suite over what would be deployed: its requests signed, routed by the synthesized API, answered by the
 * bundled functions over tables that the workflow made; then what was asked of AWS in the course of it, against roles.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { conformance } from '../conformance/suite.ts';
import { settleDatastore } from './default-datastore.ts';
import { deploy } from './deployed.ts';
import type { Deployed } from './deployed.ts';
import { signAs } from './signing-environment.ts';

let deployed: Deployed;
let baseUrl = '';
let stopSigning: (() => void) | undefined;

beforeAll(async () => {
  deployed = await deploy();
  const datastoreId = await settleDatastore(deployed, 'Create');
  baseUrl = `${deployed.gateway.url}/datastore/${datastoreId}/r4`;
  stopSigning = signAs(deployed);
});

afterAll(async () => {
  stopSigning?.();
  await deployed?.close();
});

conformance('deployed', { baseUrl: () => baseUrl });

describe('what the suite had done', () => {
  test('every call to AWS was allowed by the role of its caller', () => {
    expect([...new Set(deployed.endpoint.denials)]).toEqual([]);
  });

  test('nothing was asked of AWS that the harness does not know, and no function failed', () => {
    expect([...deployed.endpoint.faults, ...deployed.problems].map(String)).toEqual([]);
  });

  test('no log has anything of a patient', () => {
    const logs = deployed.logs();
    for (const word of ['Østergård', 'Æsa', 'urn:caldera:conformance', '"resourceType"']) expect(logs).not.toContain(word);
  });
});
