/** The part of a data store that tells what it may be searched by: for a process that does nothing else. */
import type { DataStore } from './data-store.ts';
import { rulesSource } from './rules-source.ts';
import type { DataStoreParts } from './open-store-context.ts';

export function openSearchParameters(parts: DataStoreParts): Pick<DataStore, 'searchParameters'> {
  const rules = rulesSource(parts);
  return { searchParameters: async () => (await rules.current()).parameters };
}
