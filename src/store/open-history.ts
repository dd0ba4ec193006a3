/** The part of a data store that reads history: for a process that does nothing else. */
import type { DataStore } from './data-store.ts';
import { history } from './history.ts';
import { openStoreContext } from './open-store-context.ts';
import type { DataStoreParts } from './open-store-context.ts';
import { openVersions } from './open-versions.ts';
import { sealer } from './sealer.ts';

export function openHistory(parts: DataStoreParts): Pick<DataStore, 'read' | 'history'> {
  const context = openStoreContext(parts, () => {});
  const tokens = sealer(parts.secret);
  return { read: openVersions(parts).read, history: (request) => history(context, tokens, request) };
}
