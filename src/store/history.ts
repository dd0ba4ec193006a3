/**
 * History (https://hl7.org/fhir/R4/http.html#history) of an instance from its own partition, of a type or the whole
 * system from the history family of the index. Newest first, deletions included. A page ends as a search's does: by
 * count, size or time.
 */
import { resourceTypes } from '../fhir/definitions/resource-types.ts';
import { openCursor, sealCursor } from './cursor.ts';
import type { HistoryPage, HistoryRequest, HistoryVersion, Sealer } from './data-store.ts';
import { partitions } from './entry-partitions.ts';
import { walkIndex, type Candidate, type Place, type Stage } from './index-walk.ts';
import { resourcePartition, versionKey, versionKeyPrefix } from './keys.ts';
import { isFirst } from './next-version.ts';
import { afterAllKeys, instantKey } from './order-preserving.ts';
import { maxSearchPageBytes, searchTimeBudgetMs, type StoreContext } from './store-context.ts';
import { typeCode } from './type-code.ts';
import { resourceVersion, versionOfItem, type StoredVersion } from './version-item.ts';
import { versionReader, type VersionReader } from './version-reader.ts';

/** A version and the instant at which the next one replaced it; Infinity while it is current. */
interface Lived {
  readonly version: StoredVersion;
  readonly until: number;
}

export async function history(context: StoreContext, sealer: Sealer, request: HistoryRequest): Promise<HistoryPage> {
  const { type, id, count, since, at, cursor: sealed } = request;
  const query = [type, id, since, at];
  const cursor = sealed === undefined ? undefined : openCursor(sealer, query, sealed);
  const instant = cursor?.instant ?? context.clock.now();
  const source = id === undefined ? indexHistory(context, request, cursor?.place) : instanceHistory(context, { type: type!, id }, cursor?.place);
  const deadline = context.clock.now() + searchTimeBudgetMs;
  const versions: HistoryVersion[] = [];
  let bytes = 0;
  let seen: StoredVersion | undefined;
  for await (const { version, until } of source) {
    const asked = isAsked(version, until, request);
    const found = asked && versions.length < count ? await resourceVersion(context.objects, version) : undefined;
    bytes += found?.json?.length ?? 0;
    const isFull = asked && (found === undefined || (bytes > maxSearchPageBytes && versions.length > 0));
    if (seen !== undefined && (isFull || context.clock.now() > deadline)) {
      return { versions, next: sealCursor(sealer, query, { instant, place: placeOf(seen), driver: 0 }) };
    }
    if (found !== undefined) versions.push(isFirst(version) ? { ...found, isFirst: true } : found);
    seen = version;
  }
  return { versions };
}

function isAsked({ lastUpdated }: StoredVersion, until: number, { since, at }: HistoryRequest): boolean {
  if (since !== undefined && lastUpdated < since) return false;
  return at === undefined || (lastUpdated < at.high && until > at.low);
}

/** Members of one transaction share an instant and may share an id, so the type belongs to the place. */
function placeOf({ type, lastUpdated, id, versionId }: StoredVersion): Place {
  return { stage: versionId, order: instantKey(lastUpdated), id: `${id}#${typeCode(type)}` };
}

/** Past versions read at a time. */
const pastVersionRows = 100;

async function* instanceHistory(context: StoreContext, key: { type: string; id: string }, after: Place | undefined): AsyncGenerator<Lived> {
  const { resources } = context;
  const view = await versionReader(resources).view(key);
  if (view?.version === undefined) return;
  let until = Infinity;
  const older = after?.stage ?? Infinity;
  const head = view.version === view.current.version ? [view.version] : [view.version, ...(view.current.version === undefined ? [] : [view.current.version])];
  for (const version of head) {
    if (version.versionId < older) yield { version, until };
    until = version.lastUpdated;
  }
  const pk = resourcePartition(key.type, key.id);
  // A writer puts the past version before the new one: what is not older than `@` is not past yet.
  const newest = Math.min(head.at(-1)!.versionId, older);
  if (newest <= 1) return;
  let behind: string | undefined = versionKey(newest);
  if (newest < head.at(-1)!.versionId) {
    const next = await resources.get({ pk, sk: behind }, { strong: true });
    if (next !== undefined) until = versionOfItem(next).lastUpdated;
  }
  while (behind !== undefined) {
    const page = await resources.query({ pk, from: versionKeyPrefix, descending: true, limit: pastVersionRows, after: behind, strong: true });
    for (const item of page.items) {
      const version = versionOfItem(item);
      yield { version, until };
      until = version.lastUpdated;
    }
    behind = page.next;
  }
}

/** Entries read at a time. */
const historyRows = 200;

async function* indexHistory(context: StoreContext, { type, since, at }: HistoryRequest, after: Place | undefined): AsyncGenerator<Lived> {
  const { index, resources, rules } = context;
  const types = type === undefined ? resourceTypes : [type];
  const shards = Array.from({ length: rules.shards }, (_, shard) => shard);
  const to = at === undefined ? afterAllKeys : instantKey(at.high);
  const from = since === undefined ? '' : instantKey(since);
  const stage: Stage = types.flatMap((one) => shards.map((shard) => ({ pk: partitions(rules).history(one, shard), dateClass: '', from, to })));
  // What shares instant and id with the last version is read again, and left out up to its type.
  const [lastId, lastType] = after?.id.split('#') ?? [];
  const place = after === undefined ? undefined : { stage: 0, order: after.order, id: `${lastId}#${afterAllKeys}` };
  const isServed = (candidate: Candidate): boolean =>
    candidate.place.order === after?.order && candidate.id === lastId && typeCode(candidate.type) <= lastType!;
  const walk = walkIndex(index, { stages: [stage], descending: true }, place);
  const reader = versionReader(resources);
  for (;;) {
    const candidates = await walk.next(historyRows);
    if (candidates.length === 0) return;
    const unserved = candidates.filter((candidate) => !isServed(candidate));
    const found = await Promise.all(unserved.map((candidate) => committed(reader, candidate, at !== undefined)));
    for (const lived of found) if (lived !== undefined) yield lived;
  }
}

/** The version that the entry's attempt made, if it was committed at all. */
async function committed(reader: VersionReader, { type, id, versionId, writeId }: Candidate, wantsEnd: boolean): Promise<Lived | undefined> {
  const version = await reader.version({ type, id }, versionId!);
  if (version === undefined || version.writeId !== writeId) return undefined;
  const next = wantsEnd ? await reader.version({ type, id }, versionId! + 1) : undefined;
  return { version, until: next?.lastUpdated ?? Infinity };
}

