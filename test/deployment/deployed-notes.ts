/** Notes of a data store as deployed: written, waited for, and looked at as its clients see them, with a service that answers as a test wants. */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { freshId } from '../conformance/client.ts';
import type { Body, Client } from '../conformance/client.ts';
import type { DeployedStore } from './deployed-store.ts';
import type { Deployed } from './deployed.ts';
import type { ServiceAnswer } from './endpoint/service.ts';
import { healthlakeCall, settledStore } from './healthlake-call.ts';
import { keysUnder } from './kept-objects.ts';
import { messagesIn } from './queues.ts';

/** Far more than a note takes. */
export const maxLooks = 400;
/** A name that stands in notes, and nowhere else. */
export const marker = 'Zyxwvutson';
export const medical = `Mr. ${marker} denies chest pain. Has type 2 diabetes. Takes metformin 500 mg PO BID.`;
/** What becomes of {@link medical}. */
export const wellRead = { status: 'SUCCESS', conditions: ['type 2 diabetes'] };

/** @returns the id of a data store whose notes are read, or not */
export async function storeWithNotes(deployed: Deployed, Status: 'ENABLED' | 'DISABLED'): Promise<string> {
  const { DatastoreId } = await healthlakeCall(deployed, 'CreateFHIRDatastore', { DatastoreTypeVersion: 'R4', NlpConfiguration: { Status } });
  await settledStore(deployed, DatastoreId, 'ACTIVE');
  return DatastoreId;
}

export type DeployedNotes = ReturnType<typeof deployedNotes>;

/** What a note is written with beside its text. */
interface NotePlace {
  readonly id?: string;
  readonly to?: Client;
  readonly elements?: object;
}

export function deployedNotes({ deployed, http }: Pick<DeployedStore, 'deployed' | 'http'>) {
  /** @returns the document's id, which its patient has too */
  async function write(text: string, { id = freshId(), to = http, elements = {} }: NotePlace = {}): Promise<string> {
    const data = Buffer.from(text).toString('base64');
    const content = [{ attachment: { contentType: 'text/plain', data } }];
    const subject = { reference: `Patient/${id}` };
    const resource = { resourceType: 'DocumentReference', id, status: 'current', subject, content, ...elements };
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

  async function statusOf(id: string, from = http): Promise<string | undefined> {
    const told = /aws-cm\/status\/","valueString":"(\w+)"/.exec((await from.get(`/DocumentReference/${id}`)).text);
    return told?.[1];
  }

  async function conditionsOf(id: string, from = http): Promise<readonly string[]> {
    const { body } = await from.get(`/Condition?patient=Patient/${id}`);
    return (body.entry ?? []).map(({ resource }: Body) => (resource.code.text as string).toLowerCase()).sort();
  }

  async function read(text = medical): Promise<{ readonly status: string | undefined; readonly conditions: readonly string[] }> {
    const id = await write(text);
    await quiet();
    return { status: await statusOf(id), conditions: await conditionsOf(id) };
  }

  /** A Binary whose content is an object, as those are that no request can carry. */
  async function uploaded(text: string): Promise<string> {
    const body = Buffer.from(text);
    const digest = createHash('sha256').update(body).digest('base64');
    const headers = { 'content-type': 'text/plain', 'upload-length': String(body.length), 'repr-digest': `sha-256=:${digest}:` };
    const parameters: readonly Body[] = (await http.send('POST', '/Binary', { headers })).body.parameter;
    const value = (name: string): string => Object.values<string>(parameters.find((each) => each.name === name)).find((each) => each !== name)!;
    const signed = parameters.filter(({ name }) => name === 'header').map(({ part }) => part.map(({ valueString }: Body) => valueString) as [string, string]);
    expect((await fetch(value('url'), { method: 'PUT', headers: Object.fromEntries(signed), body })).ok).toBe(true);
    return (await http.send('POST', '/Binary', { headers: { ...headers, 'upload-token': value('token') } })).body.id;
  }

  /** Has some calls of the service answered so. @returns how often each operation was asked */
  function answered(answer: (operation: string, times: number) => ServiceAnswer | undefined = () => undefined): Map<string, number> {
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

  return { write, quiet, statusOf, conditionsOf, read, uploaded, answered, begun, ended, keptFiles: () => keysUnder(deployed, 'enrichment/') };
}
