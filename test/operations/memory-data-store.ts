/** A data store in a map, for tests of operations alone: every rule a few lines, nothing durable. */
import { badRequest, conflict, duplicate, preconditionFailed } from '../../src/fhir/outcome.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { match } from '../../src/fhir/search/match.ts';
import type { DataStore, HistoryRequest, ResourceVersion, Write, WriteResult } from '../../src/store/data-store.ts';

export interface MemoryDataStore extends DataStore {
  /** Later than every instant given out before. */
  readonly tick: () => number;
}

export function memoryDataStore(start = Date.UTC(2024, 0, 1)): MemoryDataStore {
  const resources = new Map<string, ResourceVersion[]>();
  const log: ResourceVersion[] = [];
  const sealed = new Map<string, string>();
  let time = start;
  let ids = 0;
  const tick = (): number => (time += 1000);

  const write = async (write: Write): Promise<WriteResult> => {
    const type = write.interaction === 'delete' ? write.type : write.resource.resourceType;
    const wanted = write.interaction === 'update' ? write.resource.id : write.id;
    const id = wanted ?? `made-${++ids}`;
    const versions = resources.get(`${type}/${id}`) ?? [];
    const found = versions.at(-1);
    if (write.interaction === 'create' && found !== undefined) throw duplicate('Taken.');
    if (write.interaction === 'update' && write.ifNoneMatch !== undefined && found !== undefined) throw preconditionFailed('There.');
    if (write.interaction !== 'create' && write.ifMatch !== undefined && write.ifMatch !== found?.versionId) throw preconditionFailed('Other version.');
    const created = found === undefined || found.json === undefined;
    if (write.interaction === 'delete' && created) return { type, id, created: false };
    const versionId = (found?.versionId ?? 0) + 1;
    const lastUpdated = tick();
    const version: ResourceVersion = {
      type, id, versionId, lastUpdated, interaction: write.interaction,
      json: write.interaction === 'delete' ? undefined : stamped(write.resource, id, { versionId, lastUpdated }),
    };
    resources.set(`${type}/${id}`, [...versions, version]);
    log.unshift(version);
    return { type, id, version, created };
  };

  return {
    tick,
    write,
    read: async (type, id) => resources.get(`${type}/${id}`)?.at(-1),
    vread: async (type, id, versionId) => resources.get(`${type}/${id}`)?.[versionId - 1],
    async history({ type, id, count, since = 0, at, cursor = '0' }: HistoryRequest) {
      const all = log.filter((version) => {
        if (type !== undefined && version.type !== type) return false;
        if (id !== undefined && version.id !== id) return false;
        const until = resources.get(`${version.type}/${version.id}`)?.[version.versionId]?.lastUpdated ?? Infinity;
        return version.lastUpdated >= since && (at === undefined || (version.lastUpdated < at.high && until > at.low));
      });
      return page(all, count, cursor);
    },
    async search(query, cursor = '0') {
      const all = [...resources.values()].map((versions) => versions.at(-1) as ResourceVersion).filter(({ type, json }) => {
        if (type !== query.type || json === undefined) return false;
        const resource = JSON.parse(json) as Resource;
        return query.clauses.every((clause) => match(resource, clause, { now: time, baseUrl: '' }));
      });
      const { versions, next } = page(all, query.count, cursor);
      return { matches: versions, next };
    },
    async transact() {
      throw conflict('Transactions are not for this store.');
    },
    async forget() {},
    sealer: {
      seal(text) {
        const token = `sealed-${sealed.size}`;
        sealed.set(token, text);
        return token;
      },
      unseal: (token) => sealed.get(token),
    },
  };
}

function page(all: readonly ResourceVersion[], count: number, cursor: string) {
  if (!/^\d+$/.test(cursor)) throw badRequest('Not a cursor.');
  const from = Number(cursor);
  const next = from + count < all.length ? String(from + count) : undefined;
  return { versions: all.slice(from, from + count), next };
}

function stamped(resource: Resource, id: string, { versionId, lastUpdated }: { versionId: number; lastUpdated: number }): string {
  const { resourceType, id: _id, meta, ...content } = resource;
  const stamp = { versionId: String(versionId), lastUpdated: new Date(lastUpdated).toISOString() };
  return JSON.stringify({ resourceType, id, meta: { ...meta, ...stamp }, ...content });
}
