/** A server with an empty store, its bucket, and HealthLake's import jobs on it, for tests. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startServer } from '../../src/embedded/server.ts';
import type { RunningServer } from '../../src/embedded/server.ts';

const roleArn = 'arn:aws:iam::000000000000:role/import';

export interface ImportServer {
  readonly folder: string;
  readonly bucket: string;
  readonly server: () => RunningServer;
  readonly faults: readonly unknown[];
  file(key: string, content: string | Uint8Array): void;
  control(operation: string, input: object): Promise<{ readonly status: number; readonly body: Record<string, unknown> }>;
  /** Starts an import of a prefix. @returns its id */
  start(prefix: string, more?: object): Promise<string>;
  describe(jobId: string): Promise<Record<string, unknown>>;
  /** Waits for the end. */
  ended(jobId: string): Promise<Record<string, unknown>>;
  imported(prefix: string, more?: object): Promise<Record<string, unknown>>;
  /** Lines of an output, by kind and name; absent when there is none. */
  output(jobId: string, name: string): readonly Record<string, unknown>[] | undefined;
  fhir(path: string, method?: string, body?: object): Promise<{ readonly status: number; readonly body: Record<string, unknown> }>;
  close(): Promise<void>;
}

export async function importServer(): Promise<ImportServer> {
  const folder = mkdtempSync(join(tmpdir(), 'caldera-import-'));
  const bucket = join(folder, 'bucket');
  mkdirSync(bucket);
  const faults: unknown[] = [];
  const server = await startServer({
    dataDirectory: join(folder, 'data'), port: 0, buckets: new Map([['lake', bucket]]), reportFault: ({ error }) => faults.push(error),
  });
  const DatastoreId = server.datastoreIds[0]!;
  const asked = async (url: string, init: RequestInit) => {
    const answer = await fetch(url, init);
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
  };
  const control: ImportServer['control'] = (operation, input) => asked(`http://127.0.0.1:${server.port}/`, {
    method: 'POST', headers: { 'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': `HealthLake.${operation}` }, body: JSON.stringify(input),
  });
  const start: ImportServer['start'] = async (prefix, more = {}) => {
    const { status, body } = await control('StartFHIRImportJob', {
      DatastoreId, DataAccessRoleArn: roleArn, ValidationLevel: 'structure-only', InputDataConfig: { S3Uri: `s3://lake/${prefix}` },
      JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://lake/out', KmsKeyId: 'alias/import' } }, ...more,
    });
    if (status !== 200) throw new Error(`StartFHIRImportJob answered ${status}: ${JSON.stringify(body)}`);
    return body['JobId'] as string;
  };
  const describe: ImportServer['describe'] = async (JobId) => (await control('DescribeFHIRImportJob', { DatastoreId, JobId })).body['ImportJobProperties'] as Record<string, unknown>;
  const ended: ImportServer['ended'] = async (jobId) => {
    for (;;) {
      const job = await describe(jobId);
      if (job['EndTime'] !== undefined) return job;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return {
    folder, bucket, faults, control, start, describe, ended,
    server: () => server,
    file(key, content) {
      const path = join(bucket, key);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    },
    imported: async (prefix, more) => ended(await start(prefix, more)),
    output(jobId, name) {
      const path = join(bucket, 'out', `${DatastoreId}-FHIR_IMPORT-${jobId}`, name);
      if (!existsSync(path)) return undefined;
      return readFileSync(path, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    fhir: (path, method = 'GET', body) => asked(`${server.baseUrl}/${path}`, {
      method, headers: { 'Content-Type': 'application/fhir+json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
    async close() {
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}
