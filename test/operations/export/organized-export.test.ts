/** Exports that are organized by patients (https://hl7.org/fhir/uv/bulkdata/export.html#bulk-data-output-file-organization). */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { standardManifest } from '../../../src/operations/export/export-answer.ts';
import { exportContext } from '../../../src/operations/export/export-dependencies.ts';
import { stepsOf } from '../../../src/operations/export/export-job.ts';
import type { ExportRequest } from '../../../src/operations/export/export-job.ts';
import { exportFileKey } from '../../../src/operations/export/export-objects.ts';
import { exportPiece } from '../../../src/operations/export/export-piece.ts';
import { finishExport, readManifest } from '../../../src/operations/export/finish-export.ts';
import { maxRepeatedBytes } from '../../../src/operations/export/organized-lines.ts';
import { planBlocks } from '../../../src/operations/export/organized-plan.ts';
import { planExport } from '../../../src/operations/export/plan-export.ts';
import { runExport } from '../../../src/operations/export/run-export.ts';
import { cancelJob } from '../../../src/operations/jobs/change-job.ts';
import { readJob } from '../../../src/operations/jobs/submit-job.ts';
import { seededRandom } from '../../store/model/random.ts';
import { CutOff, cutOff, runAll } from './cut-off.ts';
import { exportHarness, type Harness } from './export-harness.ts';

const fileBytes = 4 * 1024;
const organizedBy = 'Patient';
let here: Harness;

beforeEach(() => {
  here = exportHarness({ fileBytes });
});

interface Part {
  readonly patient: string;
  readonly lines: string[];
}

/** The blocks of each file, in the order of the manifest. @throws Error for a line before the first header */
async function filesOf(id: string, from = here) {
  const { files } = (await readManifest(from.dependencies.objects, id))!;
  return files.filter(({ kind }) => kind === 'resources').map((file) => {
    const lines = Buffer.from(from.objects.get(exportFileKey(id, file.name))!).toString().trimEnd().split('\n');
    const parts: Part[] = [];
    for (const line of lines) {
      const { resourceType, parameter } = JSON.parse(line);
      if (resourceType === 'Parameters') parts.push({ patient: parameter[0].valueReference.reference, lines: [] });
      else parts.at(-1)!.lines.push(line);
    }
    return { ...file, parts, lines: lines.length };
  });
}

const nameOf = (line: string): string => {
  const { resourceType, id } = JSON.parse(line);
  return `${resourceType}/${id}`;
};

/** Blocks by patient: what is in them, in their order but for what follows the Patient. */
async function blocks(request: Partial<ExportRequest> = {}): Promise<Record<string, readonly string[]>> {
  const id = await here.submit({ organizedBy, ...request });
  const job = await here.finish(id);
  expect(job.message).toBeUndefined();
  const parts = (await filesOf(id)).flatMap((file) => file.parts);
  expect(new Set(parts.map(({ patient }) => patient)).size).toBe(parts.length);
  return Object.fromEntries(parts.map(({ patient, lines: [first, ...others] }): [string, string[]] => [patient, [nameOf(first!), ...others.map(nameOf).toSorted()]]));
}

function observation(id: string, patient: string | undefined, more: object = {}): object {
  return { resourceType: 'Observation', id, status: 'final', code: { text: 'any' }, ...(patient === undefined ? {} : { subject: { reference: patient } }), ...more };
}

async function population(): Promise<void> {
  await here.put({ resourceType: 'Patient', id: 'a', birthDate: '1970-01-01' });
  await here.put({ resourceType: 'Patient', id: 'b', link: [{ other: { reference: 'Patient/a' }, type: 'seealso' }] });
  await here.put({ resourceType: 'Practitioner', id: 'p' });
  await here.put(observation('oa', 'Patient/a'));
  await here.put(observation('ob', 'http://here.example/r4/Patient/b'));
  await here.put(observation('oc', 'Patient/none'));
  await here.put(observation('od', 'http://elsewhere.example/r4/Patient/a'));
  await here.put(observation('oe', undefined));
  await here.put(observation('oab', 'Patient/a', { performer: [{ reference: 'Patient/b' }, { reference: 'Patient/a' }] }));
}

describe('a resource block', () => {
  test('is a header that refers to the patient, the Patient, and what is in the compartment', async () => {
    await population();
    expect(await blocks()).toEqual({
      'Patient/a': ['Patient/a', 'Observation/oa', 'Observation/oab'], 'Patient/b': ['Patient/b', 'Observation/oab', 'Observation/ob'], 'Patient/none': ['Observation/oc'],
    });
    const id = await here.submit({ organizedBy, level: 'patient', patients: ['a'] });
    await here.finish(id);
    const [{ name, count, sizeBytes }] = await filesOf(id) as [Awaited<ReturnType<typeof filesOf>>[0]];
    const text = Buffer.from(here.objects.get(exportFileKey(id, name))!).toString();
    const [header, patient] = text.split('\n');
    expect(JSON.parse(header!)).toEqual({ resourceType: 'Parameters', parameter: [{ name: 'header', valueReference: { reference: 'Patient/a' } }] });
    expect(patient).toBe(((await here.store.read('Patient', 'a')) as { json: string }).json);
    expect([count, sizeBytes]).toEqual([4, text.length]);
  });

  test('is there for each patient who is exported, and for nobody else', async () => {
    await population();
    const ofA = { 'Patient/a': ['Patient/a', 'Observation/oa', 'Observation/oab'] };
    expect(await blocks({ level: 'patient', patients: ['a'] })).toEqual(ofA);
    await here.put({ resourceType: 'Group', id: 'g', type: 'person', actual: true, member: [{ entity: { reference: 'Patient/a' } }, { entity: { reference: 'Patient/b' }, inactive: true }] });
    expect(await blocks({ level: 'group', group: 'g' })).toEqual({ 'Patient/a': ['Patient/a', 'Group/g', 'Observation/oa', 'Observation/oab'] });
  });

  test('has a Provenance where one of its targets is', async () => {
    await population();
    const provenance = (id: string, ...targets: string[]) => here.put({ resourceType: 'Provenance', id, target: targets.map((reference) => ({ reference })), recorded: '2026-01-01T00:00:00Z', agent: [{ who: { reference: 'Practitioner/p' } }] });
    await provenance('va', 'Device/x', 'Observation/oa');
    await provenance('vab', 'Observation/ob', 'Patient/a');
    await provenance('vp', 'Practitioner/p');
    for (const level of ['system', 'patient'] as const) {
      expect(await blocks({ level, types: ['Provenance'] })).toEqual({ 'Patient/a': ['Provenance/va', 'Provenance/vab'], 'Patient/b': ['Provenance/vab'] });
    }
  });

  test('has what is asked for by other parameters, and in files beside it deletions are told', async () => {
    await population();
    const since = here.clock.now();
    await here.put(observation('of', 'Patient/a', { note: [{ text: 'seen' }] }));
    await here.put(observation('ogone', 'Patient/a'));
    await here.remove('Observation', 'ogone');
    expect(await blocks({ since })).toEqual({ 'Patient/a': ['Observation/of'] });
    expect(await blocks({ typeFilters: ['Observation?performer=Patient/b'], types: ['Observation'] })).toEqual({ 'Patient/a': ['Observation/oab'], 'Patient/b': ['Observation/oab'] });
    const id = await here.submit({ organizedBy, since, elements: [{ name: 'status' }] });
    await here.finish(id);
    const { lines, manifest } = await here.read(id);
    expect(JSON.stringify(lines('deleted'))).toContain('Observation/ogone');
    expect(lines('resources')).toMatchObject([{ resourceType: 'Parameters' }, { resourceType: 'Observation', status: 'final' }]);
    expect(JSON.stringify(lines('resources'))).not.toContain('seen');
    expect(manifest.files.map(({ kind }) => kind).toSorted()).toEqual(['deleted', 'resources']);
  });

  test('has nothing that would stand in so many that no disk has room for them, and that is told', async () => {
    const member = Array.from({ length: 700 }, (_none, number) => ({ entity: { reference: `Patient/m${number}` } }));
    const name = 'x'.repeat(maxRepeatedBytes / member.length);
    await population();
    await here.put({ resourceType: 'Group', id: 'g', type: 'person', actual: true, name, member });
    const id = await here.submit({ organizedBy, types: ['Group', 'Patient'] });
    expect((await here.finish(id)).status).toBe('COMPLETED_WITH_ERRORS');
    expect((await filesOf(id)).flatMap(({ parts }) => parts.map(({ patient }) => patient))).toEqual(['Patient/a', 'Patient/b']);
    expect(JSON.stringify((await here.read(id)).lines('errors'))).toContain('A Group belongs to so many patients');
  });
});

/** Patients with some observations each; one has more than several files, one has none but its own. */
async function filled(into: Harness): Promise<void> {
  for (let number = 0; number < 60; number += 1) await into.put({ resourceType: 'Patient', id: `p${number}` });
  for (let number = 0; number < 120; number += 1) await into.put(observation(`o${number}`, number % 2 === 0 ? 'Patient/p7' : `Patient/p${number % 59}`));
}

async function told(id: string, from = here) {
  return (await filesOf(id, from)).map(({ parts, ...file }) => ({ ...file, parts: parts.map(({ patient, lines }) => [patient, lines.length]) }));
}

describe('the files of blocks', () => {
  test('have several blocks each; one that is larger than a file goes on in the next, where its header is repeated', async () => {
    await filled(here);
    const id = await here.submit({ organizedBy });
    const job = await here.finish(id);
    expect(job).toMatchObject({ status: 'COMPLETED', progress: { resources: 180, errors: 0 } });
    const files = await filesOf(id);
    expect(files.length).toBeLessThan(40);
    expect(Math.max(...files.map(({ parts }) => parts.length))).toBeGreaterThan(3);
    for (const { lines, count, sizeBytes, parts } of files) {
      expect(count).toBe(lines);
      expect(sizeBytes).toBeLessThanOrEqual(fileBytes);
      const whole = parts.filter(({ patient }) => patient !== 'Patient/p7');
      expect(whole.map(({ lines: [first] }) => nameOf(first!))).toEqual(whole.map(({ patient }) => patient));
    }
    const large = files.filter(({ parts }) => parts.some(({ patient }) => patient === 'Patient/p7'));
    expect(large.length).toBeGreaterThan(1);
    expect(large.map(({ continuesIn }) => continuesIn)).toEqual([...large.slice(1).map(({ name }) => name), undefined]);
    expect(files.filter((file) => !large.includes(file)).every(({ continuesIn }) => continuesIn === undefined)).toBe(true);
    expect(nameOf(large[0]!.parts[0]!.lines[0]!)).toBe('Patient/p7');
    expect(new Set(large.flatMap(({ parts }) => parts.flatMap(({ lines }) => lines.map(nameOf)))).size).toBe(1 + 60 + 1);

    const url = 'http://here.example/r4';
    const { outputOrganizedBy, output } = standardManifest(job, (await readManifest(here.dependencies.objects, id))!, url) as { outputOrganizedBy: string; output: { url: string; type?: string; continuesInFile?: string }[] };
    expect(outputOrganizedBy).toBe('Patient');
    expect(output.some(({ type }) => type !== undefined)).toBe(false);
    expect(output.map(({ continuesInFile }) => continuesInFile)).toEqual(files.map(({ continuesIn }) => continuesIn && `${url}/export/${id}/${continuesIn}`));
  });

  test('are the same whatever slices they are made in, and nothing is left that only the steps needed', async () => {
    const other = exportHarness({ fileBytes });
    const results: unknown[] = [];
    for (const [into, clock] of [[here, here.clock], [other, other.hurried]] as const) {
      await filled(into);
      const id = await into.submit({ organizedBy });
      await into.finish(id, { clock });
      results.push(await told(id, into));
      const { files } = (await readManifest(into.dependencies.objects, id))!;
      expect([...into.objects.keys()].toSorted()).toEqual([...files.map(({ name }) => exportFileKey(id, name)), `exports/${id}/manifest.json`].toSorted());
      expect(into.jobs.all().filter(({ pk }) => pk.startsWith('export#'))).toEqual([]);
    }
    expect(results[1]).toEqual(results[0]);
  });

  test('have everybody once where more lies together than is held at a time', async () => {
    here = exportHarness({ fileBytes: 300 });
    const patients = Array.from({ length: 120 }, (_none, number) => `Patient/p${number}`);
    for (const patient of patients) await here.put({ resourceType: 'Patient', id: patient.slice('Patient/'.length) });
    const results = [];
    for (const clock of [here.clock, here.hurried]) {
      const id = await here.submit({ organizedBy });
      await here.finish(id, { clock });
      const parts = (await filesOf(id)).flatMap((file) => file.parts);
      expect(parts.map(({ patient }) => patient).toSorted()).toEqual(patients.toSorted());
      expect(parts.every(({ patient, lines }) => lines.length === 1 && nameOf(lines[0]!) === patient)).toBe(true);
      results.push(await told(id));
    }
    expect(results[1]).toEqual(results[0]);
  });

  test('are the same when the work is cut off after any of its writes', async () => {
    for (let number = 0; number < 8; number += 1) await here.put({ resourceType: 'Patient', id: `p${number}` });
    for (let number = 0; number < 24; number += 1) await here.put(observation(`o${number}`, number % 2 === 0 ? 'Patient/p7' : `Patient/p${number % 5}`));
    const reference = await here.submit({ organizedBy });
    await here.finish(reference, { fileBytes: 1024 });
    const expected = await told(reference);
    for (let survived = 0; ; survived += 1) {
      const id = await here.submit({ organizedBy });
      const outcome = await runAll(id, { ...cutOff(here.dependencies, survived), clock: here.hurried, fileBytes: 1024 }).catch((error: unknown) => error);
      if (outcome === undefined) break;
      expect(outcome).toBeInstanceOf(CutOff);
      expect(await here.finish(id, { fileBytes: 1024 })).toMatchObject({ status: 'COMPLETED', progress: { resources: 32 } });
      expect(await told(id)).toEqual(expected);
    }
  });

  test('are the same when two work on them side by side', async () => {
    here = exportHarness({ fileBytes, pieces: 3 });
    await filled(here);
    const [alone, both] = [await here.submit({ organizedBy }), await here.submit({ organizedBy })];
    await here.finish(alone);
    await Promise.all([here.clock, here.hurried].map((clock) => runAll(both, { ...here.dependencies, clock })));
    expect((await readJob('export', both, here.dependencies))!.status).toBe('COMPLETED');
    expect(await told(both)).toEqual(await told(alone));
  });

  test('are planned when everything is put aside, and made of pieces that may be worked on in any order', async () => {
    here = exportHarness({ fileBytes, pieces: 4 });
    await filled(here);
    const id = await here.submit({ organizedBy, remarks: ['This was left out.'] });
    const current = async () => exportContext((await readJob('export', id, here.dependencies))!, here.dependencies);
    await planExport(await current());
    for (const piece of [3, 1, 0]) await exportPiece(await current(), { piece, until: Infinity });
    expect(await planBlocks(await current())).toBeUndefined();
    await expect(finishExport(await current())).rejects.toThrow('before all of its pieces are done');
    await exportPiece(await current(), { piece: 2, until: Infinity });
    await expect(finishExport(await current())).rejects.toThrow('before all of its pieces are done');
    const { blocks: first = [], pieces } = (await planBlocks(await current()))!;
    expect(first.length).toBeGreaterThan(1);
    const stale = await current();
    for (let piece = pieces - 1; piece >= 0; piece -= 1) expect(await exportPiece(await current(), { piece, until: Infinity })).toEqual({ done: true });
    expect(await finishExport(await current())).toMatchObject({ status: 'COMPLETED_WITH_ERRORS', progress: { resources: 180, errors: 1 } });
    const expected = await told(id);
    // One who was slower finds nothing to do, and spoils nothing.
    for (const piece of [0, 4, pieces - 1]) expect(await exportPiece(stale, { piece, until: Infinity })).toEqual({ done: true });
    expect(await told(id)).toEqual(expected);
  });

  test('have who was where at the cut, whatever is written while they are made', async () => {
    const random = seededRandom(5);
    const patients = 20;
    const observe = (number: number) => here.put(observation(`o${number}`, `Patient/p${random.below(patients)}`));
    for (let number = 0; number < patients; number += 1) await here.put({ resourceType: 'Patient', id: `p${number}` });
    for (let number = 0; number < 100; number += 1) await observe(number);
    const expected = await blocks();
    const id = await here.submit({ organizedBy });
    let slices = 0;
    for (let again: number | undefined = 0; again !== undefined; slices += 1) {
      again = await runExport(id, { ...here.dependencies, clock: here.hurried });
      // The first slice fixes the cut. What moves to others, comes and goes stays where it was.
      for (let turn = 0; turn < 20; turn += 1) {
        const number = random.below(120);
        await (random.below(4) === 0 ? here.remove('Observation', `o${number}`) : observe(number));
      }
      await here.remove('Patient', `p${random.below(patients)}`);
    }
    expect(slices).toBeGreaterThan(3);
    const found: Record<string, string[]> = {};
    for (const { patient, lines } of (await filesOf(id)).flatMap(({ parts }) => parts)) (found[patient] ??= []).push(...lines.map(nameOf));
    const sorted = Object.fromEntries(Object.entries(found).map(([patient, [first, ...others]]): [string, string[]] => [patient, [first!, ...others.toSorted()]]));
    expect(sorted).toEqual(expected);
  });

  test('and what was put aside for them go when the export is cancelled', async () => {
    await filled(here);
    const id = await here.submit({ organizedBy });
    while (stepsOf((await readJob('export', id, here.dependencies))!)?.blocks === undefined) await runExport(id, { ...here.dependencies, clock: here.hurried });
    await runExport(id, { ...here.dependencies, clock: here.hurried });
    expect([...here.objects.keys()].some((key) => key.includes('/spilled/'))).toBe(true);
    await cancelJob({ kind: 'export', id }, here.dependencies);
    expect(await here.finish(id)).toMatchObject({ status: 'CANCEL_COMPLETED' });
    expect([...here.objects.keys()].filter((key) => key.startsWith('exports/'))).toEqual([]);
    expect(here.jobs.all().filter(({ pk }) => pk.startsWith('export#'))).toEqual([]);
  });

  test('go to a bucket, and nothing else does', async () => {
    await population();
    const id = await here.submit({ organizedBy, output: { place: 'bucket', uri: 's3://lake/out' } });
    expect(await here.finish(id)).toMatchObject({ status: 'COMPLETED' });
    expect([...here.files.keys()]).toEqual([expect.stringMatching(/^out\/d+-FHIR_EXPORT-[0-9a-f]+\/Patient\/Patient-00003-2-0\.ndjson$/)]);
  });

  test('are none where nothing belongs to a patient', async () => {
    await here.put({ resourceType: 'Practitioner', id: 'p' });
    expect(await blocks()).toEqual({});
    expect(await blocks({ level: 'patient' })).toEqual({});
  });
});
