/** Reads current resources for one request, those that are asked for at the same time together. */
import type { Resource } from '../fhir/resource.ts';
import { contentOf } from './content-cache.ts';
import { isDeleted } from './next-version.ts';
import type { StoreContext } from './store-context.ts';
import { versionReader, type ResourceKey, type View } from './version-reader.ts';

export interface Loaded {
  readonly resource: Resource;
  readonly lastUpdated: number;
}

interface Waiting {
  readonly key: ResourceKey;
  readonly resolve: (view: View | undefined) => void;
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
      const views = await reader.views(together.map(({ key }) => key));
      for (const [position, { resolve }] of together.entries()) resolve(views[position]);
    } catch (error) {
      for (const { reject } of together) reject(error);
    }
  }

  function viewOf(key: ResourceKey): Promise<View | undefined> {
    return new Promise((resolve, reject) => {
      if (waiting.length === 0) queueMicrotask(() => void readWaiting());
      waiting.push({ key, resolve, reject });
    });
  }

  return async (key) => {
    const version = (await viewOf(key))?.version;
    if (version === undefined || isDeleted(version)) return undefined;
    const { resource } = await contentOf(context, version);
    return { resource, lastUpdated: version.lastUpdated };
  };
}
