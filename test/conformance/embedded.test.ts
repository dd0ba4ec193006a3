/** The suite over the embedded server, or over the server that CALDERA_BASE_URL names. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { startServer } from '../../src/embedded/server.ts';
import type { RunningServer } from '../../src/embedded/server.ts';
import { conformance } from './suite.ts';

// An empty variable is as good as none.
const given = process.env['CALDERA_BASE_URL']?.replace(/\/$/, '') || undefined;
let server: RunningServer | undefined;
let dataDirectory: string | undefined;
const faults: unknown[] = [];

beforeAll(async () => {
  if (given !== undefined) return;
  dataDirectory = await mkdtemp(join(tmpdir(), 'caldera-conformance-'));
  server = await startServer({ nlp: true, dataDirectory, port: 0, reportFault: ({ error }) => faults.push(error) });
});

afterAll(async () => {
  await server?.close();
  if (dataDirectory !== undefined) await rm(dataDirectory, { recursive: true, force: true });
  if (faults.length > 0) throw new AggregateError(faults, 'The server reported faults.');
});

conformance(given === undefined ? 'embedded' : 'given', { baseUrl: () => given ?? server?.baseUrl ?? '' });
