import { describe, expect, test } from '@jest/globals';
import type { FhirError } from '../../src/fhir/outcome.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import type { Write } from '../../src/store/data-store.ts';
import { nextVersion, permits, stamped } from '../../src/store/next-version.ts';
import type { StoredVersion } from '../../src/store/version-item.ts';

const resource: Resource & { id: string } = { resourceType: 'Patient', id: 'a' };
const standing: StoredVersion = {
  type: 'Patient', id: 'a', versionId: 3, lastUpdated: 100, created: 10, interaction: 'update', writeId: 'w', generation: 1,
};
const deleted: StoredVersion = { ...standing, interaction: 'delete' };
const statusOf = (run: () => unknown): number => {
  try {
    run();
  } catch (error) {
    return (error as FhirError).status;
  }
  return 200;
};

describe('preconditions of a write', () => {
  const update: Write = { interaction: 'update', resource };
  const remove: Write = { interaction: 'delete', type: 'Patient', id: 'a' };
  const cases: readonly (readonly [string, Write, StoredVersion | undefined, number])[] = [
    ['a create of a new id', { interaction: 'create', resource }, undefined, 200],
    ['a create of an id that is taken', { interaction: 'create', resource }, standing, 409],
    ['a create of an id that was deleted', { interaction: 'create', resource }, deleted, 409],
    ['an update', update, standing, 200],
    ['an update as create', update, undefined, 200],
    ['an update that brings a deleted resource back', update, deleted, 200],
    ['an update if it matches the current version', { ...update, ifMatch: 3 }, standing, 200],
    ['an update if it matches a past version', { ...update, ifMatch: 2 }, standing, 412],
    ['an update if it matches where there is nothing', { ...update, ifMatch: 1 }, undefined, 412],
    ['an update if none matches, where there is nothing', { ...update, ifNoneMatch: '*' }, undefined, 200],
    ['an update if none matches, where one is', { ...update, ifNoneMatch: '*' }, standing, 412],
    ['an update if none matches, where one was deleted', { ...update, ifNoneMatch: '*' }, deleted, 412],
    ['a delete if it matches a past version', { ...remove, ifMatch: 2 }, standing, 412],
  ];

  test.each(cases)('%s', (_name, write, found, status) => {
    expect(statusOf(() => permits(write, found))).toBe(status);
  });

  test('a delete of what is not there, or not there any more, has nothing to do', () => {
    expect([permits(remove, undefined), permits(remove, deleted), permits(remove, standing)]).toEqual([false, false, true]);
  });
});

describe('the next version', () => {
  test('is the first of a new resource, which it creates', () => {
    expect(nextVersion(undefined, 500)).toEqual({ versionId: 1, lastUpdated: 500, created: 500, creates: true });
  });

  test('counts on and keeps the instant of creation', () => {
    expect(nextVersion(standing, 500)).toEqual({ versionId: 4, lastUpdated: 500, created: 10, creates: false });
  });

  test('counts on when a deleted resource comes back', () => {
    expect(nextVersion(deleted, 500)).toEqual({ versionId: 4, lastUpdated: 500, created: 10, creates: true });
  });
});

describe('a stamped resource', () => {
  test('has the server’s id, version and instant instead of the client’s, and everything else in its order', () => {
    const sent: Resource = {
      resourceType: 'Patient', meta: { profile: ['p'], versionId: '77', lastUpdated: '1999-01-01T00:00:00Z' }, active: true, id: 'client', name: [],
    };
    expect(JSON.stringify(stamped(sent, 'a', { versionId: 2, lastUpdated: 0 }))).toBe(
      '{"resourceType":"Patient","id":"a","meta":{"versionId":"2","lastUpdated":"1970-01-01T00:00:00.000Z","profile":["p"]},"active":true,"name":[]}',
    );
  });
});
