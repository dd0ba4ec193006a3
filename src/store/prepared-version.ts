/** A version ready to be put: computed from a write and what stands there, with the entries that will lead to it. */
import { parseJson } from '../fhir/json.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Item, Key } from '../ports/ordered-table.ts';
import type { Write } from './data-store.ts';
import { withCustom } from './compiled-rules.ts';
import { entryKeys, historyEntry, searchEntries, storedEntries } from './entries.ts';
import { handedOn } from './import-trace.ts';
import { nextVersion, stamped } from './next-version.ts';
import { encodedBody, maxInlineBodyBytes, placeBody, placeContent } from './placed-objects.ts';
import type { StoreContext } from './store-context.ts';
import { versionJson, type StoredVersion } from './version-item.ts';
import type { ResourceKey } from './version-reader.ts';

export interface PreparedVersion {
  readonly version: StoredVersion;
  readonly creates: boolean;
  readonly json?: string;
  /** The entry set and the entry of history, ready to be put. */
  readonly entries: readonly Item[];
}

/** What a new version is made on. */
export interface VersionBase {
  readonly key: ResourceKey;
  readonly found: StoredVersion | undefined;
  /** Its lastUpdated, ms. */
  readonly stamp: number;
  readonly origin?: string;
  /** Its number where nothing was found; 1 when absent. */
  readonly firstVersionId?: number | undefined;
  /** That of the transaction; a fresh one when absent. */
  readonly writeId?: string;
}

/** Computes a version and its entries; a body too large for an item, and a content, are placed in the object store. */
export async function prepareVersion(context: StoreContext, write: Write, base: VersionBase): Promise<PreparedVersion> {
  const { rules, ids, clock } = context;
  const { type, id } = base.key;
  const next = nextVersion(base.found, base.stamp, base.firstVersionId);
  const writeId = base.writeId ?? ids.writeId(clock.now());
  const place = { type, id, writeId };
  const subject = { ...place, ...next };
  const history = historyEntry(subject, rules);
  const affirmed = handedOn(base.found?.affirmed, clock.now());
  const version: Draft = {
    ...place,
    versionId: next.versionId,
    lastUpdated: next.lastUpdated,
    created: next.created,
    interaction: write.interaction,
    generation: rules.generation,
  };
  if (base.origin !== undefined) version.origin = base.origin;
  if (affirmed !== undefined) version.affirmed = affirmed;
  if (write.interaction === 'delete') return { version, creates: next.creates, entries: [history] };
  const resource = stamped(write.resource, id, next);
  const json = JSON.stringify(resource);
  const keys = entryKeys(searchEntries(resource, subject, rules), subject, writeId);
  const body = encodedBody(context, json);
  if (body.length <= maxInlineBodyBytes) version.body = body;
  else version.bodyObject = await placeBody(context, body, version);
  if (write.content !== undefined) version.content = await placeContent(context, write.content, version);
  return { version, creates: next.creates, json, entries: [...keys, history] };
}

/** A version on its way. */
type Draft = { -readonly [name in keyof StoredVersion]: StoredVersion[name] };

/** The set of a version that was replaced: computed anew from its body, by the rules it was written under. */
export async function replacedEntries(context: StoreContext, version: StoredVersion): Promise<readonly Key[]> {
  const json = await versionJson(context.objects, version);
  if (json === undefined) return [];
  const resource = parseJson(json) as Resource;
  const { known } = await context.indexRules.current();
  const rules = withCustom({ ...context.rules, generation: version.generation }, known);
  return entryKeys(storedEntries(resource, version, rules), version, version.writeId);
}
