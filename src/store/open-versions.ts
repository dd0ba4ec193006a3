/** The part of a data store that reads single versions: for a process that does nothing else. */
import { contentOf } from './content-cache.ts';
import type { DataStore, ResourceVersion } from './data-store.ts';
import { isDeleted } from './next-version.ts';
import type { StoreContext } from './store-context.ts';
import { resourceVersion, type StoredVersion } from './version-item.ts';
import { versionReader } from './version-reader.ts';

/** With `contents`, what is read many at a time is kept for others. */
type Opened = Pick<StoreContext, 'resources' | 'objects'> & Partial<Pick<StoreContext, 'contents'>>;

export function openVersions(context: Opened): Pick<DataStore, 'read' | 'readMany' | 'vread'> {
  const { resources, objects } = context;
  return {
    async read(type, id) {
      const view = await versionReader(resources).view({ type, id });
      return view?.version === undefined ? undefined : resourceVersion(objects, view.version);
    },
    async readMany(keys) {
      const views = await versionReader(resources).views(keys);
      return Promise.all(views.map(async (view) => (view?.version === undefined ? undefined : knownVersion(context, view.version))));
    },
    async vread(type, id, versionId) {
      const version = await versionReader(resources).version({ type, id }, versionId);
      return version === undefined ? undefined : resourceVersion(objects, version);
    },
  };
}

/** What is brought along with records, as those who gave the care, comes along with many. */
async function knownVersion({ contents, objects }: Opened, version: StoredVersion): Promise<ResourceVersion> {
  if (contents === undefined || isDeleted(version)) return resourceVersion(objects, version);
  const { type, id, versionId, lastUpdated, interaction, content } = version;
  const { json } = await contentOf({ contents, objects }, version);
  return { type, id, versionId, lastUpdated, interaction, json, ...(content && { content }) };
}
