/**
 * The lake of one data store in this process: looks whether anything was announced, and has the thread bring it in
 * (docs/sql.md). What has been said of the store's analytics decides whether it is kept, and may change while it serves.
 *
 * Nothing is lost when the process dies: announcements lie in the store's database until they are in the lake.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnalyticsWish } from '../operations/datastore/analytics-wish.ts';
import { listManifests, readManifest } from '../operations/lake/lake-manifest.ts';
import type { ManifestPorts } from '../operations/lake/lake-manifest.ts';
import { isUpkeepDue, sweepLake } from '../operations/lake/lake-upkeep.ts';
import { readLakeState } from '../operations/lake/lake-state.ts';
import { pauseLake, removeLake } from '../operations/lake/stop-following.ts';
import type { ChangeFeed } from '../ports/change-feed.ts';
import type { Ids } from '../ports/ids.ts';
import type { OrderedTable } from '../ports/ordered-table.ts';
import { lakeConsumer } from './lake-messages.ts';
import type { LakeKeeper } from './lake-threads.ts';

/** How often is looked whether there is anything new; a look takes microseconds. */
const lookIntervalMs = 1_000;
/** What is new waits so long for what may come behind it: a round costs the start of a thread, and a file for each type. */
const firstDelayMs = 5_000;
/** From one round to the next while writing goes on, so that files are not too small. */
const roundIntervalMs = 20_000;
/** After a round that failed. */
const retryMs = 30_000;
/** Daily work is done within an hour of its time. */
const upkeepIntervalMs = 60 * 60 * 1000;
/** After a start what the files were written by is compared once, by the thread. */
const firstUpkeepMs = 60_000;
/** Announcements that are forgotten together while the lake is off. */
const forgottenAtOnce = 1000;

export interface StoreLakeOptions extends ManifestPorts {
  readonly ids: Pick<Ids, 'uuid'>;
  readonly resources: Pick<OrderedTable, 'scan'>;
  readonly feed: ChangeFeed;
  /** From here on the change feed carries everything for the lake, or nothing. */
  readonly follow: (everything: boolean) => void;
  /** Absent in a process that keeps no lakes: then none is ENABLED. */
  readonly keeper: LakeKeeper | undefined;
  /** As the store was opened: its feed carries everything where it is ENABLED. */
  readonly wish: AnalyticsWish;
  /** Told of a round that failed; the next one is tried all the same. */
  readonly report: (error: unknown) => void;
}

/** What a query reads of a table. */
export interface LakeFilesOfTable {
  /** Keys of objects. */
  readonly keys: readonly string[];
  readonly sizeBytes: number;
}

export interface StoreLake {
  /**
   * Brings everything in that was written by now, or waits as long as may be waited.
   *
   * @returns the moment (ms) until which every change is in the files; `undefined` when the lake is off, or not built yet
   */
  upToDate(waitMs: number): Promise<number | undefined>;
  /** What the table is made of at this moment. The files stay for a day, whatever becomes of it. */
  files(table: string): Promise<LakeFilesOfTable>;
  /** Resolves when it is so; what is to be built is built afterwards. One change at a time. */
  change(wish: AnalyticsWish): Promise<void>;
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>;
}

/** What was wanted while the store was not open, or was cut off, is brought about first. */
export async function openStoreLake(options: StoreLakeOptions): Promise<StoreLake> {
  const state = await readLakeState(options);
  if (state !== undefined && options.wish === 'DISABLED') await removeLake(options);
  else if (state !== undefined && options.wish === 'PAUSED' && state.pausedAsOf === undefined) await pauseLake(options);
  return new Lake(options);
}

class Lake implements StoreLake {
  readonly #options: StoreLakeOptions;
  readonly #stopping = new AbortController();
  readonly #looking: Promise<void>;
  #wish: AnalyticsWish;
  /** The round under way, the one asked for behind it, and the upkeep. */
  #round: Promise<number | undefined> | undefined;
  #next: Promise<number | undefined> | undefined;
  #upkeep: Promise<void> | undefined;
  #asOf: number | undefined;
  /** When what is new was first seen; when the next round may begin. */
  #seenAt = Infinity;
  #notBefore = 0;
  #upkeepAt: number;
  #isLooked = false;
  #isCompared = false;

  constructor(options: StoreLakeOptions) {
    this.#options = options;
    this.#wish = options.wish;
    this.#upkeepAt = options.clock.now() + firstUpkeepMs;
    this.#looking = this.#look();
  }

  async upToDate(waitMs: number): Promise<number | undefined> {
    if (this.#wish !== 'ENABLED') return this.#wish === 'PAUSED' ? (await readLakeState(this.#options))?.pausedAsOf : undefined;
    if (await this.#isQuiet()) return this.#asOf;
    const over = new AbortController();
    const deadline = sleep(waitMs, undefined, { signal: over.signal, ref: false }).catch(() => {});
    await Promise.race([this.#broughtIn().catch(() => {}), deadline]);
    over.abort();
    return this.#asOf;
  }

  async files(table: string): Promise<LakeFilesOfTable> {
    const { files } = await readManifest(table, this.#options);
    return { keys: files.map(({ key }) => key), sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0) };
  }

  async change(wish: AnalyticsWish): Promise<void> {
    const { follow, keeper } = this.#options;
    if (wish === this.#wish || keeper === undefined) return;
    if (wish === 'ENABLED') {
      follow(true);
      // Written behind it: from here on everything that is committed is announced, and what was before is read from the store.
      await pauseLake(this.#options);
      this.#isLooked = false;
      this.#wish = wish;
      return;
    }
    this.#wish = wish;
    await this.#settled();
    follow(false);
    await (wish === 'PAUSED' ? pauseLake(this.#options, this.#asOf) : removeLake(this.#options));
    this.#asOf = undefined;
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#looking;
    await this.#settled();
    await this.#options.keeper?.close();
  }

  async #settled(): Promise<void> {
    await Promise.allSettled([this.#round, this.#next, this.#upkeep]);
  }

  async #look(): Promise<void> {
    const { report } = this.#options;
    const { signal } = this.#stopping;
    for (;;) {
      await sleep(lookIntervalMs, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted) return;
      await this.#lookOnce().catch(report);
    }
  }

  async #lookOnce(): Promise<void> {
    const { clock, feed } = this.#options;
    const now = clock.now();
    if (now >= this.#upkeepAt && this.#round === undefined) this.#startUpkeep();
    if (this.#wish !== 'ENABLED') return this.#forget();
    const isNew = (await feed.read(lakeConsumer, 1)).length > 0 || await this.#isFirstDue();
    this.#seenAt = isNew ? Math.min(this.#seenAt, now) : Infinity;
    if (isNew && now >= this.#notBefore && now - this.#seenAt >= firstDelayMs) void this.#startRound().catch(() => {});
  }

  /** Whether the store has something, and never had a lake, or none since it was off. Looked at once. */
  async #isFirstDue(): Promise<boolean> {
    if (this.#isLooked) return false;
    const state = await readLakeState(this.#options);
    const isDue = state === undefined && (await this.#options.resources.scan({ segment: 0, segments: 1, limit: 1 })).items.length > 0;
    this.#isLooked = !isDue;
    return isDue;
  }

  /** What was announced while it is off is of no use: it is read from the store when it is on again. */
  async #forget(): Promise<void> {
    const { feed } = this.#options;
    const last = (await feed.read(lakeConsumer, forgottenAtOnce)).at(-1);
    if (last !== undefined) await feed.acknowledge(lakeConsumer, last.sequence);
  }

  /** Nothing is announced that is not in the files: then they are as fresh as can be, without any work. */
  async #isQuiet(): Promise<boolean> {
    const { clock, feed } = this.#options;
    const now = clock.now();
    if (this.#round !== undefined || (await feed.read(lakeConsumer, 1)).length > 0) return false;
    if ((await readLakeState(this.#options))?.isWhole !== true) return false;
    this.#asOf = now;
    return true;
  }

  /** A round that begins from here on. */
  #broughtIn(): Promise<number | undefined> {
    if (this.#round === undefined) return this.#startRound();
    this.#next ??= this.#round.then(() => this.#startRound(), () => this.#startRound()).finally(() => (this.#next = undefined));
    return this.#next;
  }

  #startRound(): Promise<number | undefined> {
    if (this.#round !== undefined) return this.#round;
    const { keeper, clock, report } = this.#options;
    const round = async (): Promise<number | undefined> => {
      try {
        if (keeper === undefined) throw new Error('This process keeps no lakes.');
        let done = await keeper.round();
        // The first one is whole when all of it is built.
        if (!done.isWhole) {
          await this.#keptUp();
          done = await keeper.round();
        }
        if (done.isWhole) this.#asOf = done.asOf;
        this.#notBefore = clock.now() + roundIntervalMs;
        if (done.rows > 0) this.#upkeepAt = 0;
        return this.#asOf;
      } catch (error) {
        this.#notBefore = clock.now() + retryMs;
        throw error;
      } finally {
        this.#round = undefined;
      }
    };
    this.#seenAt = Infinity;
    this.#round = round();
    this.#round.catch(report);
    return this.#round;
  }

  async #keptUp(): Promise<void> {
    await this.#upkeep;
    this.#startUpkeep();
    await this.#upkeep;
  }

  #startUpkeep(): void {
    if (this.#upkeep !== undefined) return;
    this.#upkeepAt = this.#options.clock.now() + upkeepIntervalMs;
    this.#upkeep = this.#keepUp().catch(this.#options.report).finally(() => (this.#upkeep = undefined));
  }

  /** The thread is asked only where there is something for it to do. */
  async #keepUp(): Promise<void> {
    const { keeper } = this.#options;
    const isOn = (): boolean => this.#wish === 'ENABLED' && !this.#stopping.signal.aborted;
    if (keeper !== undefined) while (isOn() && await this.#isKeeperNeeded()) if (!(await keeper.upkeep()).more) break;
    await sweepLake(this.#options);
  }

  async #isKeeperNeeded(): Promise<boolean> {
    const now = this.#options.clock.now();
    const state = await readLakeState(this.#options);
    if (state === undefined) return false;
    if (!this.#isCompared) return (this.#isCompared = true);
    return state.rebuilding !== undefined || !state.isWhole || (await listManifests(this.#options)).some((manifest) => isUpkeepDue(manifest, now));
  }
}
