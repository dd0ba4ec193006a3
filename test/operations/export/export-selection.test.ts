/** What an export contains, by level and parameter (https://hl7.org/fhir/uv/bulkdata/export.html). */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { exportHarness, type Harness } from './export-harness.ts';

let here: Harness;

beforeEach(() => {
  here = exportHarness();
});

function observation(id: string, patient: string | undefined, more: object = {}): object {
  return { resourceType: 'Observation', id, status: 'final', code: { text: 'any' }, ...(patient === undefined ? {} : { subject: { reference: patient } }), ...more };
}

async function population(): Promise<void> {
  await here.put({ resourceType: 'Patient', id: 'a', birthDate: '1970-01-01' });
  await here.put({ resourceType: 'Patient', id: 'b', birthDate: '2001-01-01', link: [{ other: { reference: 'Patient/a' }, type: 'seealso' }] });
  await here.put({ resourceType: 'Practitioner', id: 'p' });
  await here.put(observation('oa', 'Patient/a'));
  await here.put(observation('ob', 'http://here.example/r4/Patient/b'));
  await here.put(observation('oc', 'Patient/none'));
  await here.put(observation('od', 'http://elsewhere.example/r4/Patient/a'));
  await here.put(observation('oe', undefined));
}

describe('an export at system level', () => {
  test('contains every resource, of whatever type', async () => {
    await population();
    expect(await here.exported()).toEqual(['Observation/oa', 'Observation/ob', 'Observation/oc', 'Observation/od', 'Observation/oe', 'Patient/a', 'Patient/b', 'Practitioner/p']);
  });

  test('contains with _type only resources of these types', async () => {
    await population();
    expect(await here.exported({ types: ['Practitioner'] })).toEqual(['Practitioner/p']);
  });

  test('contains with _security and _tag only what has all of them', async () => {
    const tag = [{ system: 'http://t.example', code: 'a,b' }];
    await here.put({ resourceType: 'Patient', id: 'a', meta: { tag, security: [{ system: 's', code: 'R' }] } });
    await here.put({ resourceType: 'Patient', id: 'b', meta: { tag } });
    expect(await here.exported({ tags: ['http://t.example|a,b'] })).toEqual(['Patient/a', 'Patient/b']);
    expect(await here.exported({ tags: ['http://t.example|a,b'], security: ['s|R'] })).toEqual(['Patient/a']);
  });
});

describe('_since and _until', () => {
  test('leave what was last changed after the one and before the other', async () => {
    await here.put({ resourceType: 'Patient', id: 'a' });
    const since = here.clock.now();
    await here.put({ resourceType: 'Patient', id: 'b' });
    const until = here.clock.now();
    await here.put({ resourceType: 'Patient', id: 'c' });
    expect(await here.exported({ since })).toEqual(['Patient/b', 'Patient/c']);
    expect(await here.exported({ until })).toEqual(['Patient/a', 'Patient/b']);
    expect(await here.exported({ since, until })).toEqual(['Patient/b']);
  });

  test('have resources that were deleted since told, as transactions that delete them, and nowhere else', async () => {
    for (const id of ['a', 'b', 'c']) await here.put({ resourceType: 'Patient', id });
    await here.remove('Patient', 'a');
    const since = here.clock.now();
    await here.remove('Patient', 'b');
    const id = await here.submit({ since });
    await here.finish(id);
    const { lines, manifest } = await here.read(id);
    expect(lines('deleted')).toEqual([{ resourceType: 'Bundle', type: 'transaction', entry: [{ request: { method: 'DELETE', url: 'Patient/b' } }] }]);
    expect(lines('resources')).toEqual([]);
    expect(manifest.files).toMatchObject([{ kind: 'deleted', type: 'Bundle', count: 1 }]);
    expect(await here.exported({}, 'deleted')).toEqual([]);
  });

  test('have deletions told of what met the request when it was last there', async () => {
    const since = here.clock.now();
    await here.put(observation('oa', 'Patient/a'));
    await here.put(observation('ob', 'Patient/a', { status: 'amended' }));
    await here.put({ resourceType: 'Practitioner', id: 'p' });
    for (const [type, id] of [['Observation', 'oa'], ['Observation', 'ob'], ['Practitioner', 'p']] as const) await here.remove(type, id);
    const id = await here.submit({ level: 'patient', since, typeFilters: ['Observation?status=final'] });
    await here.finish(id);
    expect(JSON.stringify((await here.read(id)).lines('deleted'))).toContain('Observation/oa');
    expect((await here.read(id)).lines('deleted')).toHaveLength(1);
  });
});

describe('an export at patient level', () => {
  test('contains patients and what is in the compartment of any, whether or not the patient is there', async () => {
    await population();
    expect(await here.exported({ level: 'patient' })).toEqual(['Observation/oa', 'Observation/ob', 'Observation/oc', 'Patient/a', 'Patient/b']);
  });

  test('contains no type that is never in the compartment, were it asked for', async () => {
    await population();
    expect(await here.exported({ level: 'patient', types: ['Practitioner', 'Patient'] })).toEqual(['Patient/a', 'Patient/b']);
  });

  test('contains with patient nothing of patients who are not on the list', async () => {
    await population();
    expect(await here.exported({ level: 'patient', patients: ['a'] })).toEqual(['Observation/oa', 'Patient/a']);
  });

  test('tells of patients on the list who are not here', async () => {
    await population();
    const id = await here.submit({ level: 'patient', patients: ['a', 'x', 'y'] });
    expect((await here.finish(id)).status).toBe('COMPLETED_WITH_ERRORS');
    expect(JSON.stringify((await here.read(id)).lines('errors'))).toContain('2 are not here');
  });

  test('contains all Provenances of which a target is in the compartment of a patient', async () => {
    await population();
    const provenance = (id: string, target: string): object => ({ resourceType: 'Provenance', id, target: [{ reference: 'Device/x' }, { reference: target }], recorded: '2026-01-01T00:00:00Z', agent: [{ who: { reference: 'Practitioner/p' } }] });
    await here.put(provenance('va', 'Observation/oa'));
    await here.put(provenance('vb', 'Observation/ob/_history/1'));
    await here.put(provenance('vp', 'Practitioner/p'));
    await here.put(provenance('vx', 'Patient/a'));
    expect(await here.exported({ level: 'patient', types: ['Provenance'] })).toEqual(['Provenance/va', 'Provenance/vb', 'Provenance/vx']);
    expect(await here.exported({ level: 'patient', patients: ['a'], types: ['Provenance'] })).toEqual(['Provenance/va', 'Provenance/vx']);
    expect(await here.exported({ types: ['Practitioner'], associated: ['RelevantProvenanceResources'] })).toEqual(['Practitioner/p', 'Provenance/vp']);
  });
});

describe('an export at group level', () => {
  const group = (id: string, ...members: object[]): object => ({ resourceType: 'Group', id, type: 'person', actual: true, member: members });
  const member = (reference: string, more: object = {}): object => ({ entity: { reference }, ...more });

  test('contains the compartments of patients who are members, and of members of groups that are', async () => {
    await population();
    await here.put(group('inner', member('Patient/b'), member('Group/outer')));
    await here.put(group('outer', member('Group/inner'), member('Practitioner/p')));
    expect(await here.exported({ level: 'group', group: 'outer' })).toEqual(['Group/inner', 'Observation/ob', 'Patient/b']);
  });

  test('passes over members who are inactive, or whose period is over or has not begun', async () => {
    await population();
    await here.put(group('g', member('Patient/a', { inactive: true }), member('Patient/b', { period: { end: '2025' } }), member('Patient/c', { period: { start: '2027' } })));
    expect(await here.exported({ level: 'group', group: 'g' })).toEqual([]);
    await here.put(group('g', member('Patient/a', { period: { start: '2025-06' } })));
    expect(await here.exported({ level: 'group', group: 'g', types: ['Patient'] })).toEqual(['Patient/a']);
  });

  test('contains with patient only members on the list, and tells of those who are none', async () => {
    await population();
    await here.put(group('g', member('Patient/a')));
    const id = await here.submit({ level: 'group', group: 'g', patients: ['a', 'b'], types: ['Patient'] });
    await here.finish(id);
    const { lines } = await here.read(id);
    expect(lines('resources').map((line) => line.id)).toEqual(['a']);
    expect(JSON.stringify(lines('errors'))).toContain('1 are no members of the group');
  });

  test('contains with _since all of patients who have joined the group since, and of others what has changed', async () => {
    await population();
    await here.put(group('g', member('Patient/a')));
    const since = here.clock.now();
    await here.put(group('g', member('Patient/a'), member('Patient/b')));
    await here.put(observation('of', 'Patient/a'));
    expect(await here.exported({ level: 'group', group: 'g', since })).toEqual(['Group/g', 'Observation/ob', 'Observation/of', 'Patient/b']);
  });

  test('fails for a group that is not there', async () => {
    const id = await here.submit({ level: 'group', group: 'g' });
    expect(await here.finish(id)).toMatchObject({ status: 'FAILED', message: 'There was no such Group at the time of the export.' });
  });
});

describe('_typeFilter', () => {
  test('leaves of its type what one of the searches matches, and of others everything', async () => {
    await population();
    expect(await here.exported({ types: ['Patient', 'Practitioner'], typeFilters: ['Patient?birthdate=gt2000', 'Patient?_id=x'] })).toEqual(['Patient/b', 'Practitioner/p']);
    expect(await here.exported({ types: ['Patient'], typeFilters: ['Patient?birthdate=gt2000', 'Patient?_id=a'] })).toEqual(['Patient/a', 'Patient/b']);
  });

  test('may ask something of other resources', async () => {
    await population();
    expect(await here.exported({ types: ['Observation'], typeFilters: ['Observation?patient.birthdate=gt2000'] })).toEqual(['Observation/ob']);
  });
});

describe('_elements', () => {
  test('leave the elements that are named and mandatory ones, marked as subsetted, with the digits of decimals', async () => {
    await here.put(observation('o', 'Patient/a', { note: [{ text: 'x' }] }));
    await here.put({ resourceType: 'Patient', id: 'a', gender: 'other' });
    const id = await here.submit({ elements: [{ type: 'Observation', name: 'subject' }] });
    await here.finish(id);
    const [one, patient] = (await here.read(id)).lines('resources');
    expect(Object.keys(one!)).toEqual(['resourceType', 'id', 'meta', 'status', 'code', 'subject']);
    expect(JSON.stringify(one!['meta'])).toContain('SUBSETTED');
    expect(patient).toMatchObject({ gender: 'other' });
  });
});
