/**
 * Notes that are read as deployed: from the change feed by the queue and the workflow to resources, whatever fails meanwhile and
 * wherever; and nothing of a note in a log, a state or a message.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { freshId } from '../conformance/client.ts';
import type { Client } from '../conformance/client.ts';
import { enrichmentTopic } from '../conformance/enrichment-topic.ts';
import { onePagePdf } from '../machine/note-formats/one-page-pdf.ts';
import { deployedNotes, marker, maxLooks, medical, storeWithNotes, wellRead } from './deployed-notes.ts';
import type { DeployedNotes } from './deployed-notes.ts';
import { deployStore, storeClient } from './deployed-store.ts';
import type { DeployedStore } from './deployed-store.ts';
import type { Deployed } from './deployed.ts';
import { jsonError } from './endpoint/service.ts';
import { bucketCall } from './engines.ts';
import { failEachOnce, failing } from './failing-states.ts';
import { healthlakeCall, settledStore } from './healthlake-call.ts';
import { bucketOf } from './kept-objects.ts';
import { definitionOf, RunStopped, tasksOf, TaskFailed } from './state-machines.ts';
import { unusedGrants } from './surplus-grants.ts';

/** The text of this page is short; what is left out of it makes the body of its document large. */
const large = Buffer.from(`<!--${randomBytes(300_000).toString('hex')}--><p>Has gout.</p>`).toString('base64');
let store: DeployedStore;
let deployed: Deployed;
let datastoreId = '';
let http: Client;
let notes: DeployedNotes;

beforeAll(async () => {
  store = await deployStore((made) => storeWithNotes(made, 'ENABLED'));
  ({ deployed, datastoreId, http } = store);
  deployed.leaveOutDelays('enrichment');
  notes = deployedNotes(store);
});
afterAll(() => store?.close());
afterEach(() => {
  deployed.endpoint.interfere(undefined);
  deployed.interrupt(undefined);
});

describe('The conformance suite, of notes,', () => {
  /** Streams feed functions while it runs, as they always do. */
  const feeding = new AbortController();
  let fed: Promise<void> | undefined;
  beforeAll(() => {
    fed = (async () => {
      for (; !feeding.signal.aborted; await pause(200)) await deployed.drainStreams();
    })();
  });
  afterAll(async () => {
    feeding.abort();
    await fed;
    await notes.quiet();
  });

  enrichmentTopic(() => http);
});

describe('A note', () => {
  test('becomes resources, and none for what it denies', async () => {
    expect(await notes.read()).toEqual(wellRead);
    expect(await notes.keptFiles()).toEqual([]);
  });

  test('that is changed supersedes what it gave, and is asked for once', async () => {
    const id = await notes.write(medical);
    await notes.quiet();
    const times = notes.answered();
    await notes.write('Has gout.', { id });
    await notes.quiet();
    expect(await notes.conditionsOf(id)).toEqual(['gout']);
    expect([...times.values()]).toEqual([1, 1, 1, 1]);
  });

  test('is not read where its document says so, or its store', async () => {
    const times = notes.answered();
    const skipped = await notes.write(medical, { elements: { meta: { tag: [{ system: 'urn:caldera:nlp', code: 'SKIP' }] } } });
    const unread = await storeWithNotes(deployed, 'DISABLED');
    const there = storeClient(deployed, unread);
    const other = await notes.write(medical, { to: there });
    await notes.quiet();
    expect([await notes.statusOf(skipped), await notes.statusOf(other, there), times.size]).toEqual([undefined, undefined, 0]);
    expect((await there.send('POST', '/DocumentReference/$enrich')).status).toBe(422);
    await healthlakeCall(deployed, 'UpdateFHIRDatastore', { DatastoreId: unread, NlpConfiguration: { Status: 'ENABLED' } });
    await settledStore(deployed, unread, 'ACTIVE');
    expect(await notes.ended(await notes.begun('', there), there)).toMatchObject({ status: 'COMPLETED', documents: 1, read: 1 });
    const next = await notes.write('Has gout.', { to: there });
    await notes.quiet();
    expect([await notes.conditionsOf(other, there), await notes.conditionsOf(next, there)]).toEqual([wellRead.conditions, ['gout']]);
  });

  test('that is deleted takes its results along', async () => {
    const id = await notes.write(medical);
    await notes.quiet();
    await http.delete(`/DocumentReference/${id}`);
    await notes.quiet();
    expect(await notes.conditionsOf(id)).toEqual([]);
  });
});

describe('A service', () => {
  test('that throttles is asked again, and nothing is asked twice that was answered', async () => {
    const times = notes.answered((operation, time) => (operation === 'InferSNOMEDCT' && time <= 2 ? jsonError('TooManyRequestsException', `Too many for ${marker}`) : undefined));
    expect(await notes.read()).toEqual(wellRead);
    expect(Object.fromEntries(times)).toEqual({ DetectEntitiesV2: 1, InferICD10CM: 1, InferRxNorm: 1, InferSNOMEDCT: 3 });
  });
});

describe('A note that takes longer than a run', () => {
  test('is read by several, each of which goes on where the one before was, and nothing is asked twice', async () => {
    // Of this length it is four pieces for the slowest of the calls.
    const lines = ['Has gout.', ...Array.from({ length: 260 }, (_, day) => `On day ${day} the patient slept well, ate well and went for a walk.`)].join('\n');
    const times = notes.answered((operation) => {
      if (operation === 'InferSNOMEDCT') deployed.pass(60);
      return undefined;
    });
    const runs = (): number => [...deployed.endpoint.calls].filter(([call]) => call.includes(' states:StartSyncExecution ')).reduce((sum, [, count]) => sum + count, 0);
    const before = runs();
    expect(await notes.read(lines)).toEqual({ status: 'SUCCESS', conditions: ['gout'] });
    expect(times.get('InferSNOMEDCT')).toBe(4);
    // Two for the pieces, the first of which tells that it is not at its end, and one for the version that was written.
    expect(runs() - before).toBe(3);
  });
});

describe('An engine that answers nobody', () => {
  test('has notes wait and nothing else: they are read when it does, and none pays for it with an attempt', async () => {
    let refusals = 6;
    notes.answered((operation) => (operation === 'DetectEntitiesV2' && refusals-- > 0 ? jsonError('AccessDeniedException', `Not ${marker}`) : undefined));
    const id = await notes.write(medical);
    await notes.quiet();
    expect([refusals < 0, await notes.statusOf(id), await notes.conditionsOf(id)]).toEqual([true, 'SUCCESS', wellRead.conditions]);
    expect(deployed.handed().split('\n').filter((text) => text.includes(id) && text.includes('failures'))).toEqual([]);
  });
});

describe('A document that no run can read', () => {
  test('is told to be given up after its attempts, blocks nobody, and is read again with its next version', async () => {
    const other = await notes.write(medical);
    notes.answered((operation) => (operation === 'InferRxNorm' ? jsonError('InvalidRequestException', `What is ${marker}?`) : undefined));
    const id = await notes.write('Has gout.');
    await notes.quiet();
    expect([await notes.statusOf(id), await notes.conditionsOf(id)]).toEqual(['FAILED', []]);
    deployed.endpoint.interfere(undefined);
    await notes.write('Has gout. No fever.', { id });
    await notes.write(medical, { id: other });
    await notes.quiet();
    expect([await notes.statusOf(id), await notes.conditionsOf(id), await notes.statusOf(other)]).toEqual(['SUCCESS', ['gout'], 'SUCCESS']);
  });
});

describe('The workflow', () => {
  const machine = () => deployed.assembly.resources('AWS::StepFunctions::StateMachine').find(({ name }) => name.endsWith('-enrichment'))!;
  const states = ['extract-note', 'DetectEntitiesV2', 'InferICD10CM', 'InferRxNorm', 'InferSNOMEDCT', 'settle-note'];

  test('has the states that failures are injected at, and is of the kind that ends within five minutes', () => {
    expect(tasksOf(definitionOf(machine()))).toEqual(['give-up', ...states]);
    expect(machine().properties['StateMachineType']).toBe('EXPRESS');
  });

  /** So often is a state tried in one run: the run fails, and the next one goes on. */
  const attempts = 4;

  test.each((['before', 'after'] as const).flatMap((moment) => [[moment, 'killed', attempts], [moment, 'cut off with its run', 1]] as const))('%s its work each state is %s in turn, and the note is read', async (moment, how, times) => {
    const left = new Map(states.map((state) => [state, times as number]));
    deployed.interrupt({
      [moment]: (at: string) => {
        const more = left.get(at) ?? 0;
        // In turn: the states before it have had theirs.
        if (more === 0 || [...left].some(([state, count]) => count > 0 && states.indexOf(state) < states.indexOf(at))) return;
        left.set(at, more - 1);
        throw how === 'killed' ? new TaskFailed('Lambda.ServiceException', 'Injected.') : new RunStopped('Its time is over.');
      },
    });
    const before = await notes.keptFiles();
    expect(await notes.read()).toEqual(wellRead);
    expect([[...left.values()], await notes.keptFiles()]).toEqual([states.map(() => 0), before]);
  });

  test('is begun again where nobody knows how a run ended', async () => {
    let lost = 1;
    deployed.endpoint.interfere(({ access }) => (access.action === 'states:StartSyncExecution' && lost-- > 0 ? jsonError('ServiceUnavailable', 'Injected.', 503) : undefined));
    expect(await notes.read()).toEqual(wellRead);
    expect(lost).toBeLessThan(0);
  });
});

describe('$enrich', () => {
  test('reads the notes that its search finds again, and tells how many', async () => {
    const [id, other] = [await notes.write(medical), await notes.write(medical, { elements: { language: 'de' } })];
    await notes.quiet();
    const times = notes.answered();
    expect(await notes.ended(await notes.begun(`?_id=${id},${other}`))).toMatchObject({ status: 'COMPLETED', documents: 2, read: 1, notRead: 1, postponed: 0 });
    expect([...times.values()]).toEqual([1, 1, 1, 1]);
  });

  test.each(['before', 'after'] as const)('goes on where a step failed %s its work, and where the engine was away', async (moment) => {
    const id = await notes.write(medical);
    const failed = failEachOnce(deployed, { moment });
    let refusals = 6;
    notes.answered((operation) => (operation === 'InferICD10CM' && refusals-- > 0 ? jsonError('AccessDeniedException', 'Injected.') : undefined));
    expect(await notes.ended(await notes.begun(`?_id=${id}`))).toMatchObject({ status: 'COMPLETED', read: 1 });
    expect([refusals < 0, failed.has('run-enrich'), await notes.conditionsOf(id)]).toEqual([true, true, wellRead.conditions]);
    await notes.quiet();
  });

  test('leaves a document that could not be read to the queue', async () => {
    const id = await notes.write(medical);
    await notes.quiet();
    let refusals = 1;
    notes.answered((operation) => (operation === 'InferRxNorm' && refusals-- > 0 ? jsonError('InvalidRequestException', 'Injected.') : undefined));
    expect(await notes.ended(await notes.begun(`?_id=${id}`))).toMatchObject({ status: 'COMPLETED_WITH_ERRORS', postponed: 1 });
    await notes.quiet();
    expect([refusals < 0, await notes.statusOf(id)]).toEqual([true, 'SUCCESS']);
  });

  test('is cancelled, and is told to have failed where nothing brings it to its end', async () => {
    deployed.interrupt({ before: failing('run-enrich', 'fail-enrich') });
    const cancelled = await notes.begun('');
    expect((await http.send('POST', '/DocumentReference/$enrich')).status).toBe(409);
    expect((await http.delete(cancelled)).status).toBe(202);
    deployed.interrupt(undefined);
    for (let looks = 0; looks < maxLooks && (await http.get(cancelled)).status === 202; looks += 1) await http.delete(cancelled);
    expect(await notes.ended(cancelled)).toMatchObject({ status: 'CANCEL_COMPLETED' });
    deployed.interrupt({ before: failing('run-enrich') });
    expect(await notes.ended(await notes.begun(''))).toEqual({ status: 500 });
  });
});

describe('$de-identify', () => {
  test('answers a copy that names nobody, and says so where nothing answers', async () => {
    const text = `Mr. ${marker} was seen on 03/14/2024. Has gout.`;
    const id = await notes.write(text);
    const { status, body } = await http.get(`/DocumentReference/${id}/$de-identify`);
    const left = Buffer.from(body.content[0].attachment.data, 'base64').toString();
    expect([status, left]).toEqual([200, 'Mr. [NAME] was seen on [DATE]. Has gout.']);
    notes.answered((operation) => (operation === 'DetectPHI' ? jsonError('AccessDeniedException', `Not ${marker}`) : undefined));
    expect((await http.get(`/DocumentReference/${id}/$de-identify`)).status).toBe(503);
    await notes.quiet();
  });

  test('reads notes that lie elsewhere, as the workflow does: in a Binary, a large body, a bucket, a PDF', async () => {
    const bucket = bucketOf(deployed, 'jobs');
    await bucketCall(deployed.engines.moto, 'PUT', `/${bucket}/documents/${datastoreId}/note.txt`, 'Has gout.');
    const attachments = [
      { contentType: 'text/plain', url: `Binary/${await notes.uploaded('Has gout.')}` }, { contentType: 'text/html', data: large },
      { contentType: 'text/plain', url: `s3://${bucket}/documents/${datastoreId}/note.txt` }, { contentType: 'application/pdf', data: Buffer.from(onePagePdf(['Has gout.'])).toString('base64') },
    ];
    for (const attachment of attachments) {
      const id = await notes.write('', { elements: { content: [{ attachment }] } });
      const copy = await http.get(`/DocumentReference/${id}/$de-identify`);
      expect([copy.status, Buffer.from(copy.body.content[0].attachment.data, 'base64').toString().slice(0, 9)]).toEqual([200, 'Has gout.']);
      await notes.quiet();
      expect(await notes.conditionsOf(id)).toEqual(['gout']);
    }
  });

  test('says what cannot be read, as the workflow does on the document', async () => {
    const missing = { contentType: 'text/plain', url: `s3://${bucketOf(deployed, 'jobs')}/documents/${datastoreId}/none.txt` };
    for (const attachment of [missing, { contentType: 'text/html', data: large, language: 'de' }]) {
      const id = await notes.write('', { elements: { content: [{ attachment }] } });
      expect((await http.get(`/DocumentReference/${id}/$de-identify`)).status).toBe(422);
      await notes.quiet();
      expect(await notes.statusOf(id)).toBe('NOT_READ');
      expect(await notes.ended(await notes.begun(`?_id=${id}`))).toMatchObject({ documents: 1, notRead: 1 });
    }
  });

  test('of a report whose note is a document’s of the same encounter says so, and the note is read once', async () => {
    const encounter = { reference: `Encounter/${freshId()}` };
    const document = await notes.write(medical, { elements: { context: { encounter: [encounter] } } });
    const form = { contentType: 'text/plain', data: Buffer.from(medical).toString('base64') };
    const report = { resourceType: 'DiagnosticReport', id: document, status: 'final', code: { text: 'Visit' }, encounter, presentedForm: [form] };
    expect((await http.put(`/DiagnosticReport/${document}`, report)).status).toBe(201);
    await notes.quiet();
    expect(await notes.conditionsOf(document)).toEqual(wellRead.conditions);
    expect((await http.get(`/DiagnosticReport/${document}/$de-identify`)).status).toBe(422);
  });
});

describe('In the end', () => {
  test('every role had what it needs and nothing more, and nothing of a note is in any log, state or message', async () => {
    expect(deployed.endpoint.denials).toEqual([]);
    expect(deployed.endpoint.faults).toEqual([]);
    // Not shown where it does not hold: both are long.
    const tells = (text: string, words: string): boolean => text.includes(words);
    expect([tells(deployed.logs(), 'NlpUnavailable'), tells(deployed.logs(), marker)]).toEqual([true, false]);
    expect([tells(deployed.handed(), 'InferRxNorm'), tells(deployed.handed(), marker)]).toEqual([true, false]);
    const held = /^(?:enrich-notes|extract-note|read-note|settle-note|run-enrich|fail-enrich|start-enrich|enrich-status|cancel-enrich|de-identify|enrichment-workflow) /;
    expect(unusedGrants(deployed).filter((grant) => held.test(grant) && !grant.includes(' WorkflowLog '))).toEqual([]);
  });

  test('a store that goes leaves no note behind', async () => {
    await notes.write('Has asthma.');
    notes.answered((operation) => (operation === 'InferRxNorm' ? jsonError('InvalidRequestException', 'Injected.') : undefined));
    await notes.quiet();
    expect((await notes.keptFiles()).length).toBeGreaterThan(0);
    await healthlakeCall(deployed, 'DeleteFHIRDatastore', { DatastoreId: datastoreId });
    await settledStore(deployed, datastoreId, 'DELETED');
    expect(await notes.keptFiles()).toEqual([]);
  });
});
