/**
 * Contents of versions that were looked at lately. A version never changes, so its content is good for as long as a strong
 * read of `@` names its write id; what the cache saves is inflating and parsing, never the read.
 */
import type { ObjectStore } from '../ports/object-store.ts';
import type { Resource } from '../fhir/resource.ts';
import { versionJson, type StoredVersion } from './version-item.ts';

export interface Content {
  readonly json: string;
  /** Parsed when it is first asked for, with doubles for decimals; shared between requests, so nobody may change it. */
  readonly resource: Readonly<Resource>;
}

export interface ContentCache {
  get(version: StoredVersion): Content | undefined;
  /** The content of the version, which is kept unless it is too large. */
  keep(version: StoredVersion, json: string): Content;
}

/** In bytes, roughly: some thirty thousand resources of usual size as text, six thousand of which are parsed. */
export const contentCacheBytes = 48 * 1024 * 1024;
/** A parsed resource takes about five times the memory of its text, which is kept beside it. */
export const parsedWeight = 6;
/** One resource may not push out the others. */
const maxContentCharacters = contentCacheBytes / parsedWeight / 64;

export function contentCache(): ContentCache {
  const contents = new Map<string, WeighedContent>();
  // One iterator for good: a new one would pass over all that was deleted at the front of the map.
  let oldestFirst = contents.keys();
  let weight = 0;

  function makeRoom(): void {
    while (weight > contentCacheBytes) {
      const { value: oldest, done } = oldestFirst.next();
      if (done) oldestFirst = contents.keys();
      else remove(oldest);
    }
  }

  function remove(key: string): void {
    weight -= contents.get(key)!.weight;
    contents.delete(key);
  }

  return {
    get(version) {
      const key = keyOf(version);
      const content = contents.get(key);
      if (content === undefined) return undefined;
      // Behind all others: the map's order is the order of use.
      contents.delete(key);
      contents.set(key, content);
      return content;
    },
    keep(version, json) {
      const key = keyOf(version);
      const content = new WeighedContent(json, (more) => {
        if (contents.get(key) !== content) return;
        weight += more;
        makeRoom();
      });
      if (json.length > maxContentCharacters || contents.has(key)) return content;
      contents.set(key, content);
      weight += content.weight;
      makeRoom();
      return content;
    },
  };
}

class WeighedContent implements Content {
  readonly json: string;
  /** Told how much it weighs more, once it is parsed. */
  readonly #grown: (more: number) => void;
  #resource: Readonly<Resource> | undefined;

  constructor(json: string, grown: (more: number) => void) {
    this.json = json;
    this.#grown = grown;
  }

  get weight(): number {
    return this.json.length * (this.#resource === undefined ? 1 : parsedWeight);
  }

  get resource(): Readonly<Resource> {
    if (this.#resource !== undefined) return this.#resource;
    // Doubles will do: only text leaves the store.
    const resource = JSON.parse(this.json) as Resource;
    const before = this.weight;
    this.#resource = resource;
    this.#grown(this.weight - before);
    return resource;
  }
}

/** The members of a transaction share a write id. */
function keyOf({ type, id, writeId }: StoredVersion): string {
  return `${writeId}${type}/${id}`;
}

interface ContentParts {
  readonly contents: ContentCache;
  readonly objects: ObjectStore;
}

/** Of a version that is no deletion. */
export async function contentOf({ contents, objects }: ContentParts, version: StoredVersion): Promise<Content> {
  return contents.get(version) ?? contents.keep(version, (await versionJson(objects, version))!);
}

/** What the cache has of some versions that are read together: it stays at hand, whatever makes room meanwhile. */
export interface HeldContents {
  /** Whether the content of the version is at hand from now on: its body need not be read. */
  readonly isKnown: (version: StoredVersion) => boolean;
  /** Of a version that is no deletion. */
  readonly contentOf: (version: StoredVersion) => Promise<Content>;
}

export function heldContents(parts: ContentParts): HeldContents {
  const held = new Map<string, Content>();
  return {
    isKnown(version) {
      const content = parts.contents.get(version);
      if (content === undefined) return false;
      held.set(keyOf(version), content);
      return true;
    },
    contentOf: async (version) => held.get(keyOf(version)) ?? contentOf(parts, version),
  };
}
