/**
 * Clinical notes: what a document becomes by itself, what is found by it, `$enrich` and `$de-identify` (docs/enrichment.md). Where the
 * store's notes are not read, there is nothing to be seen but that the server says so.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { freshId } from './client.ts';
import type { Answer, Body, Client } from './client.ts';

import type { Topic } from './topic.ts';

const pollMs = 100;
const text = `HPI: 54-year-old woman, Ms. Jane Rivera (MRN 4471-22), seen on 03/14/2024. Denies chest pain. No evidence of pneumonia. R/o PE.
Reports headache. Type 2 diabetes. Takes metformin 500 mg PO BID.
Family History: mother had breast cancer.`;

export const enrichmentTopic: Topic = (client) => {
  const marked = freshId();
  let http: Client;
  let isRead: boolean;
  const document = (id: string, elements: object = {}): object => ({
    resourceType: 'DocumentReference', id: `${marked}-${id}`, status: 'current', subject: { reference: `Patient/${marked}` },
    content: [{ attachment: { contentType: 'text/plain', data: Buffer.from(text).toString('base64') } }], ...elements,
  });
  const place = (id: string): string => `/DocumentReference/${marked}-${id}`;
  const within = (holder: Body, url: string): Body => holder?.extension?.find((one: Body) => one.url === `http://healthlake.amazonaws.com/${url}`);
  const read = async (id: string): Promise<Body> => {
    for (;;) {
      const { body } = await http.get(place(id));
      if (within(body, 'aws-cm/') !== undefined) return body;
      await pause(pollMs);
    }
  };
  const found = async (search: string): Promise<readonly Body[]> => (await http.get(`/${search}`)).body.entry?.map(({ resource }: Body) => resource) ?? [];
  const issue = ({ body }: Answer): string => body.issue[0].code;

  beforeAll(async () => {
    http = client();
    const answer = await http.send('POST', `/DocumentReference/$enrich?_id=${marked}`);
    isRead = answer.status === 202 || answer.status === 409;
    if (isRead) {
      expect((await http.put(place('n1'), document('n1'))).status).toBe(201);
      return;
    }
    expect([400, 422]).toContain(answer.status);
    const others = [await http.get(`/$enrich/${'0'.repeat(32)}`), await http.delete(`/$enrich/${'0'.repeat(32)}`), await http.get(`${place('n9')}/$de-identify`)];
    for (const { status, body } of [answer, ...others]) expect([status >= 400 && status < 500, body.resourceType]).toEqual([true, 'OperationOutcome']);
  });

  describe('A note', () => {
    test('becomes resources that ordinary searches find, and none for what it denies', async () => {
      if (!isRead) return;
      const itself = await read('n1');
      expect(within(within(itself, 'aws-cm/'), 'aws-cm/status/').valueString).toBe('SUCCESS');
      const patient = `patient=Patient/${marked}`;
      expect((await found(`Condition?${patient}`)).map(({ code }) => code.text)).toEqual(['Type 2 diabetes']);
      expect((await found(`Observation?${patient}`)).map(({ code }) => code.text)).toEqual(['headache']);
      expect(await found(`MedicationStatement?${patient}&code=http://www.nlm.nih.gov/research/umls/rxnorm|6809`)).toHaveLength(1);
      expect(await found(`FamilyMemberHistory?${patient}`)).toHaveLength(1);
      expect(await found(`Condition?${patient}&_tag:not=SYSTEM_GENERATED`)).toEqual([]);
    });

    test('is found by what was read in it, with HealthLake’s parameters', async () => {
      if (!isRead) return;
      await read('n1');
      const finds = async (search: string): Promise<number> => (await found(`DocumentReference?subject=Patient/${marked}&${search}`)).length;
      expect(await finds('detectEntities-entity-text-category=metformin|MEDICATION')).toBe(1);
      expect(await finds('detectEntities-entity-text-category=metformin|MEDICAL_CONDITION')).toBe(0);
      expect(await finds('infer-icd10cm-entity-concept-code=E11.9')).toBe(1);
      expect(await finds('infer-icd10cm-entity-text-concept-score=diabetes|0.5')).toBe(1);
    });

    test('that changes takes back what it gave', async () => {
      if (!isRead) return;
      await read('n1');
      await http.put(place('n1'), document('n1', { status: 'entered-in-error' }));
      while ((await found(`Condition?patient=Patient/${marked}`)).length > 0) await pause(pollMs);
    });
  });

  test('$enrich is a job that reads what its search finds', async () => {
    if (!isRead) return;
    await http.put(place('n2'), document('n2'));
    await read('n2');
    let begun: Answer;
    // One at a time: another suite may be at it.
    for (begun = await http.send('POST', `/DocumentReference/$enrich?subject=Patient/${marked}`); begun.status === 409; await pause(pollMs)) {
      begun = await http.send('POST', `/DocumentReference/$enrich?subject=Patient/${marked}`);
    }
    expect(begun.status).toBe(202);
    const job = begun.headers.get('content-location')!;
    let status: Answer;
    for (status = await http.get(job); status.status === 202; status = await http.get(job)) await pause(pollMs);
    expect(status.status).toBe(200);
    expect(status.body.parameter).toContainEqual({ name: 'status', valueCode: 'COMPLETED' });
    expect((await http.delete(job)).status).toBe(409);
    expect((await http.send('POST', '/DocumentReference/$enrich?colour=blue')).status).toBe(400);
    expect((await http.send('POST', '/Patient/$enrich')).status).toBeGreaterThanOrEqual(400);
    expect((await http.get(`/$enrich/${'0'.repeat(32)}`)).status).toBe(404);
  });

  test('$de-identify answers a copy that names nobody', async () => {
    if (!isRead) return;
    await http.put(place('n3'), document('n3', { description: 'Jane Rivera' }));
    const { status, body } = await http.get(`${place('n3')}/$de-identify`);
    expect(status).toBe(200);
    const left = Buffer.from(body.content[0].attachment.data, 'base64').toString();
    expect(left).toContain('Type 2 diabetes');
    expect(left + JSON.stringify(body)).not.toMatch(/Rivera|4471|03\/14/);
    expect(body).not.toHaveProperty('id');
    expect((await http.send('POST', `${place('n3')}/$de-identify`)).status).toBe(200);
    expect(issue(await http.get(`${place('n9')}/$de-identify`))).toBe('not-found');
  });
};
