/** What functions are made with that answer questions in SQL. */
import type { FunctionSpec, Grant } from './function-spec.ts';

/** DuckDB's gigabyte (athena-answers.ts), and an answer as a CSV and as Parquet beside it: a million rows at most. */
const answerMemoryMb = 3008;
const answerStorageMb = 4096;
/** Waiting is nearly all that it does. */
const requestMemoryMb = 1024;

type Settings = Pick<FunctionSpec, 'memoryMb' | 'storageMb' | 'duckdb' | 'environment' | 'grants'>;

const knowStore: Grant = { table: 'control', actions: ['GetItem'] };
/** Everything else is asked as the store's session (sql-session.ts). */
const ask: Grant = { questions: ['AssumeRole'] };
const environment = ['deployment', 'objectsBucket', 'queryRoleArn'] as const;

/** Answers are Parquet where that is asked for. */
const answering = (grants: readonly Grant[]): Settings => (
  { memoryMb: answerMemoryMb, storageMb: answerStorageMb, duckdb: true, environment, grants: [knowStore, ...grants, ask] }
);

export const querySettings: Readonly<Record<'start-query' | 'query-result' | 'cancel-query', Settings>> = {
  // How fresh the lake is, and the query where it is a saved one.
  'start-query': answering([{ table: 'jobs', actions: ['GetItem'] }, { table: 'resources', actions: ['GetItem'] }]),
  'query-result': answering([]),
  'cancel-query': { memoryMb: requestMemoryMb, environment, grants: [knowStore, ask] },
};
