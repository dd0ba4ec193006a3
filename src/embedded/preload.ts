/** Fills a new data store with the synthetic population, each group of resources in a transaction. */
import type { Resource } from '../fhir/resource.ts';
import type { DataStore, Write } from '../store/data-store.ts';

export interface Preload {
  readonly groups: Iterable<readonly Resource[]>;
  /** Called after each group with the number of resources that the store has of them so far. */
  readonly progress?: (resources: number) => void;
}

/**
 * May be called again after a crash: a group is written whole or not at all, and its resources have the same ids
 * each time, so a group whose last resource is there is there.
 * @returns how many resources the groups have
 */
export async function preload(store: Pick<DataStore, 'read' | 'transact'>, { groups, progress }: Preload): Promise<number> {
  let resources = 0;
  for (const group of groups) {
    const last = group.at(-1);
    if (last === undefined) continue;
    if ((await store.read(last.resourceType, identified(last).id)) === undefined) await store.transact(group.map(update));
    resources += group.length;
    progress?.(resources);
  }
  return resources;
}

function update(resource: Resource): Write {
  return { interaction: 'update', resource: identified(resource) };
}

function identified(resource: Resource): Resource & { id: string } {
  if (resource.id === undefined) throw new Error('A resource of the synthetic population has no id.');
  return resource as Resource & { id: string };
}
