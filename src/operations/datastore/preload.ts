/** Fills a new data store with the synthetic population, each group of resources in a transaction. */
import type { Resource } from '../../fhir/resource.ts';
import type { DataStore, Write } from '../../store/data-store.ts';

type PreloadedStore = Pick<DataStore, 'read' | 'transact'>;

export interface Preload {
  readonly groups: Iterable<readonly Resource[]>;
  /** Called after each group with the number of resources that the store has of them so far. */
  readonly progress?: (resources: number) => void;
  /** Asked before each group; once true, no further one is begun. */
  readonly stopped?: () => boolean;
}

/** Groups written side by side: while one waits for the disk, the next is prepared. More gain nothing. */
const groupsInProgress = 4;

/**
 * The first group is written before the others, which refer to it. May be called again after a crash: a group is
 * written whole or not at all, and its resources have the same ids each time, so one whose last resource is there is there.
 *
 * @returns whether the store has the whole population
 */
export async function preload(store: PreloadedStore, { groups, progress, stopped = () => false }: Preload): Promise<boolean> {
  let resources = 0;
  let whole = true;
  const remaining = groups[Symbol.iterator]();
  const writeNext = async (): Promise<boolean> => {
    if (stopped()) whole = false;
    if (!whole) return false;
    const next = remaining.next();
    if (next.done === true) return false;
    await writeGroup(store, next.value);
    resources += next.value.length;
    progress?.(resources);
    return true;
  };
  const writeOn = async (): Promise<void> => {
    while (await writeNext());
  };
  await writeNext();
  await Promise.all(Array.from({ length: groupsInProgress }, writeOn));
  return whole;
}

async function writeGroup(store: PreloadedStore, group: readonly Resource[]): Promise<void> {
  const last = group.at(-1);
  if (last === undefined || (await store.read(last.resourceType, identified(last).id)) !== undefined) return;
  await store.transact(group.map(update));
}

function update(resource: Resource): Write {
  return { interaction: 'update', resource: identified(resource) };
}

function identified(resource: Resource): Resource & { id: string } {
  if (resource.id === undefined) throw new Error('A resource of the synthetic population has no id.');
  return resource as Resource & { id: string };
}
