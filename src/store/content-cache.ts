/**
 * Contents of versions that searches looked at lately. A version never changes, so its content is good for as long as
 * a strong read of `@` names its write id; what the cache saves is inflating and parsing, never the read.
 */
import type { Resource } from '../fhir/resource.ts';
import type { StoredVersion } from './version-item.ts';

export interface Content {
  readonly json: string;
  /** Parsed with doubles for decimals; shared between requests, so nobody may change it. */
  readonly resource: Readonly<Resource>;
}

export interface ContentCache {
  get(version: StoredVersion): Content | undefined;
  put(version: StoredVersion, content: Content): void;
}

/** In characters of JSON; parsed they take about five times the memory. Some six thousand resources of usual size. */
export const contentCacheCharacters = 8 * 1024 * 1024;
/** One resource may not push out the others. */
const maxContentCharacters = contentCacheCharacters / 64;

export function contentCache(): ContentCache {
  const contents = new Map<string, Content>();
  let characters = 0;
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
    put(version, content) {
      if (content.json.length > maxContentCharacters || contents.has(keyOf(version))) return;
      contents.set(keyOf(version), content);
      characters += content.json.length;
      for (const [oldest, { json }] of contents) {
        if (characters <= contentCacheCharacters) return;
        contents.delete(oldest);
        characters -= json.length;
      }
    },
  };
}

/** The members of a transaction share a write id. */
function keyOf({ type, id, writeId }: StoredVersion): string {
  return `${writeId}${type}/${id}`;
}
