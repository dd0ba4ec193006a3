import { describe, expect, test } from '@jest/globals';
import { archiveOf, archiveWindow, isBaseDue, lastArchived, minLogBytesBeforeBase, outdated, partsFor } from '../../src/embedded/backup-archive.ts';

const dayMs = 24 * 60 * 60 * 1000;
const names = [
  `since-${dayMs}`, `base-0-${dayMs}.sqlite`, `log-1-50-${2 * dayMs}-${90 * dayMs}-100.zst`, `base-50-${90 * dayMs}.sqlite`,
  `log-51-80-${91 * dayMs}-${95 * dayMs}-100.zst`, `base-70-${94 * dayMs}.sqlite`, 'base.draft',
];
const archive = archiveOf(names);
const retained = { now: 100 * dayMs, retentionDays: 7 };

describe('the archive of a backup', () => {
  test('is what its files are named', () => {
    expect(archive.bases.map(({ sequence }) => sequence)).toEqual([0, 50, 70]);
    expect(archive.logs.map(({ first, last }) => [first, last])).toEqual([[1, 50], [51, 80]]);
    expect(lastArchived(archive)).toBe(80);
    expect(lastArchived(archiveOf([]))).toBe(0);
  });

  test('restores what lies in the retention, and nothing before it began', () => {
    expect(archiveWindow(archive, retained)).toEqual({ enabled: dayMs, earliest: 93 * dayMs, latest: 100 * dayMs });
    expect(archiveWindow(archive, { ...retained, retentionDays: 30 })).toMatchObject({ earliest: 70 * dayMs });
    expect(archiveWindow(archive, { now: 5 * dayMs, retentionDays: 7 })).toMatchObject({ earliest: dayMs });
    expect(archiveWindow(archiveOf([]), retained)).toBeUndefined();
  });

  test('keeps what the retention needs, and no more', () => {
    expect(outdated(archive, retained)).toEqual([`base-0-${dayMs}.sqlite`, names[2]]);
    expect(outdated(archive, { ...retained, retentionDays: 30 })).toEqual([]);
    expect(outdated(archive, { ...retained, retentionDays: 1 })).toEqual([names[1], names[3], names[2]]);
  });

  test('makes a moment of the newest base before it, and of the log behind that', () => {
    expect(partsFor(archive, 93 * dayMs)).toMatchObject({ base: { sequence: 50 }, logs: [{ first: 51 }] });
    expect(partsFor(archive, 94 * dayMs)).toMatchObject({ base: { sequence: 70 }, logs: [{ first: 51 }] });
    expect(partsFor(archive, 90 * dayMs)).toMatchObject({ base: { sequence: 50 }, logs: [] });
    expect(partsFor(archive, dayMs - 1)).toBeUndefined();
  });

  test('wants a new base when the log has twice the size of the database', () => {
    const grown = (rawBytes: number) => archiveOf([`base-0-1.sqlite`, `log-1-9-1-2-${rawBytes}.zst`]);
    expect(isBaseDue(archiveOf([]), 0)).toBe(true);
    expect(isBaseDue(grown(minLogBytesBeforeBase), 0)).toBe(false);
    expect(isBaseDue(grown(minLogBytesBeforeBase + 1), 0)).toBe(true);
    expect(isBaseDue(grown(2 * minLogBytesBeforeBase), minLogBytesBeforeBase)).toBe(false);
    expect(isBaseDue(grown(2 * minLogBytesBeforeBase + 1), minLogBytesBeforeBase)).toBe(true);
  });
});
