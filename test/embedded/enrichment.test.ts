/**
 * Notes of the embedded server become resources by themselves (docs/enrichment.md): what an engine does blocks no write and loses no
 * document, and nothing of a note reaches a log.
 */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startServerProcess } from '../../bench/server-process.ts';
import type { ServerProcess } from '../../bench/server-process.ts';
import { localEngine } from '../../src/clinical-text/engine.ts';
import { ownLexicon } from '../../src/embedded/own-lexicon.ts';
import { startServer } from '../../src/embedded/server.ts';
import type { RunningServer, ServerOptions } from '../../src/embedded/server.ts';
import { faultText } from '../../src/machine/fault-report.ts';
import { NlpUnavailable } from '../../src/ports/clinical-nlp.ts';
import type { ClinicalNlp } from '../../src/ports/clinical-nlp.ts';
import { client } from '../conformance/client.ts';
import type { Body, Client } from '../conformance/client.ts';

const pollMs = 30;
let directory: string;
let server: RunningServer | undefined;
let child: ServerProcess | undefined;
let logged: string[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'caldera-enrichment-'));
  logged = [];
});
afterEach(async () => {
  await server?.close();
  await child?.kill();
  [server, child] = [undefined, undefined];
  rmSync(directory, { recursive: true, force: true });
});

async function started(options: Partial<ServerOptions> = {}): Promise<Client> {
  server = await startServer({
    dataDirectory: directory, port: 0, nlp: true, ...options,
    reportFault: ({ id, error }) => logged.push(`Fault ${id}: ${faultText(error)}`), note: (text) => logged.push(text),
  });
  return client(server.baseUrl);
}

async function write(http: Client, text: string, id = 'n1'): Promise<void> {
  const { status } = await http.put(`/DocumentReference/${id}`, {
    resourceType: 'DocumentReference', id, status: 'current', subject: { reference: 'Patient/p1' },
    content: [{ attachment: { contentType: 'text/plain', data: Buffer.from(text).toString('base64') } }],
  });
  expect(status).toBeLessThan(202);
}

const find = (holder: Body, url: string): Body => holder?.extension?.find((one: Body) => one.url === `http://healthlake.amazonaws.com/${url}`);
const statusIn = async (http: Client, id = 'n1'): Promise<string | undefined> => {
  return find(find((await http.get(`/DocumentReference/${id}`)).body, 'aws-cm/'), 'aws-cm/status/')?.valueString;
};
async function readBy(http: Client, id = 'n1'): Promise<string> {
  for (;;) {
    const status = await statusIn(http, id);
    if (status !== undefined) return status;
    await pause(pollMs);
  }
}
const total = async (http: Client, search: string): Promise<number> => (await http.get(`/${search}${search.includes('?') ? '&' : '?'}_summary=count`)).body.total;

/** The local engine, with another one in the place of an operation. */
function engineWith(inferIcd10Cm: ClinicalNlp['inferIcd10Cm']): ClinicalNlp {
  return { ...localEngine(), inferIcd10Cm };
}

test('a note with clinicians’ habits becomes the right resources, and none for what it denies', async () => {
  const http = await started();
  await write(http, `CC: SOB x3 days.
HPI: 54 yo F w/ PMH of asthma. Denies chest pain, fever. No evidence of pneumonia. R/o PE.
MEDICATIONS
- metformin 500 mg PO BID
- d/c'd lisinopril 10 mg daily
ALLERGIES: penicillin
FAMILY HISTORY: Mother with breast cancer.
A/P: Type 2 diabetes, HTN. Start atorvastatin 40 mg qhs.`);
  expect(await readBy(http)).toBe('SUCCESS');
  const words = async (type: string): Promise<readonly string[]> => {
    return (await http.get(`/${type}?_count=100`)).body.entry?.map(({ resource }: Body) => (resource.code ?? resource.medicationCodeableConcept ?? resource.condition[0].code).text).toSorted() ?? [];
  };
  expect(await words('Condition')).toEqual(['HTN', 'Type 2 diabetes', 'asthma']);
  expect(await words('Observation')).toEqual(['SOB']);
  expect(await words('MedicationStatement')).toEqual(['atorvastatin', 'lisinopril', 'metformin']);
  expect(await words('AllergyIntolerance')).toEqual(['penicillin']);
  expect(await words('FamilyMemberHistory')).toEqual(['breast cancer']);
  const { body } = await http.get('/MedicationStatement?code=http://www.nlm.nih.gov/research/umls/rxnorm|6809');
  expect(body.entry[0].resource.dosage[0]).toMatchObject({ text: '500 mg PO BID', route: { text: 'PO' } });
  expect(await total(http, 'Condition?_tag:not=SYSTEM_GENERATED')).toBe(0);
  expect(await total(http, 'Condition?_tag=http://healthlake.amazonaws.com/|SYSTEM_GENERATED')).toBe(3);
  expect(await total(http, 'Condition?patient=Patient/p1&clinical-status=active')).toBe(2);
  expect(logged).toEqual([]);
});

test('nothing is read where the store’s notes are not to be read, and it is from the moment on that they are', async () => {
  const http = await started({ nlp: false });
  await write(http, 'Has gout.');
  await server!.close();
  const again = await started();
  await write(again, 'Has asthma.', 'n2');
  expect(await readBy(again, 'n2')).toBe('SUCCESS');
  expect(await statusIn(again)).toBeUndefined();
  // It holds for later starts.
  await server!.close();
  const third = await started({ nlp: false });
  await write(third, 'Has anemia.', 'n3');
  expect(await readBy(third, 'n3')).toBe('SUCCESS');
});

test('an engine that never answers blocks no write and no end, and what it was asked about is read after the next start', async () => {
  const state = { asked: 0 };
  const http = await started({ clinicalNlp: engineWith(() => new Promise(() => void (state.asked += 1))) });
  for (let number = 0; number < 20; number += 1) await write(http, 'Has gout.', `n${number}`);
  while (state.asked === 0) await pause(pollMs);
  await write(http, 'Has asthma.', 'n0');
  await server!.close();
  const again = await started();
  for (let number = 0; number < 20; number += 1) expect(await readBy(again, `n${number}`)).toBe('SUCCESS');
  expect([await total(again, 'Condition?code=M10.9'), await total(again, 'Condition?code=J45.909')]).toEqual([19, 1]);
});

test('an engine that is throttled is asked again, and a note that it fails at keeps no other from being read', async () => {
  const engine = localEngine();
  let times = 0;
  const http = await started({
    clinicalNlp: engineWith(async (text) => {
      if (text.includes('poison')) throw new Error(`a fault that quotes ${text}`);
      if ((times += 1) <= 2) throw new NlpUnavailable('Throttled.');
      return engine.inferIcd10Cm(text);
    }),
  });
  await write(http, 'This is poison, and MARKER-7319.', 'bad');
  await write(http, 'Has gout.');
  expect(await readBy(http)).toBe('SUCCESS');
  while (logged.length === 0) await pause(pollMs);
  expect(logged.join('\n')).not.toMatch(/poison|MARKER/);
});

test('a lexicon of the user’s own is read by, and one with mistakes is refused by its lines', async () => {
  const file = join(directory, 'lexicon.txt');
  writeFileSync(file, '[diagnosis]\nzebra syndrome | icd10cm Q99.9 Chromosomal abnormality, unspecified\n');
  const lexicon = ownLexicon(file);
  const http = await started({ lexicon, dataDirectory: join(directory, 'data') });
  await write(http, 'Has zebra syndrome and gout.');
  expect(await readBy(http)).toBe('SUCCESS');
  expect([await total(http, 'Condition?code=Q99.9'), await total(http, 'Condition')]).toEqual([1, 2]);
  writeFileSync(file, '[diagnosis]\nzebra | icd10cm nonsense\n');
  expect(() => ownLexicon(file)).toThrow(/Line 2/);
  expect(() => ownLexicon(join(directory, 'none.txt'))).toThrow(/cannot be read/);
});

test('the notes of a store are read from the moment on that its NlpConfiguration says so', async () => {
  const http = await started({ nlp: false });
  const [datastoreId = ''] = server!.datastoreIds;
  const control = async (target: string, body: object): Promise<Body> => (await fetch(new URL('/', http.baseUrl), {
    method: 'POST', headers: { 'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': `HealthLake.${target}` }, body: JSON.stringify(body),
  })).json();
  const become = async (status: string): Promise<void> => {
    await control('UpdateFHIRDatastore', { DatastoreId: datastoreId, NlpConfiguration: { Status: status } });
    while ((await control('DescribeFHIRDatastore', { DatastoreId: datastoreId })).DatastoreProperties.DatastoreStatus !== 'ACTIVE') await pause(pollMs);
  };
  await become('ENABLED');
  await write(http, 'Has gout.');
  expect(await readBy(http)).toBe('SUCCESS');
  await become('DISABLED');
  expect((await http.send('POST', '/DocumentReference/$enrich')).status).toBe(422);
});

describe('A server', () => {
  test('that is killed again and again while it reads loses no note and makes nothing twice', async () => {
    const count = 60;
    const begin = async (): Promise<Client> => {
      child = await startServerProcess({ dataDirectory: directory, settings: ['--nlp'] });
      return client(child.baseUrl);
    };
    let http = await begin();
    const text = Buffer.from('Has gout, asthma and MARKER-7319. Takes aspirin 81 mg daily.').toString('base64');
    const entry = Array.from({ length: count }, (_none, number) => ({
      resource: {
        resourceType: 'DocumentReference', id: `n${number}`, status: 'current', subject: { reference: `Patient/p${number}` },
        content: [{ attachment: { contentType: 'text/plain', data: text } }],
      },
      request: { method: 'PUT', url: `DocumentReference/n${number}` },
    }));
    expect((await http.post('', { resourceType: 'Bundle', type: 'transaction', entry })).status).toBe(200);
    for (const least of [1, 20]) {
      while ((await total(http, 'Linkage')) < least) await pause(pollMs);
      await child!.kill();
      http = await begin();
    }
    while ((await total(http, 'Linkage')) < count) await pause(pollMs);
    expect(await Promise.all(['Condition', 'MedicationStatement', 'Provenance'].map((type) => total(http, type)))).toEqual([2 * count, count, count]);
    expect((await http.get('/Condition/_history?_count=1000')).body.entry).toHaveLength(2 * count);
    for (const number of [0, count - 1]) expect((await http.get(`/DocumentReference/n${number}`)).body.meta.versionId).toBe('2');
    await child!.stop();
    expect(child!.complaints()).not.toContain('MARKER');
    child = undefined;
  }, 60_000);
});
