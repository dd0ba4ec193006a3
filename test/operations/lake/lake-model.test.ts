/**
 * Writers, rounds, compactions, rebuildings and sweeps of one lake, interleaved at every step, each killed now and then, changes
 * delivered late, twice and out of order. Whenever all that was announced has been brought in, the lake reads as the store does;
 * at any moment it shows no resource twice, and a query finds every file that its manifest named.
 */
import { expect, test } from '@jest/globals';
import { compactSlice, beginCompaction } from '../../../src/operations/lake/compact.ts';
import { increment } from '../../../src/operations/lake/increment.ts';
import type { AnnouncedVersion } from '../../../src/operations/lake/increment.ts';
import { beginRebuild, rebuildSlice } from '../../../src/operations/lake/rebuild.ts';
import { readManifest } from '../../../src/operations/lake/lake-manifest.ts';
import { sweepTable } from '../../../src/operations/lake/retired-files.ts';
import { readLakeState, readSegments } from '../../../src/operations/lake/lake-state.ts';
import { seededRandom } from '../../store/model/random.ts';
import { lakeHarness } from './lake-harness.ts';

class Killed extends Error {}

const turns = 100;
const seeds = 16;
/** Less than replaced files stay. */
const queryMs = 23 * 60 * 60 * 1000;

/** What a killed actor left is for others to find. */
async function unlessKilled(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Killed) && !/changed by another|compacted too often|There is no file|too long ago/.test(String(error))) throw error;
  }
}

async function run(seed: number): Promise<void> {
  const random = seededRandom(seed).below;
  /** Steps wait here, and go on in an order that chance decides. */
  const waiting: (() => void)[] = [];
  const killing = { on: true };
  const calm = seed % 2 === 0;
  const lake = lakeHarness(async () => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    if (killing.on && random(calm ? 1000 : 60) === 0) throw new Killed();
  });
  const { dependencies } = lake;
  const unseen: AnnouncedVersion[] = [];
  const actors = new Set<Promise<void>>();
  let rounds = 0;
  const begin = (work: () => Promise<unknown>): void => {
    const actor = unlessKilled(work).finally(() => actors.delete(actor));
    actors.add(actor);
  };
  const round = async (): Promise<void> => {
    rounds += 1;
    const taken = unseen.filter(() => random(2) === 0);
    if (random(3) === 0) taken.reverse();
    await increment(taken, dependencies);
    // A crash before the acknowledgement delivers them again.
    if (random(4) > 0) for (const one of taken) if (unseen.includes(one)) unseen.splice(unseen.indexOf(one), 1);
  };
  const write = async (): Promise<void> => {
    const type = lake.types[random(2)]!;
    const id = `r${random(calm ? 2 : 4)}`;
    await (random(4) === 0 ? lake.remove(type, id) : lake.put(type, id, { language: `l${random(99)}` }));
  };
  const compact = async (): Promise<void> => {
    const table = lake.table(lake.types[random(2)]!);
    if (random(2) === 0) await beginCompaction(table, dependencies);
    while (await compactSlice(table, dependencies) === 'more' && random(5) > 0);
  };
  const rebuild = async (): Promise<void> => {
    if (random(12) === 0) await beginRebuild(1, dependencies);
    await rebuildSlice(dependencies);
  };
  const sweep = async (): Promise<void> => {
    const state = await readLakeState(lake);
    const rebuilt = state?.rebuilding === undefined ? [] : (await readSegments(state.rebuilding, lake)).flatMap(({ files }) => files);
    await sweepTable(lake.types[random(2)]!.toLowerCase(), dependencies, new Set(rebuilt.map(({ key }) => key)));
  };
  /** Each began with the files of one moment, and reads them again for a day. */
  const queries: { readonly begun: number; readonly keys: readonly string[] }[] = [];
  const query = async (): Promise<void> => {
    const type = lake.types[random(2)]!;
    const [begun, { files }] = [lake.clock.now(), await readManifest(type.toLowerCase(), lake)];
    queries.push({ begun, keys: files.map(({ key }) => key) });
  };
  const missing = (): readonly string[] => queries.filter(({ begun }) => lake.clock.now() - begun < queryMs)
    .flatMap(({ keys }) => keys.filter((key) => !lake.objects.has(key)));
  let rebuilding = false;
  for (let turn = 0; turn < turns; turn += 1) {
    unseen.push(...lake.announced.splice(0));
    if (actors.size < 4) {
      const chosen = random(11);
      if (chosen < 4) await write();
      else if (chosen === 10) await query();
      else if (chosen < 7) begin(round);
      else if (chosen < 8) begin(compact);
      else if (chosen < 9 && !rebuilding) {
        rebuilding = true;
        begin(() => rebuild().finally(() => (rebuilding = false)));
      } else begin(sweep);
    }
    if (random(40) === 0) lake.pass(13 * 60 * 60 * 1000);
    for (let steps = random(24); steps > 0; steps -= 1) {
      // Mostly whoever came last: so some stand still for long, while others do all of their work.
      waiting.splice(random(4) > 0 ? waiting.length - 1 : random(waiting.length || 1), 1)[0]?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const type of lake.types) {
      const ids = (await lake.current(type)).map((one) => one.split('/')[0]);
      expect(new Set(ids).size).toBe(ids.length);
    }
    expect(missing()).toEqual([]);
  }
  // Everybody ends, and everything is brought in.
  killing.on = false;
  const letGo = async (all: Promise<unknown>): Promise<void> => {
    const state = { ended: false };
    const end = all.finally(() => (state.ended = true));
    while (!state.ended) {
      waiting.splice(0).forEach((go) => go());
      await new Promise((resolve) => setImmediate(resolve));
    }
    await end;
  };
  await letGo(Promise.all(actors));
  unseen.push(...lake.announced.splice(0));
  await letGo((async () => {
    await increment(unseen, dependencies);
    while (await rebuildSlice(dependencies) === 'more');
  })());
  const check = async (): Promise<void> => {
    for (const type of lake.types) {
      const stored = await lake.stored(type);
      expect(await lake.current(type)).toEqual(stored.current);
      expect(await lake.history(type)).toEqual(stored.history);
    }
  };
  await check();
  await letGo((async () => {
    for (const type of lake.types) {
      await beginCompaction(lake.table(type), dependencies);
      while (await compactSlice(lake.table(type), dependencies) === 'more');
    }
  })());
  await check();
  lake.pass(25 * 60 * 60 * 1000);
  await letGo(Promise.all(lake.types.map((type) => sweepTable(type.toLowerCase(), dependencies))));
  await check();
  // Nothing is left over.
  const named = (await lake.manifests()).flatMap(({ files }) => files.map(({ key }) => key));
  expect([...lake.objects.keys()].filter((key) => key.endsWith('.parquet')).toSorted()).toEqual(named.toSorted());
  expect(rounds).toBeGreaterThan(5);
}

test.each(Array.from({ length: seeds }, (_none, seed) => seed + 1))('The lake reads as the store does, whatever interleaves and dies (schedule %i)', async (seed) => {
  await run(seed);
});
