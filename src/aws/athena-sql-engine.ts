/**
 * Asks Athena the questions of one data store (https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html),
 * as the session of that store (sql-session.ts). What a question was to give, and how long it may take, lies beside Athena's
 * answer for as long as that does: any process can go on with it.
 */
import {
  GetQueryExecutionCommand, GetQueryResultsCommand, GetQueryRuntimeStatisticsCommand, StartQueryExecutionCommand, StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import type { AthenaClient, QueryExecution } from '@aws-sdk/client-athena';
import type { Clock } from '../ports/clock.ts';
import { SqlBusy } from '../ports/sql-engine.ts';
import type { SqlColumn, SqlEngine, SqlFile, SqlFileFormat, SqlQuestion, SqlState } from '../ports/sql-engine.ts';
import { athenaFailure } from './athena-failures.ts';
import { athenaStatement } from './athena-statement.ts';
import { valueOfText } from './athena-values.ts';

/** What is kept of a question beside its answer. */
export interface KeptQuestion {
  readonly columns: readonly SqlColumn[];
  readonly timeoutMs: number;
  /** The most rows; one more than these tells that there are too many. Absent where the statement bounds itself. */
  readonly rows?: number;
}

/** Where Athena lays its answers, for as long as they are kept. */
export interface AthenaAnswers {
  keep(id: string, question: KeptQuestion): Promise<void>;
  question(id: string): Promise<KeptQuestion | undefined>;
  file(id: string, format: SqlFileFormat, columns: readonly SqlColumn[]): Promise<SqlFile>;
}

export interface AthenaSqlEngineOptions {
  readonly client: Pick<AthenaClient, 'send'>;
  readonly database: string;
  readonly workgroup: string;
  readonly answers: AthenaAnswers;
  readonly clock: Clock;
  /** Until when every change is in the lake. @throws SqlNotReady */
  readonly asOf: () => Promise<number>;
}

/** Athena's bound of a page. */
const pageRows = 1000;
/** Between two looks, growing: most questions take a second or two. */
const firstLookMs = 200;
const longestLookMs = 2000;

const queryId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function athenaSqlEngine(options: AthenaSqlEngineOptions): SqlEngine {
  const { client, database, workgroup, answers, clock, asOf: freshness } = options;
  const questionOf = async (id: string): Promise<KeptQuestion | undefined> => (queryId.test(id) ? answers.question(id) : undefined);
  const look = async (QueryExecutionId: string, kept: KeptQuestion): Promise<SqlState> => {
    const { QueryExecution: execution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId }));
    const isLate = clock.now() - (execution?.Status?.SubmissionDateTime?.getTime() ?? 0) > kept.timeoutMs;
    const state = execution?.Status?.State;
    if (state === 'SUCCEEDED') return succeeded(execution!, await isTooMuch(QueryExecutionId, kept));
    if (state === 'FAILED' || state === 'CANCELLED') return isLate && state === 'CANCELLED' ? tookTooLong : athenaFailure(execution!);
    if (!isLate) return { state: 'running' };
    await client.send(new StopQueryExecutionCommand({ QueryExecutionId }));
    return tookTooLong;
  };
  const isTooMuch = async (QueryExecutionId: string, { rows }: KeptQuestion): Promise<boolean> => {
    if (rows === undefined) return false;
    const { QueryRuntimeStatistics: statistics } = await client.send(new GetQueryRuntimeStatisticsCommand({ QueryExecutionId }));
    return (statistics?.Rows?.OutputRows ?? 0) > rows;
  };
  return {
    async start(question) {
      const asOf = await freshness();
      const { text, bounded } = athenaStatement(question);
      const id = await started(client, { QueryString: text, QueryExecutionContext: { Database: database }, WorkGroup: workgroup });
      await answers.keep(id, keptOf(question, bounded));
      return { id, asOf };
    },
    async state(id, waitMs) {
      const kept = await questionOf(id);
      if (kept === undefined) return undefined;
      const until = clock.now() + waitMs;
      for (let pauseMs = firstLookMs; ; pauseMs = Math.min(longestLookMs, pauseMs * 2)) {
        const state = await look(id, kept);
        const leftMs = until - clock.now();
        if (state.state !== 'running' || leftMs <= 0) return state;
        await clock.sleep(Math.min(pauseMs, leftMs));
      }
    },
    async page(id, { limit, next }) {
      const { columns } = (await questionOf(id))!;
      const rows: (string | undefined)[][] = [];
      let token = next;
      do {
        // The first row of the first page has the names of columns.
        const isFirst = token === undefined;
        const MaxResults = Math.min(pageRows, limit - rows.length + (isFirst ? 1 : 0));
        const { ResultSet, NextToken } = await client.send(new GetQueryResultsCommand({ QueryExecutionId: id, MaxResults, ...(token !== undefined && { NextToken: token }) }));
        const found = (ResultSet?.Rows ?? []).map(({ Data = [] }) => Data.map(({ VarCharValue }) => VarCharValue));
        rows.push(...found.slice(isFirst ? 1 : 0));
        token = NextToken;
      } while (token !== undefined && rows.length < limit);
      const values = rows.map((row) => columns.map(({ type }, index) => valueOfText(type, row[index])));
      return { columns, rows: values, ...(token !== undefined && { next: token }) };
    },
    async file(id, format) {
      return answers.file(id, format, (await questionOf(id))!.columns);
    },
    async cancel(id) {
      if ((await questionOf(id)) === undefined) return;
      await client.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
    },
  };
}

const tookTooLong: SqlState = { state: 'failed', reason: 'timeout', message: 'The query took longer than it may. Group, filter or select less.' };
const tooManyRows: SqlState = { state: 'failed', reason: 'too-many-rows', message: 'The answer has more rows than it may have. Group, filter, or set a LIMIT.' };

function succeeded({ Statistics }: QueryExecution, isTooMuch: boolean): SqlState {
  if (isTooMuch) return tooManyRows;
  return { state: 'succeeded', scannedBytes: Statistics?.DataScannedInBytes ?? 0, runMs: Statistics?.TotalExecutionTimeInMillis ?? 0 };
}

function keptOf({ columns, limits }: SqlQuestion, bounded: boolean): KeptQuestion {
  return { columns, timeoutMs: limits.timeoutMs, ...(bounded && { rows: limits.rows }) };
}

async function started(client: AthenaSqlEngineOptions['client'], input: ConstructorParameters<typeof StartQueryExecutionCommand>[0]): Promise<string> {
  try {
    return (await client.send(new StartQueryExecutionCommand(input))).QueryExecutionId!;
  } catch (error) {
    if (error instanceof Error && error.name === 'TooManyRequestsException') throw new SqlBusy('Athena takes no more questions at the moment.');
    throw error;
  }
}
