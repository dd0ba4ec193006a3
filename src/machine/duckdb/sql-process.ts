/**
 * The process that answers SQL for one data store: the settings of its sandbox come as the one argument, questions as
 * messages of its parent, without whom it ends. It takes no other input, and opens nothing itself.
 */
import process from 'node:process';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { readPart, writeCsv } from './sql-answers.ts';
import { refusalOf } from './sql-failures.ts';
import type { SqlOutOfMemory, SqlReply, SqlRequest, SqlSettings } from './sql-messages.ts';
import { runQuestion } from './sql-run.ts';
import { openSandbox } from './sql-sandbox.ts';

const memoryLookMs = 200;
/** An interrupt that meets a connection between two statements is lost, so it is repeated until the question has ended. */
const interruptAgainMs = 20;

const settings = JSON.parse(process.argv[2]!) as SqlSettings;
const sandbox = openSandbox(settings);
/** The questions that are being answered; each gets its connection when the sandbox is there. */
const asked = new Map<number, DuckDBConnection | undefined>();

process.on('message', (request: SqlRequest) => {
  const { ask } = request;
  if ('interrupt' in request) {
    interrupt(ask);
    return;
  }
  asked.set(ask, undefined);
  const reply = (message: SqlReply): void => {
    asked.delete(ask);
    process.send?.(message);
  };
  sandbox.then((instance) => answer(request, instance)).then(reply, (error: unknown) => reply({ ask, refused: refusalOf(error) }));
});

async function answer(request: Exclude<SqlRequest, { interrupt: true }>, instance: DuckDBInstance): Promise<SqlReply> {
  const { ask } = request;
  const connection = await instance.connect();
  asked.set(ask, connection);
  try {
    if ('part' in request) return { ask, part: await readPart(connection, request.part) };
    if ('run' in request) return { ask, ran: await runQuestion(connection, request.run) };
    await writeCsv(connection, request.csv);
    return { ask, written: true };
  } finally {
    asked.set(ask, undefined);
    connection.closeSync();
  }
}

function interrupt(ask: number): void {
  if (!asked.has(ask)) return;
  asked.get(ask)?.interrupt();
  setTimeout(() => interrupt(ask), interruptAgainMs);
}

/** At once: an ordinary exit waits for the statements that run. */
const end = (): void => void process.kill(process.pid, 'SIGKILL');

const watch = setInterval(() => {
  if (process.memoryUsage.rss() <= settings.residentMb * 1024 * 1024) return;
  clearInterval(watch);
  process.send?.({ outOfMemory: true } satisfies SqlOutOfMemory, undefined, undefined, end);
}, memoryLookMs).unref();

process.once('disconnect', end);
