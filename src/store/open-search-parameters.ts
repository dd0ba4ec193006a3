/** The part of a data store that tells what it may be searched by: for a process that does nothing else. */
import type { DataStore } from './data-store.ts';
import { rulesSource } from './rules-source.ts';
import type { SourceParts } from './rules-source.ts';

export function openSearchParameters(parts: SourceParts): Pick<DataStore, 'searchParameters'> {
  const rules = rulesSource(parts);
  return { searchParameters: async () => (await rules.current()).parameters };
}
