/**
 * What is committed, decided from the raw items alone and apart from the store's own reader, and everything that must
 * hold of the tables after every single step.
 */
import { parseJson } from '../../../src/fhir/json.ts';
import type { Resource } from '../../../src/fhir/resource.ts';
import { decodeBody } from '../../../src/store/body.ts';
import { entryKeys, historyEntry, searchEntries } from '../../../src/store/entries.ts';
import type { EntryRules } from '../../../src/store/entry-partitions.ts';
import { bundleRecordKey, rulesKey } from '../../../src/store/keys.ts';
import type { Attributes, Item, Key } from '../../../src/ports/ordered-table.ts';
import type { TableState } from './table-state.ts';

export class Violation extends Error {
  override readonly name = 'Violation';
}

/** How a version is spelled in an item. */
type VersionAttributes = Attributes & {
  readonly version: number;
  readonly updated: number;
  readonly created: number;
  readonly write: string;
  readonly interaction: string;
  readonly origin?: string;
};

export interface Committed {
  readonly type: string;
  readonly id: string;
  readonly versionId: number;
  readonly writeId: string;
  readonly interaction: string;
  readonly lastUpdated: number;
  readonly created: number;
  readonly origin?: string;
  readonly json?: string;
  readonly resource?: Resource;
  /** Where its index entries stand, apart from the one of `_lastUpdated`. */
  readonly positions: string;
  readonly entries: readonly Key[];
  readonly history: Key;
  readonly item: Item;
  /** The step at which it became current, and the one at which it was replaced. */
  readonly from: number;
  until: number;
}

export class Ledger {
  readonly timelines = new Map<string, Committed[]>();
  readonly #resources: TableState;
  readonly #index: TableState;
  readonly #rules: EntryRules;

  constructor(resources: TableState, index: TableState, rules: EntryRules) {
    this.#resources = resources;
    this.#index = index;
    this.#rules = rules;
  }

  *all(): Generator<Committed> {
    for (const timeline of this.timelines.values()) yield* timeline;
  }

  current(type: string, id: string): Committed | undefined {
    return this.timelines.get(`${type}/${id}`)?.at(-1);
  }

  version(type: string, id: string, versionId: number): Committed | undefined {
    return this.timelines.get(`${type}/${id}`)?.[versionId - 1];
  }

  /** The states of a resource that were current at some time from step `from` to step `until`; `undefined`: none yet. */
  states(type: string, id: string, window: Window): readonly (Committed | undefined)[] {
    const timeline = this.timelines.get(`${type}/${id}`) ?? [];
    const states: (Committed | undefined)[] = timeline.filter((one) => one.from <= window.until && one.until > window.from);
    return (timeline[0]?.from ?? Infinity) > window.from ? [undefined, ...states] : states;
  }

  /** Looks at the tables as they are now. @throws Violation of what must hold after every step. */
  probe(step: number): void {
    const changed: { readonly committed: Committed; readonly bundleId: string | undefined }[] = [];
    for (const [pk, partition] of this.#resources.partitions) {
      if (partition.size === 0 || pk.startsWith('bundles/') || pk === rulesKey.pk) continue;
      const found = this.#decide(pk, partition);
      const timeline = this.timelines.get(pk) ?? [];
      const last = timeline.at(-1);
      if (found === undefined) {
        if (last !== undefined) throw new Violation(`${pk} had version ${last.versionId} and has none now`);
        continue;
      }
      if (found.item.attributes!.write !== last?.writeId) changed.push({ committed: this.#commit(pk, found.item, step), bundleId: found.bundleId });
      this.#check(pk, partition);
    }
    this.#checkAtomicity(changed);
  }

  /** What a fresh reader shall see, and the transaction that decided it. */
  #decide(pk: string, partition: ReadonlyMap<string, Item>): { readonly item: Item; readonly bundleId?: string } | undefined {
    const item = partition.get('@');
    const bundleId = item?.attributes?.bundle as string | undefined;
    if (bundleId !== undefined && this.#resources.get(bundleRecordKey(bundleId))?.attributes?.state === 'committed') {
      const intended = partition.get(`i#${bundleId}`);
      if (intended === undefined) throw new Violation(`${pk} has a committed intent without a body`);
      return { item: intended, bundleId };
    }
    return item?.attributes?.version === undefined ? undefined : { item };
  }

  #commit(pk: string, item: Item, step: number): Committed {
    const timeline = this.timelines.get(pk) ?? [];
    this.timelines.set(pk, timeline);
    const last = timeline.at(-1);
    const committed = this.#read(pk, item, step);
    if (committed.versionId !== (last?.versionId ?? 0) + 1) {
      throw new Violation(`${pk} went from version ${last?.versionId ?? 0} to ${committed.versionId} (${last?.writeId} to ${committed.writeId})`);
    }
    if (last !== undefined) {
      if (committed.lastUpdated <= last.lastUpdated) throw new Violation(`${pk}: lastUpdated of version ${committed.versionId} is not later`);
      last.until = step;
    }
    timeline.push(committed);
    return committed;
  }

  #read(pk: string, item: Item, step: number): Committed {
    const [type, id] = pk.split('/') as [string, string];
    const { version: versionId, updated: lastUpdated, created, write: writeId, interaction, origin } = item.attributes as VersionAttributes;
    const subject = { type, id, versionId, lastUpdated, created, writeId };
    const json = item.body === undefined ? undefined : decodeBody(item.body);
    const resource = json === undefined ? undefined : (parseJson(json) as Resource);
    const found = resource === undefined ? [] : searchEntries(resource, subject, this.#rules);
    const positions = resource === undefined ? '' : searchEntries(resource, { ...subject, lastUpdated: 0 }, this.#rules).map(({ pk, position }) => pk + position).sort().join();
    const history = historyEntry(subject, this.#rules);
    return {
      ...subject, interaction, json, resource, positions, item, from: step, until: Infinity,
      ...(origin === undefined ? {} : { origin }), entries: entryKeys(found, subject, writeId), history: { pk: history.pk, sk: history.sk },
    };
  }

  #check(pk: string, partition: ReadonlyMap<string, Item>): void {
    const timeline = this.timelines.get(pk)!;
    const last = timeline.at(-1)!;
    for (const key of last.entries) {
      if (!this.#index.has(key.pk, key.sk)) throw new Violation(`${pk} version ${last.versionId} (${last.writeId}) is unreachable by ${key.sk}`);
    }
    for (const committed of timeline) {
      const { history, versionId } = committed;
      if (!this.#index.has(history.pk, history.sk)) throw new Violation(`${pk} version ${versionId} is not in the history of its type`);
      if (committed !== last) this.#checkPast(partition, committed);
    }
  }

  #checkPast(partition: ReadonlyMap<string, Item>, { item, versionId, writeId, type, id }: Committed): void {
    const past = partition.get(`v${String(versionId).padStart(10, '0')}`);
    const base = partition.get('@');
    const kept = past ?? (base?.attributes?.write === writeId ? base : undefined);
    if (kept === undefined) throw new Violation(`${type}/${id} lost version ${versionId}`);
    if (kept.attributes!.write !== writeId || (kept.body !== item.body && Buffer.compare(kept.body!, item.body!) !== 0)) {
      throw new Violation(`${type}/${id} changed its past version ${versionId}`);
    }
  }

  #checkAtomicity(changed: readonly { readonly committed: Committed; readonly bundleId: string | undefined }[]): void {
    for (const { bundleId } of changed) {
      if (bundleId === undefined) continue;
      const record = this.#resources.get(bundleRecordKey(bundleId))!;
      const members = JSON.parse(decodeBody(record.body!)) as { type: string; id: string }[];
      for (const { type, id } of members) {
        const moved = changed.some(({ committed }) => committed.type === type && committed.id === id && committed.writeId === record.attributes!.write);
        if (!moved) throw new Violation(`a transaction changed only some of its members: not ${type}/${id}`);
      }
    }
  }
}

/** Steps between which a call was under way. */
export interface Window {
  readonly from: number;
  readonly until: number;
}
