/**
 * Where the parts of a store get its index rules from, and how one who changes them knows when nobody writes by older ones.
 *
 * Several processes read them anew when they are older than a lifetime, and a change is in force after it, and the longest
 * that a write may take. A process that is alone with its store changes them in place, and waits for the writes it has begun.
 */
import { conflict } from '../fhir/outcome.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import { TableUnavailable, type OrderedTable } from '../ports/ordered-table.ts';
import { compileRules, firstCompiledRules, withCustom, type CompiledRules, type RulesSource } from './compiled-rules.ts';
import { indexRulesItem, indexRulesOfItem, type IndexRules } from './index-rules.ts';
import { rulesKey } from './keys.ts';
import { settledPut } from './settled-put.ts';
import { commitWindowMs, latestCommitMs, type StoreContext } from './store-context.ts';

/** So far the clocks of two machines may be apart. */
const maxClockSkewMs = 5000;
/** Longer than a write may take from its rules to its commit, and than a search. */
export const rulesSettleMs = commitWindowMs + maxClockSkewMs;

/** Changes are made by `$reindex` jobs, of which one is at work. */
const maxChangeAttempts = 10;

/** Rules may have become too old on their way; a process that slow is not going to write either. */
const maxReads = 3;

export interface SourceParts {
  readonly resources: OrderedTable;
  readonly clock: Clock;
  readonly ids: Ids;
  /** How long rules are used before they are read again; absent for a process that is alone with the store. */
  readonly rulesLifetimeMs?: number;
}

export function rulesSource(parts: SourceParts): RulesSource {
  return new Source(parts);
}

interface Attempt {
  readonly rules: CompiledRules;
  readonly ended: Promise<unknown>;
}

class Source implements RulesSource {
  readonly #parts: SourceParts;
  readonly #attempts = new Set<Attempt>();
  #known: CompiledRules | undefined;
  /** When what is known was asked for. */
  #asked = -Infinity;
  #reading: Promise<CompiledRules> | undefined;
  /** By when a change of this process was in the table. */
  #landed: { readonly rev: string; readonly at: number } | undefined;

  constructor(parts: SourceParts) {
    this.#parts = parts;
  }

  async current(): Promise<CompiledRules> {
    const { clock, rulesLifetimeMs = Infinity } = this.#parts;
    for (let reads = 0; reads < maxReads; reads += 1) {
      if (this.#known !== undefined && clock.now() - this.#asked < rulesLifetimeMs) return this.#known;
      this.#reading ??= this.fresh().finally(() => (this.#reading = undefined));
      await this.#reading;
    }
    throw new TableUnavailable('The rules of the index were too old each time when they came.');
  }

  async fresh(): Promise<CompiledRules> {
    const asked = this.#parts.clock.now();
    const item = await this.#parts.resources.get(rulesKey, { strong: true });
    // What another asked for later is as new.
    if (asked < this.#asked && this.#known !== undefined) return this.#known;
    return this.#learn(item === undefined ? undefined : indexRulesOfItem(item), asked);
  }

  #learn(rules: IndexRules | undefined, asked: number): CompiledRules {
    this.#asked = asked;
    if (this.#known === undefined || this.#known.rules.rev !== rules?.rev) this.#known = rules === undefined ? firstCompiledRules : compileRules(rules);
    return this.#known;
  }

  async under<Result>(work: (rules: CompiledRules) => Promise<Result>): Promise<Result> {
    const rules = await this.current();
    const working = work(rules);
    const attempt: Attempt = { rules, ended: working.catch(() => undefined) };
    this.#attempts.add(attempt);
    try {
      return await working;
    } finally {
      this.#attempts.delete(attempt);
    }
  }

  async change(next: Parameters<RulesSource['change']>[0]): Promise<CompiledRules> {
    const { clock, ids } = this.#parts;
    for (let attempt = 0; attempt < maxChangeAttempts; attempt += 1) {
      const standing = await this.fresh();
      const changed = next(standing.rules);
      if (changed === undefined) return standing;
      const rules = { ...changed, rev: ids.rev(), changed: clock.now() };
      const before = standing.rules.rev;
      const condition = before === undefined ? ({ attribute: 'rev', absent: true } as const) : ({ attribute: 'rev', equals: before } as const);
      const outcome = await settledPut(this.#parts, indexRulesItem(rules), { condition, until: rules.changed + latestCommitMs });
      if (!outcome.written && outcome.found?.attributes?.rev !== rules.rev) continue;
      this.#landed = { rev: rules.rev, at: clock.now() };
      return this.#learn(rules, rules.changed);
    }
    throw conflict('Others change the search parameters of this data store at this moment. Send the request again.');
  }

  async settledAt(rules: CompiledRules): Promise<number | undefined> {
    const { clock, rulesLifetimeMs } = this.#parts;
    const { rev, changed } = rules.rules;
    if (rulesLifetimeMs === undefined) {
      await Promise.all([...this.#attempts].filter((one) => one.rules.rules.rev !== rev).map(({ ended }) => ended));
      return undefined;
    }
    const landed = this.#landed?.rev === rev ? this.#landed!.at : changed + commitWindowMs;
    const settled = landed + rulesLifetimeMs + rulesSettleMs;
    return settled <= clock.now() ? undefined : settled;
  }

  async commitsEndedAt(instant: number): Promise<number | undefined> {
    const { clock, rulesLifetimeMs } = this.#parts;
    if (rulesLifetimeMs !== undefined) {
      const ended = instant + rulesSettleMs;
      return ended <= clock.now() ? undefined : ended;
    }
    // What begins in the millisecond of the instant may still be stamped with it.
    while (clock.now() <= instant) await clock.sleep(1);
    await Promise.all([...this.#attempts].map(({ ended }) => ended));
    return undefined;
  }
}

/** Runs one attempt to write under the rules of this moment. */
export function underRules<Result>(context: StoreContext, work: (ruled: StoreContext) => Promise<Result>): Promise<Result> {
  return context.indexRules.under(({ filed }) => work({ ...context, rules: withCustom(context.rules, filed) }));
}
