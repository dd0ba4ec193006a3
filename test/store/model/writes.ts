/** Writers and transactions, and what their answers must agree with. */
import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../../../src/fhir/resource.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Write, WriteResult } from '../../../src/store/data-store.ts';
import type { OpenDataStore } from '../../../src/store/open-data-store.ts';
import { Violation, type Committed, type Ledger, type Window } from './ledger.ts';
import type { Random } from './random.ts';

/** What became of a call: `unknown` when the table could not say, or the caller died. */
export type Outcome = { readonly result: unknown } | { readonly refused: number } | { readonly unknown: true };

export interface Call {
  readonly name: string;
  run(store: OpenDataStore, clock: Clock): Promise<unknown>;
  /** @throws Violation when the answer does not agree with what was committed. */
  check(outcome: Outcome, window: Window): void;
}

const types = ['Observation', 'Patient'] as const;
const ids = ['a', 'b'] as const;

/** A write whose version can be told from every other: its content names it. */
interface Tagged {
  readonly write: Write;
  readonly tag: string;
}

/** How the calls that carry one tag ended; repeats of a job step share theirs. */
interface Fate {
  acknowledged: number;
  unknown: number;
  readonly deletion: string | undefined;
}

export class Writes {
  readonly #random: Random;
  readonly #ledger: Ledger;
  readonly #fates = new Map<string, Fate>();
  /** Which tag owns a version that was answered. */
  readonly #owners = new Map<string, string>();
  readonly transactionIds: string[] = [];
  #tags = 0;

  constructor(random: Random, ledger: Ledger) {
    this.#random = random;
    this.#ledger = ledger;
  }

  /** A single write, sometimes repeated with its origin as a job does. */
  single(): Call[] {
    const random = this.#random;
    const repeats = random.chance(0.35) ? 2 + random.below(2) : 1;
    const type = random.pick(types);
    const tagged = this.#write(type, random.pick(ids), repeats > 1);
    const origin = repeats > 1 ? `job#${tagged.tag}` : undefined;
    const call = (): Call => ({
      name: `${describe(tagged.write)}${origin === undefined ? '' : ` as ${origin}`} tag ${tagged.tag}`,
      run: (store) => store.write(tagged.write, origin === undefined ? {} : { origin }),
      check: (outcome, window) => this.#settle([tagged], outcome, { window, repeated: repeats > 1, many: (result) => [result as WriteResult] }),
    });
    return Array.from({ length: repeats }, call);
  }

  /** A transaction over one to four resources, sometimes repeated under its id. */
  transaction(): Call[] {
    const random = this.#random;
    const repeats = random.chance(0.35) ? 2 + random.below(2) : 1;
    const all = types.flatMap((type) => ids.map((id) => ({ type, id, order: random.next() }))).sort((one, other) => one.order - other.order);
    const writes = all.slice(0, 1 + random.below(4)).map(({ type, id }) => this.#write(type, id, repeats > 1));
    const transactionId = repeats > 1 ? `t${writes[0]!.tag}` : undefined;
    if (transactionId !== undefined) this.transactionIds.push(transactionId);
    const call = (): Call => ({
      name: `transact ${transactionId ?? ''} ${writes.map(({ write, tag }) => `${describe(write)} tag ${tag}`).join('; ')}`,
      run: (store) => store.transact(writes.map(({ write }) => write), transactionId === undefined ? {} : { transactionId }),
      check: (outcome, window) => this.#settle(writes, outcome, { window, repeated: repeats > 1, many: (result) => result as WriteResult[] }),
    });
    return Array.from({ length: repeats }, call);
  }

  #write(type: string, id: string, named: boolean): Tagged {
    const random = this.#random;
    const tag = String((this.#tags += 1));
    const ifMatch = random.chance(0.3) ? Math.max(1, (this.#ledger.current(type, id)?.versionId ?? 0) - (random.chance(0.2) ? 1 : 0)) : undefined;
    const precondition = ifMatch === undefined ? {} : { ifMatch };
    const kind = random.below(10);
    const resource = type === 'Patient' ? patient(random, tag) : observation(random, tag);
    if (kind < 2) return { tag, write: { interaction: 'create', resource, ...(named || random.chance(0.8) ? { id } : {}) } };
    if (kind < 4) return { tag, write: { interaction: 'delete', type, id, ...precondition } };
    const once = ifMatch === undefined && random.chance(0.1) ? { ifNoneMatch: '*' as const } : {};
    return { tag, write: { interaction: 'update', resource: { ...resource, id }, ...precondition, ...once } };
  }

  #settle(writes: readonly Tagged[], outcome: Outcome, how: { window: Window; repeated: boolean; many: (result: unknown) => readonly WriteResult[] }): void {
    if ('result' in outcome) {
      const results = how.many(outcome.result);
      for (const [position, tagged] of writes.entries()) this.#checkResult(tagged, results[position]!, how);
      return;
    }
    const unknown = 'unknown' in outcome;
    for (const { tag, write } of writes) this.#fate(tag, write).unknown += unknown ? 1 : 0;
    if (!unknown && outcome.refused === 412 && !how.repeated) this.#checkRefusal(writes, how.window);
  }

  #fate(tag: string, write: Write): Fate {
    const known = this.#fates.get(tag) ?? { acknowledged: 0, unknown: 0, deletion: write.interaction === 'delete' ? `${write.type}/${write.id}` : undefined };
    this.#fates.set(tag, known);
    return known;
  }

  #checkResult({ write, tag }: Tagged, result: WriteResult, { window, repeated }: { window: Window; repeated: boolean }): void {
    const { type, id, version } = result;
    const fail = (why: string): never => {
      throw new Violation(`the answer to tag ${tag} (${describe(write)}) ${why}`);
    };
    if (version === undefined) {
      if (write.interaction !== 'delete') fail('has no version');
      const states = this.#ledger.states(type, id, repeated ? { from: 0, until: window.until } : window);
      if (!states.some((state) => state === undefined || state.interaction === 'delete')) fail('says there was nothing to delete');
      return;
    }
    this.#fate(tag, write).acknowledged += 1;
    const made = this.#ledger.version(type, id, version.versionId) ?? fail('names a version that was not committed');
    if (made.from > window.until || (!repeated && made.from <= window.from)) fail('names a version that was not committed during the call');
    if (made.json !== version.json || made.lastUpdated !== version.lastUpdated || made.interaction !== version.interaction) fail('shows another content');
    if (made.resource !== undefined && made.resource.tag !== tag) fail('shows the version of another writer');
    if (made.interaction !== write.interaction) fail('did something else');
    const before = this.#ledger.version(type, id, version.versionId - 1);
    if (result.created !== (before === undefined || before.interaction === 'delete')) fail('is wrong about whether it created');
    if (write.interaction === 'create' && before !== undefined) fail('created on top of another version');
    if (write.interaction === 'update' && write.ifNoneMatch !== undefined && before !== undefined) fail('overlooked If-None-Match');
    if (write.interaction !== 'create' && write.ifMatch !== undefined && before?.versionId !== write.ifMatch) fail('overlooked If-Match');
    const place = `${type}/${id}/${version.versionId}`;
    if ((this.#owners.get(place) ?? tag) !== tag) fail('claims the version of another');
    this.#owners.set(place, tag);
  }

  /** A 412 must have been true at some moment of the call. */
  #checkRefusal(writes: readonly Tagged[], window: Window): void {
    const wrong = writes.some(({ write }) => {
      if (write.interaction === 'create') return false;
      const [type, id] = write.interaction === 'delete' ? [write.type, write.id] : [write.resource.resourceType, write.resource.id];
      return this.#ledger.states(type, id, window).some((state) =>
        (write.ifMatch !== undefined && state?.versionId !== write.ifMatch) ||
        (write.interaction === 'update' && write.ifNoneMatch !== undefined && state !== undefined));
    });
    if (!wrong) throw new Violation(`412 without a reason for ${writes.map(({ tag }) => tag).join()}`);
  }

  /** At the end: acknowledged writes are in the history once, refused ones never, unknown ones at most once. */
  checkHistory(): void {
    const made = new Map<string, number>();
    const deletions = new Map<string, Committed[]>();
    for (const committed of this.#ledger.all()) {
      const tag = committed.resource?.tag as string | undefined;
      if (tag !== undefined) made.set(tag, (made.get(tag) ?? 0) + 1);
      else deletions.set(`${committed.type}/${committed.id}`, [...(deletions.get(`${committed.type}/${committed.id}`) ?? []), committed]);
    }
    for (const [tag, count] of made) {
      const fate = this.#fates.get(tag);
      if (count > 1) throw new Violation(`the write of tag ${tag} was applied ${count} times`);
      if (fate === undefined || fate.acknowledged + fate.unknown === 0) throw new Violation(`the refused write of tag ${tag} was applied`);
    }
    for (const [tag, fate] of this.#fates) {
      if (fate.deletion === undefined && fate.acknowledged > 0 && made.get(tag) !== 1) throw new Violation(`the acknowledged write of tag ${tag} is lost`);
    }
    for (const [resource, all] of deletions) {
      const unknown = [...this.#fates.values()].filter((fate) => fate.deletion === resource && fate.acknowledged === 0 && fate.unknown > 0).length;
      const unowned = all.filter(({ versionId }) => !this.#owners.has(`${resource}/${versionId}`)).length;
      if (unowned > unknown) throw new Violation(`${resource} was deleted more often than anybody asked`);
    }
  }
}

export function sameContent(committed: Committed | undefined, version: { readonly versionId: number; readonly json?: string; readonly lastUpdated: number; readonly interaction: string }): boolean {
  return committed !== undefined && isDeepStrictEqual(
    [committed.versionId, committed.json, committed.lastUpdated, committed.interaction],
    [version.versionId, version.json, version.lastUpdated, version.interaction],
  );
}

function describe(write: Write): string {
  const id = write.interaction === 'update' ? write.resource.id : write.id;
  const type = write.interaction === 'delete' ? write.type : write.resource.resourceType;
  const ifMatch = write.interaction === 'create' ? undefined : write.ifMatch;
  return `${write.interaction} ${type}/${id ?? '?'}${ifMatch === undefined ? '' : ` if ${ifMatch}`}`;
}

const effectives = ['2024-01-01T00:00:00Z', '2024-02-02', '2024-03', undefined] as const;
const system = 'http://unitsofmeasure.org';
const quantities = [{ value: 5, system, code: 'g' }, { value: 5000, system, code: 'mg' }, { value: 7, unit: 'drops' }, undefined] as const;
const profiles = ['http://profiles.example/a', undefined, 'http://profiles.example/a/b'] as const;
const names = ['ab c', 'ab', 'b d', 'bc'] as const;

/** Mostly the first, so that many updates change nothing that the index knows. */
function mostly<T>(random: Random, choices: readonly T[]): T {
  return random.chance(0.6) ? choices[0]! : random.pick(choices);
}

function observation(random: Random, tag: string): Resource {
  const effectiveDateTime = mostly(random, effectives);
  const valueQuantity = mostly(random, quantities);
  const profile = mostly(random, profiles);
  return {
    resourceType: 'Observation',
    code: { coding: [{ code: mostly(random, ['x', 'y']) }] },
    subject: { reference: `Patient/${mostly(random, ids)}` },
    ...(profile === undefined ? {} : { meta: { profile: [profile] } }),
    ...(effectiveDateTime === undefined ? {} : { effectiveDateTime }),
    ...(valueQuantity === undefined ? {} : { valueQuantity }),
    tag,
  };
}

function patient(random: Random, tag: string): Resource {
  return {
    resourceType: 'Patient',
    name: [{ family: mostly(random, names) }],
    ...(random.chance(0.9) ? { birthDate: mostly(random, ['1950', '1960-01-01']) } : {}),
    tag,
  };
}
