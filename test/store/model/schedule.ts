/**
 * One schedule of the data store's model test: a few callers over a few resources, every step chosen by the seed,
 * everything checked after every step, and at the end nothing left over.
 */
import { FhirError } from '../../../src/fhir/outcome.ts';
import { TableUnavailable } from '../../../src/ports/ordered-table.ts';
import type { ObjectStore } from '../../../src/ports/object-store.ts';
import { generation } from '../../../src/store/generation.ts';
import { rulesKey } from '../../../src/store/keys.ts';
import { openDataStore, type OpenDataStore } from '../../../src/store/open-data-store.ts';
import { partitionHash } from '../../../src/store/partition-hash.ts';
import { abandonedAfterMs, commitWindowMs, latestCommitMs } from '../../../src/store/store-context.ts';
import { encodeWriteId } from '../../../src/store/write-id.ts';
import { Ledger, Violation } from './ledger.ts';
import { seededRandom, type Random } from './random.ts';
import { Reads } from './reads.ts';
import { Reindexing } from './reindexing.ts';
import { Scheduler, type Actor, type Weather } from './scheduler.ts';
import { TableState } from './table-state.ts';
import { Writes, type Call, type Outcome } from './writes.ts';

const calm: Weather = { lostAnswers: 0, lateEffects: 0, doubledEffects: 0, failedReads: 0, crashes: 0, jumps: 0 };
const weathers: readonly Weather[] = [
  calm,
  { ...calm, crashes: 0.02 },
  { ...calm, lostAnswers: 0.05, lateEffects: 0.08, doubledEffects: 0.08 },
  { ...calm, lostAnswers: 0.2, lateEffects: 0.2, doubledEffects: 0.2, failedReads: 0.02 },
  { lostAnswers: 0.05, lateEffects: 0.1, doubledEffects: 0.1, failedReads: 0.01, crashes: 0.01, jumps: 0.01 },
];

const secret = new Uint8Array(32).fill(7);
const shards = 2;
const rules = { generation, shards, omitted: new Set<string>(), hash: partitionHash(secret) };
const noObjects = undefined as unknown as ObjectStore;
/** Of so many seeds one searches by chains and `_has`. */
export const joinedEvery = 7;
const maxSteps = 20_000;
/** Searches after all is over, which must find exactly what there is. */
const finalSearches = 3;
/** As on AWS; what the store waits for has to be enough for it. */
const rulesLifetimeMs = 30_000;
/** A request that is under way for so long is dead: a version is committed within its window. */
const longestFlightMs = commitWindowMs - latestCommitMs;
/** Functions run on machines whose clocks differ. */
const skewsMs = [0, 0, -40, 40, 1500] as const;
/** Writers take the jitter of their back-off from a rev's first character. */
const revStarts = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;

export interface ScheduleOptions {
  /** With `$reindex` jobs, and searches by the parameters that they bring. */
  readonly reindexes?: boolean;
  readonly trace?: (line: string) => void;
}

/** @throws Violation with what does not hold. */
export async function runSchedule(seed: number, options: ScheduleOptions = {}): Promise<void> {
  await new Schedule(seed, options).run();
}

interface Process {
  readonly actor: Actor;
  readonly store: OpenDataStore;
}

class Schedule {
  readonly #random: Random;
  readonly #scheduler: Scheduler;
  readonly #resources = new TableState();
  readonly #index = new TableState();
  readonly #ledger = new Ledger(this.#resources, this.#index, rules);
  readonly #writes: Writes;
  readonly #reads: Reads;
  readonly #reindexing: Reindexing | undefined;
  readonly #running = new Map<Actor, () => void>();
  /** Processes that are alive, each with the store that it has opened; idle ones take the next call. */
  #processes: Process[] = [];
  #actors = 0;
  #fault: unknown;

  constructor(seed: number, { trace, reindexes = false }: ScheduleOptions) {
    this.#random = seededRandom(seed);
    this.#scheduler = new Scheduler(this.#random, this.#random.pick(weathers));
    this.#scheduler.trace = trace === undefined ? undefined : (line) => trace(`${this.#scheduler.step} ${line}`);
    this.#scheduler.probe = () => this.#ledger.probe(this.#scheduler.step);
    this.#writes = new Writes(this.#random, this.#ledger);
    this.#reads = new Reads(this.#random, this.#ledger, () => this.#scheduler.step);
    if (reindexes) this.#reindexing = this.#withReindexing();
    if (seed % joinedEvery === 0) this.#reads.kind = 'joined';
  }

  #withReindexing(): Reindexing {
    const scheduler = this.#scheduler;
    scheduler.weather = { ...scheduler.weather, jumps: Math.max(scheduler.weather.jumps, this.#random.pick([0, 0.005, 0.02])) };
    scheduler.longestFlightMs = longestFlightMs;
    const moment = () => ({ step: scheduler.step, now: scheduler.now });
    const made = new Reindexing(this.#random, { ledger: this.#ledger, reads: this.#reads, moment });
    scheduler.probe = () => {
      this.#ledger.probe(scheduler.step);
      made.probe(this.#resources, this.#index, rules);
    };
    return made;
  }

  async run(): Promise<void> {
    const random = this.#random;
    const width = 1 + random.below(5);
    const calls = this.#plan();
    while (calls.length > 0 || !this.#scheduler.idle) {
      if (calls.length > 0 && this.#running.size < width && (this.#scheduler.idle || random.chance(this.#haste()))) this.#start(calls.shift()!);
      else await this.#take();
    }
    await this.#finish();
  }

  /** How likely the next call starts now: mostly, where the only alternative is to let the time pass that a job waits for. */
  #haste(): number {
    return this.#reindexing !== undefined && this.#scheduler.onlySleeps ? 0.9 : 0.2;
  }

  /** The calls in the order in which they start; repeats of one follow it soon or late. */
  #plan(): Call[] {
    const random = this.#random;
    const timed: { readonly call: Call; readonly at: number }[] = [];
    const count = (this.#reindexing === undefined ? 3 : 12) + random.below(8);
    for (let number = 0; number < count; number += 1) {
      for (const [repeat, call] of this.#choose().entries()) timed.push({ call, at: number + repeat * random.next() * 4 });
    }
    return timed.sort((one, other) => one.at - other.at).map(({ call }) => call);
  }

  #choose(): Call[] {
    const reindexing = this.#reindexing;
    const own = reindexing === undefined ? 1 : this.#random.next();
    if (own < 0.15) return reindexing!.job();
    if (own < 0.45) return [reindexing!.search()];
    const kind = this.#random.below(20);
    if (kind < 7) return this.#writes.single();
    if (kind < 11) return this.#writes.transaction();
    if (kind < 15) return [this.#reads.search()];
    if (kind < 16) return [this.#reads.read()];
    if (kind < 17) return [this.#reads.vread()];
    if (kind < 19) return [this.#reads.history()];
    return [this.#reads.clean()];
  }

  async #take(): Promise<void> {
    await this.#scheduler.take();
    for (const [actor, abandon] of this.#running) {
      if (!actor.crashed) continue;
      this.#running.delete(actor);
      abandon();
    }
    if (this.#fault !== undefined) throw this.#fault;
    if (this.#scheduler.step > maxSteps) throw new Violation('the schedule does not end');
  }

  #start(call: Call): void {
    const scheduler = this.#scheduler;
    const { actor, store } = this.#idleProcess();
    const from = scheduler.step;
    scheduler.trace?.(`${actor.name} starts: ${call.name}`);
    const end = (outcome: Outcome): void => {
      this.#running.delete(actor);
      scheduler.trace?.(`${actor.name} ends: ${JSON.stringify(outcome)}`);
      call.check(outcome, { from, until: scheduler.step });
    };
    this.#running.set(actor, () => call.check({ unknown: true }, { from, until: scheduler.step }));
    call.run(store, scheduler.clock(actor)).then((result) => end({ result }), (fault: unknown) => end(outcomeOf(fault))).catch((fault: unknown) => {
      this.#fault ??= fault;
    });
  }

  #idleProcess(): Process {
    this.#processes = this.#processes.filter(({ actor }) => !actor.crashed);
    const idle = this.#anyIdle();
    if (idle !== undefined) return idle;
    const actor: Actor = { name: `actor ${(this.#actors += 1)}`, crashed: false, priority: this.#random.next(), skewMs: this.#random.pick(skewsMs) };
    const opened = { actor, store: this.#open(actor) };
    this.#processes.push(opened);
    return opened;
  }

  /** The first; where rules are kept by each process for a while, any of them, or a new one that has none. */
  #anyIdle(): Process | undefined {
    const idle = this.#processes.filter(({ actor }) => !this.#running.has(actor));
    if (this.#reindexing === undefined || idle.length === 0) return idle[0];
    return this.#random.chance(0.2) ? undefined : this.#random.pick(idle);
  }

  #open(actor: Actor): OpenDataStore {
    const random = this.#random;
    const scheduler = this.#scheduler;
    let made = 0;
    return openDataStore({
      resources: scheduler.table('resources', this.#resources, actor),
      index: scheduler.table('index', this.#index, actor),
      objects: noObjects,
      clock: scheduler.clock(actor),
      ids: {
        uuid: () => `new-${actor.name.slice(6)}-${(made += 1)}`,
        writeId: (nowMs) => encodeWriteId(nowMs, Uint8Array.from({ length: 10 }, () => random.below(256))),
        rev: () => `${random.pick(revStarts)}${actor.name.slice(6)}.${(made += 1)}`,
      },
      secret,
      shards,
      ...(this.#reindexing === undefined ? {} : { rulesLifetimeMs }),
    });
  }

  /** The last callers die or end, all that was late arrives, and an hour later the clean-up runs. */
  async #finish(): Promise<void> {
    await this.#finishReindexing();
    for (let round = 0; round < 2; round += 1) {
      await this.#scheduler.pass(abandonedAfterMs + 60_000);
      for (const table of [this.#resources, this.#index]) table.converge();
      await this.#undisturbed({ name: 'the last sweep', run: async (store) => void (await store.cleaner.sweep()), check: expectResult });
    }
    this.#scheduler.probe();
    this.#writes.checkHistory();
    for (let search = 0; search < finalSearches; search += 1) await this.#undisturbed(this.#reads.search());
    for (const transactionId of this.#writes.transactionIds) {
      await this.#undisturbed({ name: 'forget', run: (store) => store.forget(transactionId), check: expectResult });
    }
    await this.#undisturbed({ name: 'the sweep after forgetting', run: async (store) => void (await store.cleaner.sweep()), check: expectResult });
    this.#checkNothingLeft();
  }

  async #finishReindexing(): Promise<void> {
    const last = this.#reindexing?.last();
    if (last === undefined) return;
    await this.#undisturbed(last);
    for (let search = 0; search < finalSearches; search += 1) await this.#undisturbed(this.#reindexing!.search());
  }

  async #undisturbed(call: Call): Promise<void> {
    this.#scheduler.weather = calm;
    this.#start(call);
    while (!this.#scheduler.idle || this.#running.size > 0) await this.#take();
    if (this.#fault !== undefined) throw this.#fault;
  }

  #checkNothingLeft(): void {
    const current = [...this.#ledger.timelines.values()].map((timeline) => timeline.at(-1)!);
    const entries = new Set([...current.flatMap((one) => one.entries), ...[...this.#ledger.all()].map(({ history }) => history)].map(({ pk, sk }) => `${pk} ${sk}`));
    const own = this.#reindexing?.known(this.#resources, rules);
    for (const { pk, sk } of this.#index.all()) {
      if (!entries.has(`${pk} ${sk}`) && own?.has(`${pk} ${sk}`) !== true) throw new Violation(`the entry ${sk} is left over`);
    }
    for (const { pk, sk, attributes } of this.#resources.all()) {
      if (pk === rulesKey.pk) continue;
      const [type, id] = pk.split('/') as [string, string];
      const known = this.#ledger.current(type, id)?.versionId ?? 0;
      const isVersion = sk.startsWith('v') && Number(sk.slice(1)) <= known;
      const isCurrent = sk === '@' && attributes?.version !== undefined && attributes.bundle === undefined;
      if (!isVersion && !isCurrent) throw new Violation(`${pk} ${sk} is left over`);
    }
  }
}

function expectResult(outcome: Outcome): void {
  if (!('result' in outcome)) throw new Violation('the clean-up failed on tables that work');
}

function outcomeOf(fault: unknown): Outcome {
  if (fault instanceof FhirError) return { refused: fault.status };
  if (fault instanceof TableUnavailable) return { unknown: true };
  throw fault;
}
