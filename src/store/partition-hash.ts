/**
 * Partition keys of index families: a keyed hash of what the partition holds, so that no name or record number
 * stands in a key that an audit trail shows, and keys are short and uniform.
 */
import { createHmac } from 'node:crypto';

export type PartitionHash = (...parts: readonly (string | number)[]) => string;

/** 128 bits: a collision would only cost a useless candidate, `match` decides. */
const hashBytes = 16;

/** Codes, patients and categories repeat from write to write; this many hashes are about 4 MB. */
const cacheSize = 20_000;

export function partitionHash(secret: Uint8Array): PartitionHash {
  const cache = new Map<string, string>();
  return (...parts) => {
    const text = parts.join('\u0000');
    const known = cache.get(text);
    if (known !== undefined) return known;
    const hash = createHmac('sha256', secret).update(text).digest().subarray(0, hashBytes).toString('base64url');
    if (cache.size >= cacheSize) cache.clear();
    cache.set(text, hash);
    return hash;
  };
}
