/** A data store in memory with notes in it, and the local engine. */
import { localEngine } from '../../../src/clinical-text/engine.ts';
import { parseJson } from '../../../src/fhir/json.ts';
import type { Resource } from '../../../src/fhir/resource.ts';
import { randomIds } from '../../../src/machine/random-ids.ts';
import { textExtractor } from '../../../src/machine/note-formats/text-extractor.ts';
import { noteText } from '../../../src/operations/enrichment/document-text.ts';
import type { EnrichDependencies } from '../../../src/operations/enrichment/enrich-document.ts';
import type { BucketPlace } from '../../../src/ports/buckets.ts';
import { openDataStore } from '../../../src/store/open-data-store.ts';
import type { OpenDataStore } from '../../../src/store/open-data-store.ts';
import { memoryTable } from '../../store/memory-table.ts';

export const datastoreId = '0123456789abcdef0123456789abcdef';

export interface NoteStore extends EnrichDependencies {
  readonly store: OpenDataStore;
  readonly clock: { now: () => number; sleep: () => Promise<void>; ms: number };
  /** Objects by bucket and key. */
  readonly objects: Map<string, Uint8Array>;
  write(text: string, elements?: object): Promise<number>;
  /** The resource as it is; undefined where it is not, or not any more. */
  read(name: string): Promise<Resource | undefined>;
  /** Of the type, all that are there. */
  all(type: string): Promise<readonly Resource[]>;
}

export const engine = localEngine();
export const note = { type: 'DocumentReference', id: 'n1' } as const;

export function document(text: string, elements: object = {}): Resource & { id: string } {
  return {
    resourceType: note.type, id: note.id, status: 'current', subject: { reference: 'Patient/p1' },
    content: [{ attachment: { contentType: 'text/plain', data: Buffer.from(text).toString('base64') } }],
    ...elements,
  };
}

export function noteStore(): NoteStore {
  const clock = { ms: Date.UTC(2026, 10, 23), now: () => (clock.ms += 1), sleep: async () => {} };
  const objects = new Map<string, Uint8Array>();
  const objectStore = {
    put: async (key: string, body: Uint8Array) => void objects.set(key, body),
    get: async (key: string) => objects.get(key),
    delete: async (key: string) => void objects.delete(key),
    list: async () => ({ keys: [...objects.keys()] }),
  };
  const store = openDataStore({
    resources: memoryTable(), index: memoryTable(), objects: objectStore, clock, ids: randomIds, secret: new Uint8Array(32).fill(1), shards: 1,
  });
  const bucketObjects = new Map<string, Uint8Array>();
  const buckets = {
    head: async ({ bucket, key }: BucketPlace) => {
      const found = bucketObjects.get(`${bucket}/${key}`);
      return found && { key, sizeBytes: found.length, revision: '1' };
    },
    async *read({ bucket, key }: BucketPlace) {
      yield bucketObjects.get(`${bucket}/${key}`)!;
    },
  };
  const parsed = (json: string | undefined): Resource | undefined => (json === undefined ? undefined : parseJson(json) as Resource);
  return {
    store, clock, nlp: engine, objects: bucketObjects,
    textOf: noteText({ datastoreId, store, buckets, openContent: async () => undefined, extractor: textExtractor }),
    async write(text, elements) {
      return (await store.write({ interaction: 'update', resource: document(text, elements) })).version!.versionId;
    },
    read: async (name) => parsed((await store.read(...(name.split('/') as [string, string])))?.json),
    async all(type) {
      const { matches } = await store.search({
        type, baseUrl: '', clauses: [], conditions: [], lists: [], sort: [], count: 1000, total: 'none', explain: false, applied: [], ignored: [],
      });
      return matches.map(({ json }) => parsed(json)!);
    },
  };
}
