/** The part of a data store that reads single versions: for a process that does nothing else. */
import type { DataStore } from './data-store.ts';
import type { StoreContext } from './store-context.ts';
import { resourceVersion } from './version-item.ts';
import { versionReader } from './version-reader.ts';

export function openVersions({ resources, objects }: Pick<StoreContext, 'resources' | 'objects'>): Pick<DataStore, 'read' | 'readMany' | 'vread'> {
  return {
    async read(type, id) {
      const view = await versionReader(resources).view({ type, id });
      return view?.version === undefined ? undefined : resourceVersion(objects, view.version);
    },
    async readMany(keys) {
      const views = await versionReader(resources).views(keys);
      return Promise.all(views.map(async (view) => (view?.version === undefined ? undefined : resourceVersion(objects, view.version))));
    },
    async vread(type, id, versionId) {
      const version = await versionReader(resources).version({ type, id }, versionId);
      return version === undefined ? undefined : resourceVersion(objects, version);
    },
  };
}
