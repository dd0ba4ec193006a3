/**
 * What must hold of the lake after a kill and a start (docs/sql.md): the tables of a type answer what the store has, its current
 * resources and every version of its history, as they are read over HTTP, and nothing twice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Resource } from '../../src/fhir/resource.ts';
import { openConnection } from '../http-client.ts';
import { switched } from './lake-work.ts';
import type { Ledger } from './ledger.ts';
import { listedPages, pageCount } from './listed-pages.ts';
import type { Entry } from './listed-pages.ts';

const types = ['Patient', 'Observation'] as const;
/** For a lake that is being made anew on a busy machine. */
const patienceMs = 120_000;
const lookMs = 100;
/** Rows of an answer's page. */
const rowCount = 10_000;

interface Answer {
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
  readonly asOf: string;
  readonly next?: string;
}

export interface LakeVerification {
  readonly baseUrl: string;
  /** By which the server's clock is ahead of this one. */
  readonly aheadMs: number;
  readonly ledger: Ledger;
}

/** Adds every breach to the ledger's violations. @returns how many rows were held against the store */
export async function verifyLake({ baseUrl, aheadMs, ledger }: LakeVerification): Promise<number> {
  await switched(baseUrl, 'ENABLED');
  const connection = await openConnection(baseUrl);
  const path = new URL(baseUrl).pathname;
  let rows = 0;
  try {
    for (const type of types) {
      const stored = async (place: string, lineOf: (entry: Entry) => string) => {
        const { entries, refused } = await listedPages(connection, `${path}/${type}${place}?_count=${pageCount}`);
        if (refused !== undefined) throw new Error(`A listing was answered with ${refused}.`);
        return entries.map(lineOf);
      };
      for (const [what, query, lines] of [
        ['current table', currentQuery(type), await stored('', currentLine)],
        ['history table', historyQuery(type), await stored('/_history', historyLine)],
      ] as const) {
        const found = (await freshRows(baseUrl, query, aheadMs)).map((row) => row.join(' '));
        compare(`${type} ${what}`, { found, stored: lines }, ledger);
        rows += found.length;
      }
    }
  } finally {
    connection.close();
  }
  return rows;
}

function currentQuery(type: string): string {
  return `SELECT id, meta.versionid, coalesce(identifier[1].value, '') FROM ${type}`;
}

function currentLine({ resource }: Entry): string {
  const { id, meta } = resource!;
  return `${id} ${meta!.versionId} ${markerOf(resource)}`;
}

/** The last says whether the time in which it was valid ends when the next version's begins. */
function historyQuery(type: string): string {
  return `SELECT id, resource_version, resource_deleted, valid_from, coalesce(identifier[1].value, ''),
    valid_to IS NOT DISTINCT FROM lead(valid_from) OVER (PARTITION BY id ORDER BY resource_version) FROM ${type}_history`;
}

function historyLine({ resource, request, response }: Entry): string {
  const id = request!.method === 'DELETE' ? request!.url.split('/')[1] : resource!.id;
  const version = /^W\/"(\d+)"$/.exec(response!.etag!)![1];
  const from = new Date(response!.lastModified!).toISOString().replace('T', ' ').replace('Z', '');
  return `${id} ${version} ${request!.method === 'DELETE'} ${from} ${markerOf(resource)} true`;
}

function markerOf(resource: Resource | undefined): string {
  return (resource as { identifier?: readonly { value?: string }[] } | undefined)?.identifier?.[0]?.value ?? '';
}

function compare(what: string, { found, stored }: { readonly found: readonly string[]; readonly stored: readonly string[] }, ledger: Ledger): void {
  const [have, want] = [new Set(found), new Set(stored)];
  const missing = stored.filter((line) => !have.has(line)).length;
  const surplus = found.filter((line) => !want.has(line)).length;
  if (missing === 0 && surplus === 0 && have.size === found.length) return;
  ledger.violation(`${what} of the lake: ${missing} of ${want.size} missing, ${surplus} that the store does not have, ${found.length - have.size} twice`);
}

/** The rows of an answer that has everything which was written by now. */
async function freshRows(baseUrl: string, query: string, aheadMs: number): Promise<Answer['rows']> {
  const since = Date.now() + aheadMs;
  for (const end = performance.now() + patienceMs; performance.now() < end;) {
    const answer = await asked(baseUrl, query);
    if (answer !== undefined && Date.parse(answer.asOf) >= since) return allRows(baseUrl, answer);
    await sleep(lookMs);
  }
  throw new Error('The lake did not come to have what the store has.');
}

/** @returns `undefined` while the lake is being built */
async function asked(baseUrl: string, query: string): Promise<Answer | undefined> {
  const headers = { 'Content-Type': 'application/json' };
  let answer = await fetch(`${baseUrl}/sql?_count=${rowCount}`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  while (answer.status === 202) answer = await fetch(new URL(answer.headers.get('Content-Location')!, baseUrl));
  if (answer.status === 409) return undefined;
  if (answer.status !== 200) throw new Error(`A question was answered with ${answer.status}: ${await answer.text()}`);
  return await answer.json() as Answer;
}

async function allRows(baseUrl: string, first: Answer): Promise<Answer['rows']> {
  const rows = [...first.rows];
  for (let { next } = first; next !== undefined;) {
    const answer = await fetch(new URL(next, baseUrl));
    if (answer.status !== 200) throw new Error(`A page of an answer was answered with ${answer.status}.`);
    const page = await answer.json() as Answer;
    rows.push(...page.rows);
    next = page.next;
  }
  return rows;
}
