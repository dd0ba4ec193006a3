/** Reads current resources for one request, those that are asked for at the same time together. */
import type { Resource } from '../fhir/resource.ts';
import { heldContents, type HeldContents } from './content-cache.ts';
import { isDeleted } from './next-version.ts';
import type { StoreContext } from './store-context.ts';
import type { StoredVersion } from './version-item.ts';
import { versionReader, type ResourceKey } from './version-reader.ts';

export interface Loaded {
  readonly resource: Resource;
  readonly lastUpdated: number;
}

interface Read {
  readonly version: StoredVersion | undefined;
  readonly held: HeldContents;
}

interface Waiting {
  readonly key: ResourceKey;
  readonly resolve: (read: Read) => void;
  readonly reject: (reason: unknown) => void;
}

/** @returns what reads a resource; `undefined` for one that is not there or deleted */
export function resourceLoader(context: StoreContext): (key: ResourceKey) => Promise<Loaded | undefined> {
  const reader = versionReader(context.resources);
  let waiting: Waiting[] = [];

  async function readWaiting(): Promise<void> {
    const together = waiting;
    waiting = [];
    try {
      const held = heldContents(context);
      const views = await reader.views(together.map(({ key }) => key), held.isKnown);
      for (const [position, { resolve }] of together.entries()) resolve({ version: views[position]?.version, held });
    } catch (error) {
      for (const { reject } of together) reject(error);
    }
  }

  function read(key: ResourceKey): Promise<Read> {
    return new Promise((resolve, reject) => {
      if (waiting.length === 0) queueMicrotask(() => void readWaiting());
      waiting.push({ key, resolve, reject });
    });
  }

  return async (key) => {
    const { version, held } = await read(key);
    if (version === undefined || isDeleted(version)) return undefined;
    const { resource } = await held.contentOf(version);
    return { resource, lastUpdated: version.lastUpdated };
  };
}
