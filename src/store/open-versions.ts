/** The part of a data store that reads single versions: for a process that does nothing else. */
import { heldContents, type HeldContents } from './content-cache.ts';
import type { DataStore, ResourceVersion } from './data-store.ts';
import { isDeleted } from './next-version.ts';
import type { StoreContext } from './store-context.ts';
import { resourceVersion, type StoredVersion } from './version-item.ts';
import { versionReader } from './version-reader.ts';

/** With `contents`, what is read many at a time is kept for others. */
type Opened = Pick<StoreContext, 'resources' | 'objects'> & Partial<Pick<StoreContext, 'contents'>>;

export function openVersions({ resources, objects, contents }: Opened): Pick<DataStore, 'read' | 'readMany' | 'vread'> {
  return {
    async read(type, id) {
      const view = await versionReader(resources).view({ type, id });
      return view?.version === undefined ? undefined : resourceVersion(objects, view.version);
    },
    async readMany(keys) {
      const held = contents === undefined ? undefined : heldContents({ contents, objects });
      const views = await versionReader(resources).views(keys, held?.isKnown);
      return Promise.all(views.map(async (view) => {
        const version = view?.version;
        if (version === undefined) return undefined;
        return held === undefined ? resourceVersion(objects, version) : knownVersion(held, version);
      }));
    },
    async vread(type, id, versionId) {
      const version = await versionReader(resources).version({ type, id }, versionId);
      return version === undefined ? undefined : resourceVersion(objects, version);
    },
  };
}

/** What is brought along with records, as those who gave the care, comes along with many. */
async function knownVersion({ contentOf }: HeldContents, version: StoredVersion): Promise<ResourceVersion> {
  const { type, id, versionId, lastUpdated, interaction, content } = version;
  const common = { type, id, versionId, lastUpdated, interaction, ...(content && { content }) };
  return isDeleted(version) ? common : { ...common, json: (await contentOf(version)).json };
}
