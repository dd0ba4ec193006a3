/** HealthLake's API of the embedded server as boto3 uses it, whose model is newer than that of the JavaScript client. */
import { expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../../../src/embedded/server.ts';
import { boto3Walk } from '../../control/boto3.ts';

test.each([
  ['without access keys', undefined], ['with an access key', { accessKeyId: 'AKIABOTO', secretAccessKey: 'a secret of some length' }],
])('boto3 walks every operation, %s', async (_what, key) => {
  const folder = mkdtempSync(join(tmpdir(), 'caldera-boto3-'));
  const faults: unknown[] = [];
  const server = await startServer({ dataDirectory: folder, port: 0, reportFault: ({ error }) => faults.push(error), ...(key && { accessKeys: [key] }) });
  try {
    const { accessKeyId, secretAccessKey } = key ?? { accessKeyId: 'local', secretAccessKey: 'local' };
    const complaints = await boto3Walk({ endpoint: `http://127.0.0.1:${server.port}`, region: 'eu-west-1', accessKeyId, secretAccessKey, restores: true, place: 's3://caldera/boto3' });
    expect({ complaints, faults }).toEqual({ complaints: '', faults: [] });
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
});
