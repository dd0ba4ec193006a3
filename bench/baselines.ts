/**
 * The raw baselines every figure is compared with, taken in the same run on the same machine and disk: an empty Node
 * HTTP server with the same clients and body sizes, and bare SQLite inserts with the same durability.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { runLoad } from './load.ts';

/** Long enough for a stable figure, short beside the workloads. */
const baselineSeconds = 2;
/** Responses are sent from one buffer of this size, more than any workload's mean. */
const maxResponseBytes = 16 * 1024 * 1024;

export interface HttpBaseline {
  readonly clients: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/** Requests a second of a Node HTTP server that reads the body and answers as many bytes as it is asked for. */
export async function emptyHttpServer({ clients, requestBytes, responseBytes }: HttpBaseline): Promise<number> {
  const child = spawn(process.execPath, ['-e', emptyServerSource], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [port] = (await once(child.stdout, 'data')) as [Buffer];
    const path = `/${Math.min(responseBytes, maxResponseBytes)}`;
    const request = requestBytes > 0
      ? { method: 'POST', path, body: Buffer.alloc(requestBytes, 'x') }
      : { method: 'GET', path };
    const load = { baseUrl: `http://127.0.0.1:${String(port).trim()}`, clients, seconds: baselineSeconds };
    const { requestsPerSecond } = await runLoad(load, async (send, running) => {
      while (running()) await send('baseline', request);
    });
    return requestsPerSecond;
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

const emptyServerSource = `
const { createServer } = require('node:http');
const bytes = Buffer.alloc(${maxResponseBytes}, 'x');
const server = createServer((request, response) => {
  request.on('data', () => {});
  request.on('end', () => {
    const body = bytes.subarray(0, Number(request.url.slice(1)));
    response.writeHead(200, { 'content-type': 'application/fhir+json', 'content-length': body.length });
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

export interface SqliteBaseline {
  /** On the disk that is measured. */
  readonly directory: string;
  readonly rowBytes: number;
  readonly rowsPerCommit: number;
}

/** Rows a second of bare inserts, in write-ahead mode and synchronous=FULL, `rowsPerCommit` under each commit. */
export function sqliteInserts({ directory, rowBytes, rowsPerCommit }: SqliteBaseline): number {
  const folder = mkdtempSync(join(directory, 'caldera-baseline-'));
  const database = new DatabaseSync(join(folder, 'baseline.sqlite'));
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE row (pk TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID');
    const insert = database.prepare('INSERT INTO row VALUES (?, ?)');
    const body = Buffer.alloc(rowBytes, 'x');
    const begin = performance.now();
    let rows = 0;
    while (performance.now() - begin < baselineSeconds * 1000) {
      database.exec('BEGIN');
      for (let each = 0; each < rowsPerCommit; each += 1) insert.run(`Patient/${(rows += 1)}`, body);
      database.exec('COMMIT');
    }
    return rows / ((performance.now() - begin) / 1000);
  } finally {
    database.close();
    rmSync(folder, { recursive: true });
  }
}
