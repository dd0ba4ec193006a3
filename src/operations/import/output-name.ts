/** Names of files that are made of the names of others. */
import { createHash } from 'node:crypto';

/** What file systems have for the name of a file, in UTF-8. */
const maxNameBytes = 255;

/** The key with an ending. Where a name would be too long for a file system, a digest stands in its place: the same each time. */
export function withEnding(key: string, ending: string): string {
  const name = key.slice(key.lastIndexOf('/') + 1);
  if (Buffer.byteLength(name) + ending.length <= maxNameBytes) return key + ending;
  return key.slice(0, key.length - name.length) + createHash('sha256').update(name).digest('hex') + ending;
}
