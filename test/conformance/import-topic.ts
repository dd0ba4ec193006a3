/**
 * `$import`, as far as a server can be asked without a file of its buckets
 * (https://github.com/smart-on-fhir/bulk-import/blob/master/import-manifest.md).
 */
import { expect, test } from '@jest/globals';
import { refusal } from './client.ts';
import type { Topic } from './topic.ts';

const manifest = (url: string) => ({ inputFormat: 'application/fhir+ndjson', input: [{ type: 'Patient', url }] });
const prefer = { prefer: 'respond-async' };

export const importTopic: Topic = (http) => {
  test('an address of the web is never fetched', async () => {
    expect(refusal(await http().post('/$import', manifest('http://169.254.169.254/latest/meta-data'), prefer))).toMatchObject({ status: 400 });
  });

  test('an import is begun in the background alone', async () => {
    expect(refusal(await http().post('/$import', manifest('s3://lake/patients.ndjson')))).toMatchObject({ status: 400 });
  });

  test.each(['0'.repeat(32), 'none'])('an import that never was has no status and is not cancelled: %s', async (id) => {
    expect((await http().get(`/$import/${id}`)).status).toBe(404);
    expect((await http().delete(`/$import/${id}`)).status).toBe(404);
  });

  test('a bundle begins none', async () => {
    const entry = [{ request: { method: 'POST', url: '$import' }, resource: { resourceType: 'Parameters' } }];
    const { body } = await http().post('', { resourceType: 'Bundle', type: 'batch', entry });
    expect(body.entry[0].response.status).toMatch(/^400/);
  });
};
