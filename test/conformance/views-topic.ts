/**
 * ViewDefinitions of SQL on FHIR (docs/views.md): stored like any resource, run and exported. Where nothing answers SQL, there is
 * nothing to be seen but how views are stored.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { freshId } from './client.ts';
import type { Answer, Body, Client } from './client.ts';
import type { Topic } from './topic.ts';

/** The longest that a change takes to be queryable, wherever (docs/sql.md), and how often is asked. */
const freshMs = 5 * 60_000;
const pauseMs = 500;
/** Tables of a store that is new take a moment. */
const builtMs = 5_000;

const view = (members: Body = {}): Body => ({
  resourceType: 'ViewDefinition', status: 'active', name: 'people', resource: 'Patient',
  select: [{ column: [{ name: 'id', path: 'getResourceKey()' }] }, { forEach: 'name', column: [{ name: 'family', path: 'family' }, { name: 'place', path: '%rowIndex' }] }],
  ...members,
});

const run = (http: Client, definition: Body, query = ''): Promise<Answer> =>
  http.post(`/$viewdefinition-run${query}`, { resourceType: 'Parameters', parameter: [{ name: 'viewResource', resource: definition }] });

async function statusOf(http: Client): Promise<number> {
  for (const end = performance.now() + builtMs; ; await pause(200)) {
    const { status } = await run(http, view(), '?_limit=1');
    expect([200, 400, 409]).toContain(status);
    if (status !== 409 || performance.now() > end) return status;
  }
}

export const viewsTopic: Topic = (http) => {
  let status = 0;
  // oxlint-disable-next-line jest/valid-title -- it is that of the test
  const asked = (name: string, body: () => Promise<void>): void => test(name, async () => (status === 200 ? body() : undefined), freshMs);

  beforeAll(async () => void (status = await statusOf(http())), freshMs);

  describe('a ViewDefinition', () => {
    test('is stored, read and found by its elements', async () => {
      const id = freshId();
      const url = `urn:example:${id}`;
      expect((await http().put(`/ViewDefinition/${id}`, view({ id, url }))).status).toBe(201);
      expect((await http().get(`/ViewDefinition/${id}`)).body).toMatchObject({ url, resource: 'Patient' });
      for (const criterion of [`url=${url}`, `url=${url}&resource=Patient&status=active&name=people`]) {
        expect((await http().get(`/ViewDefinition?${criterion}`)).body.entry).toHaveLength(1);
      }
    });

    test('is refused, with the element, when it could never be run', async () => {
      const { status: refused, body } = await http().post('/ViewDefinition', view({ where: [{ path: 'name.family' }] }));
      expect([refused, body.issue[0].expression]).toEqual([422, ['ViewDefinition.where[0].path']]);
    });
  });

  describe('the rows of a view', () => {
    asked('are those of what was written', async () => {
      const id = freshId();
      await http().put(`/Patient/${id}`, { resourceType: 'Patient', id, name: [{ family: 'Æ' }, { family: 'B' }] });
      let rows: Body = [];
      for (const end = performance.now() + freshMs; rows.length === 0 && performance.now() < end; await pause(pauseMs)) {
        rows = (await run(http(), view(), `?_format=json&patient=Patient/${id}`)).body;
      }
      expect(rows).toEqual([{ id, family: 'Æ', place: 0 }, { id, family: 'B', place: 1 }]);
    });

    asked('come of views that are stored or brought along, in the format that is asked for', async () => {
      const id = freshId();
      await http().put(`/ViewDefinition/${id}`, view({ id }));
      const ndjson = await http().get(`/ViewDefinition/${id}/$viewdefinition-run?_limit=1`);
      expect([ndjson.status, ndjson.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
      expect((await http().get('/ViewDefinition/patient-demographics/$run?_format=json&_limit=1')).status).toBe(200);
      expect((await http().get(`/ViewDefinition/${freshId()}/$run`)).status).toBe(404);
    });

    asked('are exported as files', async () => {
      const begun = await http().post('/$viewdefinition-export', {
        resourceType: 'Parameters', parameter: [{ name: 'view', part: [{ name: 'name', valueString: 'people' }, { name: 'viewResource', resource: view() }] }],
      });
      expect(begun.status).toBe(202);
      const location = begun.headers.get('content-location')!;
      let polled = await http().get(location);
      for (; polled.status === 202; polled = await http().get(location)) await pause(pauseMs);
      expect(polled.status).toBe(303);
      const result = await http().get(polled.headers.get('location')!);
      const output = result.body.parameter.find((each: Body) => each.name === 'output').part;
      expect(output[0].valueString).toBe('people');
      expect((await http().get(output[1].valueUri)).status).toBe(200);
      expect((await http().send('DELETE', location)).status).toBe(202);
    });
  });
};
