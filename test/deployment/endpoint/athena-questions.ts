/**
 * Questions that Athena runs, here in DuckDB: tables and views as the catalog has them, files as their manifests name them, all
 * read in the name of whoever asks, and the answer laid down as a CSV where the workgroup says
 * (https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html).
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { readTable, schemaFileStatement } from '../../../src/machine/duckdb/read-table.ts';
import { jsonText } from '../../../src/machine/duckdb/sql-values.ts';
import { tableNamed } from '../../../src/operations/lake/lake-schema.ts';
import { columnsOf } from '../../../src/operations/sql/known-tables.ts';
import { check } from '../../../src/sql/check.ts';
import { parseQuery } from '../../../src/sql/parse.ts';
import type { Questions, Workgroup } from './athena.ts';
import type { Glue, GlueTable } from './glue.ts';
import { jsonAnswer, jsonError } from './service.ts';
import type { Service, ServiceAnswer, ServiceCaller, ServiceRequest } from './service.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- each operation has its own input
type Input = any;

interface Execution {
  readonly workgroup: string;
  readonly submitted: number;
  state: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
  reason?: string;
  /** The first has the names of columns. */
  rows: readonly (readonly (string | null)[])[];
  scannedBytes: number;
}

export interface AskedAthena {
  readonly catalog: Glue;
  readonly s3: Service;
  /** Milliseconds since the epoch, as functions have it. */
  readonly now: () => number;
}

export interface AthenaQuestions {
  readonly answer: Questions;
  readonly workgroupOf: (queryId: string) => string | undefined;
}

interface Asked {
  readonly statement: string;
  readonly database: string;
  readonly caller: ServiceCaller;
}

export function athenaQuestions(athena: AskedAthena): AthenaQuestions {
  const executions = new Map<string, Execution>();
  const run = async (id: string, asked: Asked, { ResultConfiguration: { OutputLocation, EncryptionConfiguration } }: Workgroup): Promise<void> => {
    const execution = executions.get(id)!;
    try {
      const { rows, scannedBytes } = await answered(asked, athena);
      const headers = { 'x-amz-server-side-encryption': 'aws:kms', 'x-amz-server-side-encryption-aws-kms-key-id': EncryptionConfiguration.KmsKey };
      await called({ method: 'PUT', path: `${OutputLocation.replace(/^s3:\//, '')}${id}.csv`, body: Buffer.from(csvOf(rows)), headers }, { s3: athena.s3, caller: asked.caller });
      Object.assign(execution, { rows, scannedBytes, state: 'SUCCEEDED' });
    } catch (error) {
      Object.assign(execution, { state: 'FAILED', reason: (error as Error).message });
    }
  };
  const operations: Readonly<Record<string, (input: Input, asked: Parameters<Questions>[2]) => ServiceAnswer>> = {
    StartQueryExecution: ({ QueryString: statement, QueryExecutionContext, WorkGroup: workgroup }, { workgroups, caller }) => {
      const found = workgroups.get(workgroup);
      if (found === undefined) return jsonError('InvalidRequestException', 'WorkGroup is not found.');
      const id = randomUUID();
      executions.set(id, { workgroup, submitted: athena.now(), state: 'RUNNING', rows: [], scannedBytes: 0 });
      void run(id, { statement, database: QueryExecutionContext['Database'], caller }, found);
      return jsonAnswer({ QueryExecutionId: id });
    },
    GetQueryExecution: ({ QueryExecutionId }) => {
      const { state, reason, submitted, scannedBytes } = executions.get(QueryExecutionId)!;
      const Status = { State: state, StateChangeReason: reason, SubmissionDateTime: submitted / 1000 };
      return jsonAnswer({ QueryExecution: { Status, Statistics: { DataScannedInBytes: scannedBytes, TotalExecutionTimeInMillis: 1 } } });
    },
    GetQueryRuntimeStatistics: ({ QueryExecutionId }) => jsonAnswer({ QueryRuntimeStatistics: { Rows: { OutputRows: executions.get(QueryExecutionId)!.rows.length - 1 } } }),
    GetQueryResults: ({ QueryExecutionId, NextToken, MaxResults }) => {
      const { rows } = executions.get(QueryExecutionId)!;
      const from = Number(NextToken ?? 0);
      const page = rows.slice(from, from + Number(MaxResults));
      const next = from + page.length;
      const Rows = page.map((row) => ({ Data: row.map((value) => (value === null ? {} : { VarCharValue: value })) }));
      return jsonAnswer({ ResultSet: { Rows }, ...(next < rows.length && { NextToken: String(next) }) });
    },
    StopQueryExecution: ({ QueryExecutionId }) => {
      const execution = executions.get(QueryExecutionId)!;
      if (execution.state === 'RUNNING') execution.state = 'CANCELLED';
      return jsonAnswer({});
    },
  };
  return {
    workgroupOf: (queryId) => executions.get(queryId)?.workgroup,
    answer: (operation, input, asked) => {
      const answer = operations[operation];
      return answer === undefined ? undefined : Promise.resolve(answer(input, asked));
    },
  };
}

/** The form of statements whose nested values are told as JSON (src/aws/athena-statement.ts): what is within is in the dialect. */
const wrapper = /^SELECT (.*?) FROM \((.*)\) AS "answer"\(([^)]*)\)(.*)$/s;

async function answered(asked: Asked, athena: AskedAthena): Promise<Pick<Execution, 'rows' | 'scannedBytes'>> {
  const folder = await mkdtemp(join(tmpdir(), 'caldera-athena-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const [, items, inner = asked.statement, names, rest] = wrapper.exec(asked.statement) ?? [];
    const checked = check(parseQuery(inner), { columnsOf, text: inner });
    let scannedBytes = 0;
    for (const table of checked.tables) scannedBytes += await provide(table, { ...asked, athena, connection, folder });
    const outer = items?.replaceAll(/json_format\(CAST\(("[^"]+") AS JSON\)\)/g, 'CAST(to_json($1) AS VARCHAR)');
    const statement = outer === undefined ? checked.duckDb : `SELECT ${outer} FROM (${checked.duckDb}) AS answer(${names})${rest}`;
    const result = await connection.runAndReadAll(statement);
    const header = outer === undefined ? checked.columns.map(({ name }) => name) : result.columnNames();
    return { rows: [header, ...result.getRows().map((row) => row.map(textOf))], scannedBytes };
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

function textOf(value: Parameters<typeof jsonText>[0]): string | null {
  const text = jsonText(value);
  if (text === 'null') return null;
  return text.startsWith('"') ? (JSON.parse(text) as string) : text;
}

function csvOf(rows: Execution['rows']): string {
  return rows.map((row) => row.map((value) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)).join(',')).join('\n');
}

interface Providing extends Asked {
  readonly athena: AskedAthena;
  readonly connection: DuckDBConnection;
  readonly folder: string;
}

/** @returns bytes of files */
async function provide(name: string, { database, caller, athena, connection, folder }: Providing): Promise<number> {
  const find = (table: string): GlueTable => {
    for (const access of athena.catalog.accessesOf('glue:GetTable', database, table)) if (!caller.may(access)) throw new Error('PERMISSION_DENIED: glue:GetTable');
    const found = athena.catalog.databases.get(database)?.tables.get(table);
    if (found === undefined) throw new Error(`SYNTAX_ERROR: Table ${table} does not exist`);
    return found;
  };
  const base = name.replace(/_history$/, '');
  const { StorageDescriptor: { Location } } = find(`${base}_versions`);
  const { originalSql } = JSON.parse(Buffer.from(/Presto View: (\S+) /.exec(find(name).ViewOriginalText!)![1]!, 'base64').toString()) as { originalSql: string };
  const schema = join(folder, `${base}.parquet`);
  await connection.run(schemaFileStatement(tableNamed(base)!, schema));
  const files: string[] = [];
  let bytes = 0;
  for (const uri of await addresses(Location!, { ...athena, caller })) {
    const body = await get(uri, { ...athena, caller });
    const file = join(folder, `${name}-${files.length}.parquet`);
    await writeFile(file, body);
    files.push(file);
    bytes += body.byteLength;
  }
  await connection.run(`CREATE OR REPLACE TEMP VIEW "${base}_versions" AS SELECT * FROM ${readTable(files, schema)}`);
  await connection.run(`CREATE OR REPLACE TEMP VIEW "${name}" AS ${originalSql}`);
  return bytes;
}

type Reading = Pick<AskedAthena, 's3'> & { readonly caller: ServiceCaller };

/** What SymlinkTextInputFormat reads: all objects of the place, of which each has addresses. A table without any is empty. */
async function addresses(location: string, reading: Reading): Promise<readonly string[]> {
  const [, bucket, prefix] = /^s3:\/\/([^/]+)\/(.*)$/.exec(location)!;
  const listed = await called({ method: 'GET', path: `/${bucket}?list-type=2&prefix=${encodeURIComponent(prefix!)}` }, reading);
  const keys = [...listed.toString().matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key!);
  const texts = await Promise.all(keys.map((key) => get(`s3://${bucket}/${key}`, reading)));
  return texts.flatMap((text) => text.toString().split('\n')).filter((line) => line !== '');
}

function get(uri: string, reading: Reading): Promise<Buffer> {
  return called({ method: 'GET', path: uri.replace(/^s3:\//, '') }, reading);
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** In the name of whoever asks. */
async function called({ method, path, body = Buffer.alloc(0), headers: own = {} }: Call, { s3, caller }: Reading): Promise<Buffer> {
  const headers = { ...own, authorization: 'AWS4-HMAC-SHA256 Credential=HARNESS/20261122/eu-central-1/s3/aws4_request, SignedHeaders=host, Signature=00', 'x-amz-date': '20261122T120000Z' };
  const request: ServiceRequest = { method, url: new URL(path, 'http://harness'), headers, body };
  for (const access of s3.accesses(request)) if (!caller.may(access)) throw new Error(`PERMISSION_DENIED: ${access.action} on ${access.resource}`);
  const answer = await s3.answer(request, caller);
  if (answer.status >= 300) throw new Error(`HIVE_CANNOT_OPEN_SPLIT: ${answer.status}`);
  return answer.body;
}
