/**
 * Decides, by a seed, which step happens next: which pending table operation takes effect, whose answer arrives, who
 * wakes, who dies. Every operation of an actor is cut into the steps in which a real table may take it: a batch one
 * item at a time, the answer apart from the effect.
 *
 * A write may take effect and lose its answer, be reported as unknown and take effect later, or take effect twice.
 */
import { TableUnavailable, type Batch, type OrderedTable } from '../../../src/ports/ordered-table.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Random } from './random.ts';
import type { TableState } from './table-state.ts';

/** How much goes wrong, as probabilities per operation. */
export interface Weather {
  /** The effect happens, the answer is lost. */
  readonly lostAnswers: number;
  /** The answer says unknown, the effect happens later or never. */
  readonly lateEffects: number;
  readonly doubledEffects: number;
  readonly failedReads: number;
  /** Per step. */
  readonly crashes: number;
  /** Per step: the clock jumps by half a minute or more. */
  readonly jumps: number;
}

export interface Actor {
  readonly name: string;
  crashed: boolean;
  /** Who has more goes first while the schedule favours somebody: only so does one call fall far behind another. */
  priority: number;
  /** How far its clock is from the others'. */
  readonly skewMs: number;
}

interface Operation {
  readonly actor: Actor;
  readonly name: string;
  /** Steps still to take, in any order. */
  readonly steps: (() => void)[];
  /** Absent for what its caller does not wait for any more. */
  readonly answer?: { resolve(): void; reject(fault: Error): void };
  readonly lost: boolean;
  /** The step before which nothing of it happens, for what is late. */
  readonly notBefore?: number;
  /** When it was sent, ms. */
  readonly sent?: number;
}

interface Sleeper {
  readonly actor: Actor;
  readonly at: number;
  readonly wake: () => void;
}

/** The epoch of every schedule. */
const beginning = Date.UTC(2026, 0, 1);
const jumpsMs = [31_000, 61_000] as const;
/** Every step by chance, or mostly one actor after another (Burckhardt et al., 2010, https://doi.org/10.1145/1736020.1736040). */
const favours = [0, 0.8, 0.95] as const;
/** Per step, how likely an actor's priority changes. */
const priorityChange = 0.05;
/** How many steps later than asked an effect may come. */
const latestSteps = 120;

export class Scheduler {
  now = beginning;
  /** How often the actor of the highest priority goes first, from 0 to 1. */
  readonly #favour: number;
  /** Steps taken so far: the time of the checks. */
  step = 0;
  /** After so many ms what is under way has no effect any more, and whoever waits for it is told that it is unknown. */
  longestFlightMs = Infinity;
  /** Called after every change of a table. */
  probe: () => void = () => {};
  trace: ((line: string) => void) | undefined;
  readonly #random: Random;
  weather: Weather;
  #operations: Operation[] = [];
  #answers: Operation[] = [];
  #sleepers: Sleeper[] = [];

  constructor(random: Random, weather: Weather) {
    this.#random = random;
    this.weather = weather;
    this.#favour = random.pick(favours);
  }

  get idle(): boolean {
    return this.#operations.length + this.#answers.length + this.#sleepers.length === 0;
  }

  get onlySleeps(): boolean {
    return this.#operations.length + this.#answers.length === 0;
  }

  clock(actor: Actor): Clock {
    return {
      now: () => this.now + actor.skewMs,
      sleep: (durationMs) => new Promise((wake) => this.#sleepers.push({ actor, at: Math.ceil(this.now + durationMs), wake })),
    };
  }

  /** The table as one actor sees it. */
  table(name: string, state: TableState, actor: Actor): OrderedTable {
    const read = <T>(what: string, step: () => T): Promise<T> => this.#read(actor, `${name}.${what}`, step);
    const single = async <T>(what: string, step: () => T): Promise<T> => {
      let outcome: T | undefined;
      await this.#write(actor, `${name}.${what}`, [() => {
        const result = step();
        outcome ??= result;
      }]);
      return outcome!;
    };
    return {
      get: (key, { strong }) => read(`get ${key.pk} ${key.sk}`, () => state.get(key, strong)),
      batchGet: (keys, { strong }) => Promise.all(keys.map((key) => read(`get ${key.pk} ${key.sk}`, () => state.get(key, strong)))),
      async query(query) {
        // What is empty may be seen empty at once; a history of the whole system asks hundreds of such partitions.
        if ((state.partitions.get(query.pk)?.size ?? 0) === 0) return { items: [] };
        return read(`query ${query.pk} ${query.from ?? ''}`, () => state.query(query));
      },
      scan: (scan) => read('scan', () => state.scan(scan)),
      put: (item, condition) => single(`put ${item.pk} ${item.sk} ${JSON.stringify(condition ?? '')}`, () => state.put(item, condition)),
      delete: (key, condition) => single(`delete ${key.pk} ${key.sk}`, () => state.delete(key, condition)),
      batchWrite: ({ puts = [], deletes = [] }: Batch) => this.#write(actor, `${name}.batchWrite +${puts.length} -${deletes.length} ${(puts[0] ?? deletes[0])?.sk ?? ''}`, [
        ...puts.map((item) => () => void state.put(item)),
        ...deletes.map((key) => () => void state.delete(key)),
      ]),
    };
  }

  /** Takes one step. @returns false when there is none to take. */
  async take(): Promise<boolean> {
    await new Promise((resolve) => setImmediate(resolve));
    this.step += 1;
    this.now += this.#random.below(3);
    const { crashes, jumps } = this.weather;
    if (crashes > 0 && this.#random.chance(crashes)) this.#crashSomebody();
    if (jumps > 0 && this.#random.chance(jumps)) this.now += this.#random.pick(jumpsMs);
    this.#giveUp();
    this.#wakeSleepers();
    const due = this.#operations.filter(({ notBefore = 0 }) => notBefore <= this.step);
    const possible = this.#favoured([...due, ...this.#answers]);
    if (possible.length === 0) return this.#wakeNext();
    const chosen = this.#random.pick(possible);
    if (this.#answers.includes(chosen)) this.#deliver(chosen);
    else this.#land(chosen);
    return true;
  }

  #giveUp(): void {
    if (this.longestFlightMs === Infinity) return;
    const isOver = ({ sent = this.now }: Operation): boolean => this.now - sent > this.longestFlightMs;
    const over = this.#operations.filter(isOver);
    if (over.length === 0) return;
    this.#operations = this.#operations.filter((one) => !isOver(one));
    for (const one of over) {
      this.trace?.(`${one.actor.name}: ${one.name} is given up`);
      if (one.answer !== undefined) this.#answers.push({ ...one, lost: true });
    }
  }

  #favoured(all: readonly Operation[]): readonly Operation[] {
    if (all.length < 2 || this.#favour === 0) return all;
    if (this.#random.chance(priorityChange)) this.#random.pick(all).actor.priority = this.#random.next();
    if (!this.#random.chance(this.#favour)) return all;
    const highest = Math.max(...all.map(({ actor }) => actor.priority));
    return all.filter(({ actor }) => actor.priority === highest);
  }

  /** The actor takes no further step; what it has sent may still arrive, or not. */
  crash(actor: Actor): void {
    this.trace?.(`${actor.name} crashes`);
    actor.crashed = true;
    this.#answers = this.#answers.filter((one) => one.actor !== actor);
    this.#sleepers = this.#sleepers.filter((one) => one.actor !== actor);
    this.#operations = this.#operations.flatMap((one) => {
      if (one.actor !== actor) return [one];
      return this.#random.chance(0.5) ? [{ ...one, answer: undefined }] : [];
    });
  }

  /** Everything sent by the dead arrives or is lost, and then a long time passes. */
  async pass(durationMs: number): Promise<void> {
    while (await this.take()) continue;
    this.now += durationMs;
    this.trace?.(`${durationMs} ms pass`);
  }

  #read<T>(actor: Actor, name: string, step: () => T): Promise<T> {
    const fails = this.#random.chance(this.weather.failedReads);
    return new Promise((resolve, reject) => {
      let result: T;
      const answer = { resolve: () => resolve(result), reject };
      this.#operations.push({ sent: this.now, actor, name, steps: [() => (result = step())], answer, lost: fails });
    });
  }

  #write(actor: Actor, name: string, steps: (() => void)[]): Promise<void> {
    if (steps.length === 0) return Promise.resolve();
    const { lostAnswers, lateEffects, doubledEffects } = this.weather;
    const fate = this.#random.next();
    const late = fate < lateEffects;
    const lost = late || fate < lateEffects + lostAnswers;
    const doubled = !late && this.#random.chance(doubledEffects);
    return new Promise((resolve, reject) => {
      const answer = { resolve, reject };
      const notBefore = this.step + this.#random.below(latestSteps);
      if (doubled) this.#operations.push({ sent: this.now, actor, name: `${name} (again)`, steps: [...steps], lost: false, notBefore });
      if (!late) this.#operations.push({ sent: this.now, actor, name, steps: [...steps], answer, lost });
      else {
        // Some of a batch is in time, the rest late or never.
        const inTime = this.#random.below(steps.length);
        this.#operations.push({ sent: this.now, actor, name: `${name} (late)`, steps: this.#random.chance(0.7) ? steps.slice(inTime) : [], lost: false, notBefore });
        this.#operations.push({ sent: this.now, actor, name, steps: steps.slice(0, inTime), answer, lost: true });
      }
    });
  }

  #land(operation: Operation): void {
    const { steps } = operation;
    if (steps.length > 0) {
      const [step] = steps.splice(this.#random.below(steps.length), 1);
      step!();
      this.trace?.(`${operation.actor.name}: ${operation.name}${steps.length > 0 ? `, ${steps.length} to come` : ''}`);
      this.probe();
    }
    if (steps.length > 0) return;
    this.#operations.splice(this.#operations.indexOf(operation), 1);
    if (operation.answer !== undefined) this.#answers.push(operation);
  }

  #deliver(operation: Operation): void {
    this.#answers.splice(this.#answers.indexOf(operation), 1);
    const { actor, name, answer, lost } = operation;
    if (lost) this.trace?.(`${actor.name} learns nothing of ${name}`);
    if (lost) answer!.reject(new TableUnavailable('the simulated table did not answer'));
    else answer!.resolve();
  }

  #wakeSleepers(): void {
    const awake = this.#sleepers.filter(({ at }) => at <= this.now);
    if (awake.length === 0) return;
    this.#sleepers = this.#sleepers.filter(({ at }) => at > this.now);
    for (const { wake } of awake) wake();
  }

  #wakeNext(): boolean {
    if (this.#sleepers.length === 0) return this.#operations.length > 0;
    this.now = Math.max(this.now, Math.min(...this.#sleepers.map(({ at }) => at)));
    this.#wakeSleepers();
    return true;
  }

  #crashSomebody(): void {
    const actors = [...new Set([...this.#operations, ...this.#answers, ...this.#sleepers].map(({ actor }) => actor))].filter(({ crashed }) => !crashed);
    if (actors.length > 0) this.crash(this.#random.pick(actors));
  }
}
