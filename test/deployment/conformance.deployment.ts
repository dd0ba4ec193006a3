/**
 * The conformance suite over what would be deployed: its requests signed, routed by the synthesized API, answered by the
 * bundled functions over tables that the workflow made; then what was asked of AWS in the course of it, against roles.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { conformance } from '../conformance/suite.ts';
import { settleDatastore } from './default-datastore.ts';
import { deploy } from './deployed.ts';
import type { Deployed } from './deployed.ts';

let deployed: Deployed;
let baseUrl = '';
const ambient = { ...process.env };

beforeAll(async () => {
  deployed = await deploy();
  const datastoreId = await settleDatastore(deployed, 'Create');
  baseUrl = `${deployed.gateway.url}/datastore/${datastoreId}/r4`;
  const { accessKeyId, secretAccessKey } = deployed.caller.credentials;
  Object.assign(process.env, {
    CALDERA_SIGN: '1', AWS_REGION: deployed.assembly.place.region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey,
  });
});

afterAll(async () => {
  process.env = ambient;
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
