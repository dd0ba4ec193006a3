/** Fresh identifiers, none of them guessable. */
export interface Ids {
  /** A random UUID (version 4), lower case: the id of a new resource. */
  uuid(): string;
  /** A UUIDv7 of the given instant in 22 characters that sort as it does: the id of an attempt to write. */
  writeId(nowMs: number): string;
  /** A short random value, new on every put of a current version. */
  rev(): string;
}
