/**
 * Answers of Athena in the bucket, below a data store's prefix, until its lifecycle removes them: Athena's own CSV, what is kept of
 * the question, and the answer as Parquet once somebody wants that. Files are handed out as links, signed by the session of the
 * store (sql-session.ts).
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { SqlColumn } from '../ports/sql-engine.ts';
import type { AthenaAnswers, KeptQuestion } from './athena-sql-engine.ts';
import { downloadLinkSeconds } from './s3-contents.ts';
import { s3Objects } from './s3-objects.ts';

export interface AthenaAnswersOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Where the workgroup lays the store's answers. */
  readonly prefix: string;
  /** Of the key of the store. */
  readonly keyAlias: string;
}

/** Of what the function has: the rest is for the answer, twice. */
const duckdbMemoryMb = 1000;

export function athenaAnswers({ client, bucket, prefix, keyAlias }: AthenaAnswersOptions): AthenaAnswers {
  const objects = s3Objects({ client, bucket, prefix, keyAlias });
  const link = async (key: string) => ({ url: await getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: prefix + key }), { expiresIn: downloadLinkSeconds }) });
  const makeParquet = async (id: string, columns: readonly SqlColumn[]): Promise<void> => {
    const folder = await mkdtemp(join(tmpdir(), 'answer-'));
    try {
      const [csvFile, parquetFile] = [join(folder, 'answer.csv'), join(folder, 'answer.parquet')];
      await writeFile(csvFile, (await objects.get(csvOf(id)))!);
      // Loaded by those who want it: most answers are pages.
      const { csvToParquet } = await import('../machine/duckdb/csv-to-parquet.ts');
      await csvToParquet({ csvFile, parquetFile, columns, memoryMb: duckdbMemoryMb });
      await objects.put(parquetOf(id), await readFile(parquetFile));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  return {
    keep: (id, question) => objects.put(questionOf(id), Buffer.from(JSON.stringify(question))),
    async question(id) {
      const kept = await objects.get(questionOf(id));
      return kept === undefined ? undefined : (JSON.parse(Buffer.from(kept).toString()) as KeptQuestion);
    },
    async file(id, format, columns) {
      if (format === 'csv') return link(csvOf(id));
      const { keys } = await objects.list({ prefix: parquetOf(id), limit: 1 });
      if (keys.length === 0) await makeParquet(id, columns);
      return link(parquetOf(id));
    },
  };
}

const csvOf = (id: string): string => `${id}.csv`;
const parquetOf = (id: string): string => `${id}.parquet`;
const questionOf = (id: string): string => `${id}.question.json`;
