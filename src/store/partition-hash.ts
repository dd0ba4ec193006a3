/**
 * Partition keys of index families: a keyed hash of what the partition holds, so that no name or record number
 * stands in a key that an audit trail shows, and keys are short and uniform.
 */
import { hash } from 'node:crypto';

export type PartitionHash = (...parts: readonly (string | number)[]) => string;

/** 128 bits in base64url: a collision would only cost a useless candidate, `match` decides. */
const hashLength = 22;

/** Stands between the parts of what is hashed. */
export const partSeparator = '\u0000';

/** SHA-3 cannot be extended, so a secret before the text makes a keyed hash of it, at a fifth of an HMAC's time. */
export function partitionHash(secret: Uint8Array): PartitionHash {
  const prefix = Buffer.from(secret).toString('base64');
  return (...parts) => hash('sha3-256', prefix + parts.join(partSeparator), 'base64url').slice(0, hashLength);
}

/** Codes, patients and categories repeat from write to write; so many hashes, with what they are of, are about 2 MB. */
const maxKnown = 8192;
/** What is longer seldom repeats; codes of a megabyte, which FHIR allows, would make what is known gigabytes. */
const maxKnownLength = 256;

/** What is hashed in one family, of one type and one parameter: the rest tells it from the others of these. */
export interface HashGroup {
  readonly family: string;
  readonly type: string;
  readonly parameter: string;
}

type ByRest = Map<string, string>;

/** Hashes that were made before, found without putting together what they are of. */
export class KnownHashes {
  #byFamily = new Map<string, Map<string, Map<string, ByRest>>>();
  #count = 0;

  find({ family, type, parameter }: HashGroup, rest: string): string | undefined {
    return this.#byFamily.get(family)?.get(type)?.get(parameter)?.get(rest);
  }

  add({ family, type, parameter }: HashGroup, rest: string, hashed: string): void {
    if (type.length + rest.length > maxKnownLength) return;
    if (this.#count >= maxKnown) [this.#byFamily, this.#count] = [new Map(), 0];
    const ofFamily = within(this.#byFamily, family, () => new Map<string, Map<string, ByRest>>());
    const ofType = within(ofFamily, type, () => new Map<string, ByRest>());
    within(ofType, parameter, () => new Map<string, string>()).set(rest, hashed);
    this.#count += 1;
  }
}

function within<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
