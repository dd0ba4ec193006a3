/** The job of a `$reindex`: it is submitted once, goes on from where it was cut off, and tells what it has come to. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { conflict, unprocessable } from '../../../src/fhir/outcome.ts';
import { baseParameters } from '../../../src/fhir/search/parameters.ts';
import type { Operation, OperationRequest, OperationResponse } from '../../../src/operations/operation.ts';
import { serve } from '../../../src/operations/serve.ts';
import { failReindex, maxFaults, maxStoredDefinitions, runReindex } from '../../../src/operations/reindex/run-reindex.ts';
import type { RunReindexDependencies } from '../../../src/operations/reindex/run-reindex.ts';
import { reindexOperations } from '../../../src/operations/reindex/reindex-operations.ts';
import { StorageFull, TableUnavailable } from '../../../src/ports/ordered-table.ts';
import { noCounts } from '../../../src/store/reindex-position.ts';
import type { ReindexPosition } from '../../../src/store/reindex-position.ts';
import type { CustomDefinition } from '../../../src/fhir/search/custom/definition.ts';
import { memoryTable } from '../../store/memory-table.ts';
import { baseUrl } from '../requests.ts';

const definition = {
  resourceType: 'SearchParameter', id: 'a', url: 'http://example.org/marital', name: 'marital', status: 'active', description: 'marital',
  code: 'marital', base: ['Patient'], type: 'token', expression: 'Patient.maritalStatus',
};

/** A store whose index is made for new definitions in some steps, each of which may fail. */
function harness(stored: readonly object[] = [definition]) {
  const time = { now: Date.UTC(2026, 0, 1) };
  const begun: { run: string; wanted: readonly CustomDefinition[] }[] = [];
  const advanced: ReindexPosition[] = [];
  const woken: string[] = [];
  let made = 0;
  const script: (Partial<ReindexPosition> | Error)[] = [];
  const next = (position: ReindexPosition): ReindexPosition => {
    time.now += 1000;
    const step = script.shift() ?? { phase: 'done' };
    if (step instanceof Error) throw step;
    const { notBefore: _passed, ...standing } = position;
    return { ...standing, ...step };
  };
  const dependencies: RunReindexDependencies & Parameters<typeof reindexOperations>[0] = {
    jobs: memoryTable(),
    clock: { now: () => time.now },
    ids: { uuid: () => `00000000-0000-4000-8000-${String((made += 1)).padStart(12, '0')}` },
    wake: (id) => void woken.push(id),
    store: {
      searchParameters: async () => baseParameters,
      search: async () => ({
        matches: stored.map((resource, place) => ({ type: 'SearchParameter', id: `p${place}`, versionId: 1, lastUpdated: 0, interaction: 'create' as const, json: JSON.stringify(resource) })),
      }),
    },
    reindexing: {
      async begin(run, wanted) {
        begun.push({ run, wanted });
        return next({ run, phase: 'filing', segments: [], counts: noCounts });
      },
      async advance(position) {
        advanced.push(position);
        return next(position);
      },
      rebuilding: () => {
        throw new Error('not asked for');
      },
    },
  };
  const operations = reindexOperations(dependencies);
  const send = async (operation: Operation, jobId?: string, sent: Partial<OperationRequest> = {}): Promise<OperationResponse & { readonly resource: Record<string, unknown> }> => {
    const served = serve(operation, { ids: dependencies.ids, report: ({ error }) => { throw error; } });
    const response = await served({ method: 'GET', baseUrl, path: jobId === undefined ? {} : { jobId }, query: '', headers: {}, caller: 'someone', ...sent });
    return { ...response, resource: JSON.parse(response.json ?? '{}') as Record<string, unknown> };
  };
  const run = (id: string, untilMs = Infinity) => runReindex(id, dependencies, untilMs === Infinity ? Infinity : time.now + untilMs);
  return {
    time, begun, advanced, woken, script, dependencies, run,
    start: (sent?: Partial<OperationRequest>) => send(operations['start-reindex'], undefined, sent),
    status: (id: string) => send(operations['reindex-status'], id),
    cancel: (id: string) => send(operations['cancel-reindex'], id),
  };
}

let h: ReturnType<typeof harness>;
beforeEach(() => {
  h = harness();
});

const idOf = ({ headers }: OperationResponse): string => headers['Content-Location']!.split('/').at(-1)!;
const told = (resource: Record<string, unknown>, name: string): unknown[] => (resource['parameter'] as { name: string }[]).filter((one) => one.name === name);

describe('$reindex', () => {
  test('is accepted with 202 and polled to the end, where it tells what is searchable', async () => {
    const accepted = await h.start();
    expect(accepted).toMatchObject({ status: 202, headers: { 'Content-Location': expect.stringMatching(/\/r4\/\$reindex\/[0-9a-f]{32}$/) } });
    const id = idOf(accepted);
    expect(h.woken).toEqual([id]);
    expect(await h.status(id)).toMatchObject({ status: 202, headers: { 'X-Progress': expect.stringMatching(/^SUBMITTED/), 'Retry-After': '2' } });
    h.script.push({ segments: [{}, {}] }, { segments: [{ done: true }, {}], counts: { ...noCounts, examined: 5, filed: 3 } });
    expect(await h.run(id, 1000)).toBe(0);
    expect((await h.status(id)).headers['X-Progress']).toMatch(/^IN_PROGRESS/);
    expect(await h.run(id)).toBeUndefined();
    const { status, resource } = await h.status(id);
    expect(status).toBe(200);
    expect(told(resource, 'status')).toEqual([{ name: 'status', valueCode: 'COMPLETED' }]);
    expect(told(resource, 'searchable')).toEqual([{
      name: 'searchable',
      part: [{ name: 'definition', valueUri: definition.url }, { name: 'code', valueCode: 'marital' }, { name: 'base', valueCode: 'Patient' }],
    }]);
    expect(told(resource, 'notSearchable')).toEqual([]);
    expect(h.begun.map(({ run, wanted }) => [run, wanted.map(({ code }) => code)])).toEqual([[id, ['marital']]]);
  });

  test('is one at a time: another is refused with 409 and told of the first, which is woken', async () => {
    const id = idOf(await h.start());
    const refused = await h.start();
    expect(refused).toMatchObject({ status: 409, headers: { 'Content-Location': `${baseUrl}/$reindex/${id}` } });
    expect(h.woken).toEqual([id, id]);
    await h.run(id);
    expect((await h.start()).status).toBe(202);
  });

  test.each<[string, Partial<OperationRequest>]>([
    ['a parameter in the URL', { query: 'type=Patient' }],
    ['a Parameters resource with parameters', { body: '{"resourceType":"Parameters","parameter":[{"name":"type","valueCode":"Patient"}]}' }],
    ['another resource', { body: '{"resourceType":"Patient"}' }],
    ['a list', { body: '[]' }],
    ['what is not JSON', { body: 'type=Patient' }],
  ])('with %s is refused with 400, and begins nothing', async (_name, sent) => {
    expect((await h.start({ headers: { 'content-type': 'application/fhir+json' }, ...sent })).status).toBe(400);
    expect(h.woken).toEqual([]);
  });

  test('is accepted with an empty Parameters resource, and with the parameters of every request', async () => {
    const sent = { query: '_format=json&_pretty=true', headers: { 'content-type': 'application/fhir+json' }, body: '{"resourceType":"Parameters","parameter":[]}' };
    expect((await h.start(sent)).status).toBe(202);
  });

  test('waits as long as the store asks', async () => {
    const id = idOf(await h.start());
    h.script.push({ notBefore: h.time.now + 61_000 });
    expect(await h.run(id)).toBe(60_000);
    h.time.now += 60_000;
    expect(await h.run(id)).toBeUndefined();
  });

  test('tells of its end when every process searches by it, and cannot be cancelled meanwhile', async () => {
    Object.assign(h.dependencies, { rulesLifetimeMs: 30_000 });
    const id = idOf(await h.start());
    expect(await h.run(id)).toBe(30_000);
    expect((await h.status(id)).status).toBe(202);
    await h.cancel(id);
    h.time.now += 30_000;
    expect(await h.run(id)).toBeUndefined();
    expect(told((await h.status(id)).resource, 'status')).toEqual([{ name: 'status', valueCode: 'COMPLETED' }]);
  });

  test('goes on from where it was cut off', async () => {
    const id = idOf(await h.start());
    const counts = { ...noCounts, examined: 7 };
    h.script.push({}, { counts }, new Error('The table does not answer.'));
    await expect(h.run(id)).rejects.toThrow('The table does not answer.');
    expect(await h.run(id)).toBeUndefined();
    expect(h.begun).toHaveLength(1);
    expect(h.advanced.at(-1)).toMatchObject({ counts });
  });

  test('that was cut off as it began, begins with the definitions that it had read', async () => {
    const id = idOf(await h.start());
    h.script.push(new Error('The table does not answer.'));
    await expect(h.run(id)).rejects.toThrow();
    h.dependencies.store.search = async () => ({ matches: [] });
    await h.run(id);
    expect(h.begun.map(({ wanted }) => wanted.length)).toEqual([1, 1]);
  });

  test('tells which definitions turned out not to be searchable, and why', async () => {
    h = harness([definition, { ...definition, url: 'http://example.org/draft', status: 'draft' }]);
    const id = idOf(await h.start());
    h.script.push({}, { phase: 'done', counts: { ...noCounts, unfit: { [definition.url]: 2 } } });
    await h.run(id);
    const { resource } = await h.status(id);
    expect(told(resource, 'status')).toEqual([{ name: 'status', valueCode: 'COMPLETED_WITH_ERRORS' }]);
    expect(told(resource, 'searchable')).toEqual([]);
    expect(told(resource, 'notSearchable')).toHaveLength(2);
  });

  test('of more definitions than its record can hold goes on with those that it can, and tells how many more there are', async () => {
    const codes = [...baseParameters.of('Patient').keys()];
    h = harness([
      ...Array.from({ length: 1500 }, (_, place) => ({ ...definition, url: `http://example.org/guide-${place}`, code: codes[place % codes.length] })),
      ...Array.from({ length: 250 }, (_, place) => ({ ...definition, url: `http://example.org/own-${place}`, code: `own-${place}` })),
    ]);
    const id = idOf(await h.start());
    h.script.push({}, { phase: 'done', counts: { ...noCounts, unfit: Object.fromEntries(Array.from({ length: 250 }, (_, place) => [`http://example.org/own-${place}`, 1])) } });
    // The table refuses items of more than 400 KB.
    await h.run(id);
    const { resource } = await h.status(id);
    expect(told(resource, 'status')).toEqual([{ name: 'status', valueCode: 'COMPLETED_WITH_ERRORS' }]);
    const [{ valueInteger }] = told(resource, 'notSearchableUnlisted') as [{ valueInteger: number }];
    expect(told(resource, 'notSearchable').length + valueInteger).toBe(1750);
    expect(h.begun[0]!.wanted).toHaveLength(200);
  });

  test('that is refused by the store has failed, with the reason', async () => {
    const id = idOf(await h.start());
    h.script.push(unprocessable('There are too many.'));
    expect(await h.run(id)).toBeUndefined();
    expect(await h.status(id)).toMatchObject({ status: 500, resource: { issue: [{ diagnostics: 'There are too many.' }] } });
  });

  test('that could not be brought to its end says so', async () => {
    const id = idOf(await h.start());
    await failReindex(id, h.dependencies);
    expect((await h.status(id)).status).toBe(500);
    expect(await h.run(id)).toBeUndefined();
  });

  test('that meets a fault again and again at one step has failed, and says nothing of the fault', async () => {
    const id = idOf(await h.start());
    h.script.push({}, ...Array.from({ length: maxFaults }, () => new Error('Jane Doe cannot be read.')));
    for (let fault = 1; fault <= maxFaults; fault += 1) {
      expect((await h.status(id)).status).toBe(202);
      await expect(h.run(id)).rejects.toThrow('Jane Doe cannot be read.');
    }
    const { status, json } = await h.status(id);
    expect(status).toBe(500);
    expect(json).toMatch(/searches are as they were before/);
    expect(json).not.toMatch(/Jane/);
    expect(await h.run(id)).toBeUndefined();
    expect((await h.start()).status).toBe(202);
  });

  test('that fails behind the step from which on searches use what is wanted says so', async () => {
    const id = idOf(await h.start());
    h.script.push({}, { phase: 'removing' }, ...Array.from({ length: maxFaults }, () => new Error('A defect.')));
    for (let fault = 1; fault <= maxFaults; fault += 1) await expect(h.run(id)).rejects.toThrow();
    expect((await h.status(id)).json).toMatch(/searches use the new definitions already/);
  });

  test('that cannot even read the definitions has failed after as many faults', async () => {
    const id = idOf(await h.start());
    h.dependencies.store.search = () => Promise.reject(new Error('A defect.'));
    for (let fault = 1; fault <= maxFaults; fault += 1) await expect(h.run(id)).rejects.toThrow();
    expect((await h.status(id)).status).toBe(500);
  });

  test('goes on however many faults it meets with steps between them', async () => {
    const id = idOf(await h.start());
    for (let step = 0; step < 2 * maxFaults; step += 1) h.script.push({}, new Error('A defect.'));
    for (let step = 0; step < 2 * maxFaults; step += 1) await expect(h.run(id)).rejects.toThrow();
    expect(await h.run(id)).toBeUndefined();
    expect((await h.status(id)).status).toBe(200);
  });

  test('waits for as long as it takes until there is room, or the store is less busy', async () => {
    const id = idOf(await h.start());
    h.script.push({});
    for (const passing of [new StorageFull('The disk is full.'), new TableUnavailable('Throttled.'), conflict('Others write.')]) {
      for (let attempt = 0; attempt < 2 * maxFaults; attempt += 1) {
        h.script.push(passing);
        await expect(h.run(id)).rejects.toBe(passing);
      }
    }
    expect(await h.run(id)).toBeUndefined();
  });

  test('is cancelled between two slices, also while it waits', async () => {
    const id = idOf(await h.start());
    h.script.push({ notBefore: h.time.now + 61_000 });
    await h.run(id);
    expect((await h.cancel(id)).status).toBe(202);
    expect((await h.status(id)).headers['X-Progress']).toMatch(/^CANCEL_SUBMITTED/);
    expect(await h.run(id)).toBeUndefined();
    expect(h.advanced).toEqual([]);
    expect(told((await h.status(id)).resource, 'status')).toEqual([{ name: 'status', valueCode: 'CANCEL_COMPLETED' }]);
    expect((await h.cancel(id)).status).toBe(409);
  });

  test('that never was is not found', async () => {
    for (const id of ['0'.repeat(32), 'x']) {
      expect((await h.status(id)).status).toBe(404);
      expect((await h.cancel(id)).status).toBe(404);
    }
  });
});

test('more stored definitions than can be read end the job, and retire none that was not read', async () => {
  const { dependencies, start, status, begun } = harness();
  const one = { type: 'SearchParameter', id: 'a', versionId: 1, lastUpdated: 0, interaction: 'create' as const, json: JSON.stringify(definition) };
  const endless = { ...dependencies.store, search: async () => ({ matches: Array.from({ length: maxStoredDefinitions }, () => one), next: 'more' }) };
  const { headers } = await start();
  const id = headers['Content-Location']!.split('/').at(-1)!;
  await runReindex(id, { ...dependencies, store: endless }, Infinity);
  expect(begun).toEqual([]);
  expect(JSON.stringify((await status(id)).resource)).toContain(`more than ${maxStoredDefinitions} SearchParameter resources`);
});
