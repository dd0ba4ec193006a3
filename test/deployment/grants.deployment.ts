/** The proof of the proof: a permission that is missing and one that is too much are both found. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { client, freshId, refusal } from '../conformance/client.ts';
import { deployStore } from './deployed-store.ts';
import type { DeployedStore } from './deployed-store.ts';
import type { Deployed } from './deployed.ts';
import type { Policy } from './iam/evaluate.ts';
import { many, statements } from './iam/evaluate.ts';
import { unusedGrants } from './surplus-grants.ts';

let deployed: Deployed;
let baseUrl: string;
let store: DeployedStore;

beforeAll(async () => {
  store = await deployStore();
  deployed = store.deployed;
  baseUrl = store.http.baseUrl;
});
afterAll(() => store?.close());

const role = (): string => deployed.roleOf('caldera-read');
let untouched: readonly Policy[] | undefined;

function tamper(change: (policies: readonly Policy[]) => readonly Policy[]): void {
  untouched ??= deployed.authority.policiesOf(role());
  deployed.authority.tamper(role(), change);
}

afterEach(() => {
  if (untouched !== undefined) deployed.authority.tamper(role(), () => untouched!);
});

test('as deployed, a read is allowed and needs what its role has', async () => {
  expect((await client(baseUrl).get(`/Patient/${freshId()}`)).status).toBe(404);
  expect(deployed.endpoint.denials).toEqual([]);
  expect(unusedGrants(deployed).filter((grant) => grant.startsWith('read '))).toEqual([
    'read EveryObjectUnderBodies s3:GetObject', 'read EveryObjectUnderContents s3:GetObject',
  ]);
});

test('without the permission for one call the call is refused, the client is told of a fault, and it is known which was missing', async () => {
  tamper((policies) => [{ Statement: statements(policies).filter(({ Action }) => !many(Action).includes('dynamodb:GetItem')) }]);
  const refused = refusal(await client(baseUrl).get(`/Patient/${freshId()}`));
  expect(refused).toEqual({ status: 500, code: 'exception' });
  expect(deployed.endpoint.denials).toEqual([expect.stringMatching(/^\S+: dynamodb:GetItem on arn:aws:dynamodb:\S+: no statement allows it$/)]);
});

test('without the permission to use a key nothing that it encrypts can be read', async () => {
  tamper((policies) => [{ Statement: statements(policies).filter(({ Action }) => !many(Action).includes('kms:Decrypt')) }]);
  expect((await client(baseUrl).get(`/Patient/${freshId()}`)).status).toBe(500);
  expect(deployed.endpoint.denials.at(-1)).toMatch(/: kms:Decrypt on /);
});

test('a Deny refuses what is allowed elsewhere', async () => {
  tamper((policies) => [...policies, { Statement: { Effect: 'Deny', NotAction: ['kms:*', 'logs:*'], Resource: '*' } }]);
  expect((await client(baseUrl).get(`/Patient/${freshId()}`)).status).toBe(500);
  expect(deployed.endpoint.denials.at(-1)).toMatch(/a statement of the role denies it$/);
});

test('a permission that nothing needs is found', async () => {
  tamper((policies) => [...policies, { Statement: { Sid: 'Planted', Effect: 'Allow', Action: 'dynamodb:DeleteItem', Resource: '*' } }]);
  await client(baseUrl).get(`/Patient/${freshId()}`);
  expect(unusedGrants(deployed)).toContain('read Planted dynamodb:DeleteItem');
});
