/**
 * Notes that are read as deployed: from the change feed by the queue and the workflow to resources, whatever fails meanwhile and
 * wherever; and nothing of a note in a log, a state or a message.
 */
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { client, freshId } from '../conformance/client.ts';
import type { Body, Client } from '../conformance/client.ts';
import { enrichmentTopic } from '../conformance/enrichment-topic.ts';
import { onePagePdf } from '../machine/note-formats/one-page-pdf.ts';
import { deploy } from './deployed.ts';
import type { Deployed } from './deployed.ts';
import { jsonError } from './endpoint/service.ts';
import type { ServiceAnswer } from './endpoint/service.ts';
import { bucketCall } from './engines.ts';
import { healthlakeCall } from './healthlake-call.ts';
import { messagesIn } from './queues.ts';
import { signAs } from './signing-environment.ts';
import { definitionOf, RunStopped, tasksOf, TaskFailed } from './state-machines.ts';
import { unusedGrants } from './surplus-grants.ts';

/** Far more than a note takes. */
const maxLooks = 400;
const marker = 'Zyxwvutson';
/** The text of this page is short; what is left out of it makes the body of its document large. */
const large = Buffer.from(`<!--${randomBytes(300_000).toString('hex')}--><p>Has gout.</p>`).toString('base64');
const medical = `Mr. ${marker} denies chest pain. Has type 2 diabetes. Takes metformin 500 mg PO BID.`;
let deployed: Deployed;
let datastoreId = '';
let http: Client;
let stopSigning: (() => void) | undefined;

beforeAll(async () => {
  deployed = await deploy();
  deployed.leaveOutDelays('enrichment');
  stopSigning = signAs(deployed);
  datastoreId = await madeStore('ENABLED');
  http = ofStore(datastoreId);
});
afterAll(async () => {
  stopSigning?.();
  await deployed?.close();
});
afterEach(() => {
  deployed.endpoint.interfere(undefined);
  deployed.interrupt(undefined);
});

const ofStore = (id: string): Client => client(`${deployed.gateway.url}/datastore/${id}/r4`);

async function madeStore(Status: string): Promise<string> {
  const { DatastoreId } = await healthlakeCall(deployed, 'CreateFHIRDatastore', { DatastoreTypeVersion: 'R4', NlpConfiguration: { Status } });
  await settled(DatastoreId, 'ACTIVE');
  return DatastoreId;
}

async function settled(DatastoreId: string, status: string): Promise<void> {
  for (let looks = 0; looks < maxLooks; looks += 1) {
    const { DatastoreProperties } = await healthlakeCall(deployed, 'DescribeFHIRDatastore', { DatastoreId });
    if (DatastoreProperties.DatastoreStatus === status) return;
    await pause(50);
  }
  throw new Error(`The data store is not ${status}.`);
}

async function write(text: string, { id = freshId(), to = http, elements = {} }: { id?: string; to?: Client; elements?: object } = {}): Promise<string> {
  const data = Buffer.from(text).toString('base64');
  const resource = { resourceType: 'DocumentReference', id, status: 'current', subject: { reference: `Patient/${id}` }, content: [{ attachment: { contentType: 'text/plain', data } }], ...elements };
  expect((await to.put(`/DocumentReference/${id}`, resource)).status).toBeLessThan(300);
  return id;
}

/** Until no change, no message and no run is under way. */
async function quiet(): Promise<void> {
  for (let looks = 0; looks < maxLooks; looks += 1) {
    const drained = await deployed.drainStreams();
    if (drained === 0 && (await messagesIn(deployed, 'enrichment')) === 0) return;
    await pause(25);
  }
  throw new Error([...deployed.endpoint.denials, ...deployed.endpoint.faults, ...deployed.problems, deployed.logs()].join('\n').slice(0, 5000));
}

const statusOf = async (id: string, from = http): Promise<string | undefined> => {
  const told = /aws-cm\/status\/","valueString":"(\w+)"/.exec((await from.get(`/DocumentReference/${id}`)).text);
  return told?.[1];
};
const conditionsOf = async (id: string, from = http): Promise<readonly string[]> => {
  const { body } = await from.get(`/Condition?patient=Patient/${id}`);
  return (body.entry ?? []).map(({ resource }: Body) => (resource.code.text as string).toLowerCase()).sort();
};
async function read(text = medical): Promise<{ readonly status: string | undefined; readonly conditions: readonly string[] }> {
  const id = await write(text);
  await quiet();
  return { status: await statusOf(id), conditions: await conditionsOf(id) };
}
const wellRead = { status: 'SUCCESS', conditions: ['type 2 diabetes'] };

/** A Binary whose content is an object, as those are that no request can carry. */
async function uploaded(text: string): Promise<string> {
  const body = Buffer.from(text);
  const headers = { 'content-type': 'text/plain', 'upload-length': String(body.length), 'repr-digest': `sha-256=:${createHash('sha256').update(body).digest('base64')}:` };
  const parameters: readonly Body[] = (await http.send('POST', '/Binary', { headers })).body.parameter;
  const value = (name: string): string => Object.values<string>(parameters.find((each) => each.name === name)).find((each) => each !== name)!;
  const signed = parameters.filter(({ name }) => name === 'header').map(({ part }) => part.map(({ valueString }: Body) => valueString) as [string, string]);
  expect((await fetch(value('url'), { method: 'PUT', headers: Object.fromEntries(signed), body })).ok).toBe(true);
  return (await http.send('POST', '/Binary', { headers: { ...headers, 'upload-token': value('token') } })).body.id;
}

function failAt(wanted: RegExp, state: string): void {
  if (wanted.test(state)) throw new TaskFailed('Lambda.ServiceException', 'Injected.');
}

const keptFiles = async (): Promise<readonly string[]> => {
  const listed = await bucketCall(deployed.engines.moto, 'GET', `/caldera-objects-123456789012-eu-central-1?list-type=2&prefix=enrichment/`);
  return [...listed.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key!);
};

/** Has some calls of the service answered so. @returns how often each operation was asked */
function asked(answer: (operation: string, times: number) => ServiceAnswer | undefined = () => undefined): Map<string, number> {
  const times = new Map<string, number>();
  deployed.endpoint.interfere(({ access }) => {
    if (!access.action.startsWith('comprehendmedical:')) return undefined;
    const operation = access.action.split(':')[1]!;
    times.set(operation, (times.get(operation) ?? 0) + 1);
    return answer(operation, times.get(operation)!);
  });
  return times;
}

/** Begins an `$enrich`. @returns where it tells how it goes */
async function begun(search: string, at = http): Promise<string> {
  const answer = await at.send('POST', `/DocumentReference/$enrich${search}`);
  expect(answer.status).toBe(202);
  return answer.headers.get('content-location')!;
}

async function ended(location: string, at = http): Promise<Record<string, unknown>> {
  for (let looks = 0; looks < maxLooks; looks += 1) {
    const { status, body } = await at.get(location);
    if (status === 200) return Object.fromEntries(body.parameter.map(({ name, ...value }: Body) => [name, Object.values(value)[0]]));
    if (status !== 202) return { status };
    await pause(25);
  }
  throw new Error('The job is not done.');
}

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
    await quiet();
  });

  enrichmentTopic(() => http);
});

describe('A note', () => {
  test('becomes resources, and none for what it denies', async () => {
    expect(await read()).toEqual(wellRead);
    expect(await keptFiles()).toEqual([]);
  });

  test('that is changed supersedes what it gave, and is asked for once', async () => {
    const id = await write(medical);
    await quiet();
    const times = asked();
    await write('Has gout.', { id });
    await quiet();
    expect(await conditionsOf(id)).toEqual(['gout']);
    expect([...times.values()]).toEqual([1, 1, 1, 1]);
  });

  test('is not read where its document says so, or its store', async () => {
    const times = asked();
    const skipped = await write(medical, { elements: { meta: { tag: [{ system: 'urn:caldera:nlp', code: 'SKIP' }] } } });
    const unread = await madeStore('DISABLED');
    const there = ofStore(unread);
    const other = await write(medical, { to: there });
    await quiet();
    expect([await statusOf(skipped), await statusOf(other, there), times.size]).toEqual([undefined, undefined, 0]);
    expect((await there.send('POST', '/DocumentReference/$enrich')).status).toBe(422);
    await healthlakeCall(deployed, 'UpdateFHIRDatastore', { DatastoreId: unread, NlpConfiguration: { Status: 'ENABLED' } });
    await settled(unread, 'ACTIVE');
    expect(await ended(await begun('', there), there)).toMatchObject({ status: 'COMPLETED', documents: 1, read: 1 });
    const next = await write('Has gout.', { to: there });
    await quiet();
    expect([await conditionsOf(other, there), await conditionsOf(next, there)]).toEqual([wellRead.conditions, ['gout']]);
  });

  test('that is deleted takes its results along', async () => {
    const id = await write(medical);
    await quiet();
    await http.delete(`/DocumentReference/${id}`);
    await quiet();
    expect(await conditionsOf(id)).toEqual([]);
  });
});

describe('A service', () => {
  test('that throttles is asked again, and nothing is asked twice that was answered', async () => {
    const times = asked((operation, time) => (operation === 'InferSNOMEDCT' && time <= 2 ? jsonError('TooManyRequestsException', `Too many for ${marker}`) : undefined));
    expect(await read()).toEqual(wellRead);
    expect(Object.fromEntries(times)).toEqual({ DetectEntitiesV2: 1, InferICD10CM: 1, InferRxNorm: 1, InferSNOMEDCT: 3 });
  });
});

describe('A note that takes longer than a run', () => {
  test('is read by several, each of which goes on where the one before was, and nothing is asked twice', async () => {
    // Of this length it is four pieces for the slowest of the calls.
    const lines = ['Has gout.', ...Array.from({ length: 260 }, (_, day) => `On day ${day} the patient slept well, ate well and went for a walk.`)].join('\n');
    const times = asked((operation) => {
      if (operation === 'InferSNOMEDCT') deployed.pass(60);
      return undefined;
    });
    const runs = (): number => [...deployed.endpoint.calls].filter(([call]) => call.includes(' states:StartSyncExecution ')).reduce((sum, [, count]) => sum + count, 0);
    const before = runs();
    expect(await read(lines)).toEqual({ status: 'SUCCESS', conditions: ['gout'] });
    expect(times.get('InferSNOMEDCT')).toBe(4);
    // Two for the pieces, the first of which tells that it is not at its end, and one for the version that was written.
    expect(runs() - before).toBe(3);
  });
});

describe('An engine that answers nobody', () => {
  test('has notes wait and nothing else: they are read when it does, and none pays for it with an attempt', async () => {
    let refusals = 6;
    asked((operation) => (operation === 'DetectEntitiesV2' && refusals-- > 0 ? jsonError('AccessDeniedException', `Not ${marker}`) : undefined));
    const id = await write(medical);
    await quiet();
    expect([refusals < 0, await statusOf(id), await conditionsOf(id)]).toEqual([true, 'SUCCESS', wellRead.conditions]);
    expect(deployed.handed().split('\n').filter((text) => text.includes(id) && text.includes('failures'))).toEqual([]);
  });
});

describe('A document that no run can read', () => {
  test('is told to be given up after its attempts, blocks nobody, and is read again with its next version', async () => {
    const other = await write(medical);
    asked((operation) => (operation === 'InferRxNorm' ? jsonError('InvalidRequestException', `What is ${marker}?`) : undefined));
    const id = await write('Has gout.');
    await quiet();
    expect([await statusOf(id), await conditionsOf(id)]).toEqual(['FAILED', []]);
    deployed.endpoint.interfere(undefined);
    await write('Has gout. No fever.', { id });
    await write(medical, { id: other });
    await quiet();
    expect([await statusOf(id), await conditionsOf(id), await statusOf(other)]).toEqual(['SUCCESS', ['gout'], 'SUCCESS']);
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
    const before = await keptFiles();
    expect(await read()).toEqual(wellRead);
    expect([[...left.values()], await keptFiles()]).toEqual([states.map(() => 0), before]);
  });

  test('is begun again where nobody knows how a run ended', async () => {
    let lost = 1;
    deployed.endpoint.interfere(({ access }) => (access.action === 'states:StartSyncExecution' && lost-- > 0 ? jsonError('ServiceUnavailable', 'Injected.', 503) : undefined));
    expect(await read()).toEqual(wellRead);
    expect(lost).toBeLessThan(0);
  });
});

describe('$enrich', () => {
  test('reads the notes that its search finds again, and tells how many', async () => {
    const [id, other] = [await write(medical), await write(medical, { elements: { language: 'de' } })];
    await quiet();
    const times = asked();
    expect(await ended(await begun(`?_id=${id},${other}`))).toMatchObject({ status: 'COMPLETED', documents: 2, read: 1, notRead: 1, postponed: 0 });
    expect([...times.values()]).toEqual([1, 1, 1, 1]);
  });

  test.each(['before', 'after'] as const)('goes on where a step failed %s its work, and where the engine was away', async (moment) => {
    const id = await write(medical);
    const failed = new Set<string>();
    deployed.interrupt({
      [moment]: (state: string) => {
        if (failed.has(state)) return;
        failed.add(state);
        throw new TaskFailed('Lambda.ServiceException', 'Injected.');
      },
    });
    let refusals = 6;
    asked((operation) => (operation === 'InferICD10CM' && refusals-- > 0 ? jsonError('AccessDeniedException', 'Injected.') : undefined));
    expect(await ended(await begun(`?_id=${id}`))).toMatchObject({ status: 'COMPLETED', read: 1 });
    expect([refusals < 0, failed.has('run-enrich'), await conditionsOf(id)]).toEqual([true, true, wellRead.conditions]);
    await quiet();
  });

  test('leaves a document that could not be read to the queue', async () => {
    const id = await write(medical);
    await quiet();
    let refusals = 1;
    asked((operation) => (operation === 'InferRxNorm' && refusals-- > 0 ? jsonError('InvalidRequestException', 'Injected.') : undefined));
    expect(await ended(await begun(`?_id=${id}`))).toMatchObject({ status: 'COMPLETED_WITH_ERRORS', postponed: 1 });
    await quiet();
    expect([refusals < 0, await statusOf(id)]).toEqual([true, 'SUCCESS']);
  });

  test('is cancelled, and is told to have failed where nothing brings it to its end', async () => {
    const nothingWorks = { before: (state: string) => failAt(/enrich$/, state) };
    deployed.interrupt(nothingWorks);
    const cancelled = await begun('');
    expect((await http.send('POST', '/DocumentReference/$enrich')).status).toBe(409);
    expect((await http.delete(cancelled)).status).toBe(202);
    deployed.interrupt(undefined);
    for (let looks = 0; looks < maxLooks && (await http.get(cancelled)).status === 202; looks += 1) await http.delete(cancelled);
    expect(await ended(cancelled)).toMatchObject({ status: 'CANCEL_COMPLETED' });
    deployed.interrupt({ before: (state) => failAt(/^run-enrich$/, state) });
    expect(await ended(await begun(''))).toEqual({ status: 500 });
  });
});

describe('$de-identify', () => {
  test('answers a copy that names nobody, and says so where nothing answers', async () => {
    const text = `Mr. ${marker} was seen on 03/14/2024. Has gout.`;
    const id = await write(text);
    const { status, body } = await http.get(`/DocumentReference/${id}/$de-identify`);
    const left = Buffer.from(body.content[0].attachment.data, 'base64').toString();
    expect([status, left]).toEqual([200, 'Mr. [NAME] was seen on [DATE]. Has gout.']);
    asked((operation) => (operation === 'DetectPHI' ? jsonError('AccessDeniedException', `Not ${marker}`) : undefined));
    expect((await http.get(`/DocumentReference/${id}/$de-identify`)).status).toBe(503);
    await quiet();
  });

  test('reads notes that lie elsewhere, as the workflow does: in a Binary, a large body, a bucket, a PDF', async () => {
    const bucket = deployed.assembly.resources('AWS::S3::Bucket').find(({ name }) => name.includes('-jobs-'))!.name;
    await bucketCall(deployed.engines.moto, 'PUT', `/${bucket}/documents/${datastoreId}/note.txt`, 'Has gout.');
    const attachments = [
      { contentType: 'text/plain', url: `Binary/${await uploaded('Has gout.')}` }, { contentType: 'text/html', data: large },
      { contentType: 'text/plain', url: `s3://${bucket}/documents/${datastoreId}/note.txt` }, { contentType: 'application/pdf', data: Buffer.from(onePagePdf(['Has gout.'])).toString('base64') },
    ];
    for (const attachment of attachments) {
      const id = await write('', { elements: { content: [{ attachment }] } });
      const copy = await http.get(`/DocumentReference/${id}/$de-identify`);
      expect([copy.status, Buffer.from(copy.body.content[0].attachment.data, 'base64').toString().slice(0, 9)]).toEqual([200, 'Has gout.']);
      await quiet();
      expect(await conditionsOf(id)).toEqual(['gout']);
    }
  });

  test('says what cannot be read, as the workflow does on the document', async () => {
    const missing = { contentType: 'text/plain', url: `s3://${deployed.assembly.resources('AWS::S3::Bucket').find(({ name }) => name.includes('-jobs-'))!.name}/documents/${datastoreId}/none.txt` };
    for (const attachment of [missing, { contentType: 'text/html', data: large, language: 'de' }]) {
      const id = await write('', { elements: { content: [{ attachment }] } });
      expect((await http.get(`/DocumentReference/${id}/$de-identify`)).status).toBe(422);
      await quiet();
      expect(await statusOf(id)).toBe('NOT_READ');
      expect(await ended(await begun(`?_id=${id}`))).toMatchObject({ documents: 1, notRead: 1 });
    }
  });

  test('of a report whose note is a document’s of the same encounter says so, and the note is read once', async () => {
    const encounter = { reference: `Encounter/${freshId()}` };
    const document = await write(medical, { elements: { context: { encounter: [encounter] } } });
    const form = { contentType: 'text/plain', data: Buffer.from(medical).toString('base64') };
    const report = { resourceType: 'DiagnosticReport', id: document, status: 'final', code: { text: 'Visit' }, encounter, presentedForm: [form] };
    expect((await http.put(`/DiagnosticReport/${document}`, report)).status).toBe(201);
    await quiet();
    expect(await conditionsOf(document)).toEqual(wellRead.conditions);
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
    await write('Has asthma.');
    asked((operation) => (operation === 'InferRxNorm' ? jsonError('InvalidRequestException', 'Injected.') : undefined));
    await quiet();
    expect((await keptFiles()).length).toBeGreaterThan(0);
    await healthlakeCall(deployed, 'DeleteFHIRDatastore', { DatastoreId: datastoreId });
    await settled(datastoreId, 'DELETED');
    expect(await keptFiles()).toEqual([]);
  });
});
