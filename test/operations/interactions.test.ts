/** What the conformance suite cannot see or cause from outside. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { preconditionFailed } from '../../src/fhir/outcome.ts';
import { baseParameters } from '../../src/fhir/search/parameters.ts';
import { capabilityStatement, softwareVersion } from '../../src/operations/capabilities.ts';
import { maxParameters } from '../../src/operations/parameters.ts';
import { update } from '../../src/operations/update.ts';
import type { DataStore } from '../../src/store/data-store.ts';
import { emptyDisk, platform } from './bundle-platform.ts';
import type { Platform } from './bundle-platform.ts';
import { baseUrl, refusal } from './requests.ts';

const patient = { resourceType: 'Patient', active: true };
const key = '1b4e28ba-2fa1-41d2-883f-0016d3cca427';

let rest: Platform;
beforeEach(() => {
  rest = platform(emptyDisk());
});

describe('create', () => {
  test('an idempotency key is of one caller and one type', async () => {
    const headers = { 'x-amz-fhir-idempotency-key': key };
    const send = async (target: string, caller: string, body: object) =>
      (await rest.send('POST', target, { headers, caller, body: { ...body } })).status;
    expect(await send('/Patient', 'a', patient)).toBe(201);
    expect(await send('/Patient', 'b', patient)).toBe(201);
    expect(await send('/Person', 'a', { resourceType: 'Person' })).toBe(201);
    expect(await send('/Patient', 'a', patient)).toBe(409);
  });

  test('a key whose resource was deleted stays used', async () => {
    const sent = { headers: { 'x-amz-fhir-idempotency-key': key }, body: patient };
    const { resource } = await rest.send('POST', '/Patient', sent);
    await rest.send('DELETE', `/Patient/${resource['id'] as string}`);
    expect(refusal(await rest.send('POST', '/Patient', sent))).toMatchObject({ status: 409, codes: ['duplicate'] });
  });
});

describe('If-Match: *', () => {
  test('another writer between the look and the write is 409: the request may be sent again', async () => {
    const version = { type: 'Patient', id: '1', versionId: 1, lastUpdated: 0, interaction: 'create', json: '{}' } as const;
    const store = {
      read: async () => version,
      write: async () => {
        throw preconditionFailed('Another version.');
      },
    } as unknown as DataStore;
    const request = {
      method: 'PUT', baseUrl, path: { type: 'Patient', id: '1' }, query: '', caller: 'someone',
      headers: { 'content-type': 'application/fhir+json', 'if-match': '*' },
      body: JSON.stringify({ ...patient, id: '1' }),
    };
    await expect(update({ store })(request)).rejects.toMatchObject({ status: 409, issues: [{ code: 'conflict' }] });
  });

  test('a deleted resource is none', async () => {
    await rest.send('PUT', '/Patient/1', { body: { ...patient, id: '1' } });
    await rest.send('DELETE', '/Patient/1');
    const headers = { 'if-match': '*' };
    expect((await rest.send('PUT', '/Patient/1', { headers, body: { ...patient, id: '1' } })).status).toBe(412);
    expect((await rest.send('DELETE', '/Patient/1', { headers })).status).toBe(412);
  });
});

describe('search', () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };

  test('posted parameters too long for a sealed link are refused when a next page needs one', async () => {
    for (const id of ['1', '2']) await rest.send('PUT', `/Patient/${id}`, { body: { ...patient, id } });
    const ids = Array.from({ length: 200 }, (_, place) => `${'x'.repeat(40)}${place}`);
    const long = ['1', '2', ...ids].join(',');
    const refused = await rest.send('POST', '/Patient/_search', { headers, body: `_count=1&_id=${long}` });
    expect(refusal(refused)).toMatchObject({ status: 403, codes: ['too-costly'] });
    expect((await rest.send('POST', '/Patient/_search', { headers, body: `_id=${long}` })).status).toBe(200);
  });

  test('_format and _pretty stay legible in the links of a posted search', async () => {
    for (const id of ['1', '2']) await rest.send('PUT', `/Patient/${id}`, { body: { ...patient, id } });
    const { resource } = await rest.send('POST', '/Patient/_search', { headers, body: 'active=true&_count=1&_format=json' });
    const [, next] = resource['link'] as unknown as { url: string }[];
    expect(next?.url).toMatch(/^http:\/\/localhost\/datastore\/test\/r4\/Patient\?_sealed=[\w-]+&_format=json&_cursor=/);
    const second = await rest.send('GET', next?.url.slice(baseUrl.length) ?? '');
    expect(second.resource['entry']).toHaveLength(1);
  });

  test('a request has a bounded number of parameters', async () => {
    const many = Array.from({ length: maxParameters + 1 }, () => 'active=true').join('&');
    expect((await rest.send('GET', `/Patient?${many}`)).status).toBe(400);
  });
});

describe('capabilities', () => {
  test('tell the version of the package', () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string };
    expect(softwareVersion).toBe(version);
  });

  test('are a sound CapabilityStatement', async () => {
    const statement = { ...capabilityStatement(baseUrl, baseParameters), id: '1' };
    expect((await rest.send('PUT', '/CapabilityStatement/1', { body: statement })).status).toBe(201);
  });
});
