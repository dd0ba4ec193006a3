/**
 * A file of the backup's log: messages one behind the other, each a line of its numbers as JSON and then its bytes, all
 * compressed by Zstandard with a checksum (https://datatracker.ietf.org/doc/html/rfc8878).
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { LoggedMessage } from './backup-log.ts';

/** What is written as one file, before compression; a longer message has a file to itself. */
export const logFileBytes = 4 * 1024 * 1024;

/** Beside writers, time is worth more than the tenth that the default level saves. */
const compressionLevel = 1;

const newline = 0x0a;

type Head = readonly [sequence: number, at: number, exceptions: number, fieldsBytes: number, bodiesBytes: number];

export function encodeLog(messages: readonly LoggedMessage[]): Uint8Array {
  const pieces = messages.flatMap(({ sequence, at, exceptions, fields, bodies }) => {
    const head: Head = [sequence, at, exceptions, fields.length, bodies?.length ?? -1];
    return [Buffer.from(`${JSON.stringify(head)}\n`), fields, ...(bodies === null ? [] : [bodies])];
  });
  return zstdCompressSync(Buffer.concat(pieces), { params: { [constants.ZSTD_c_compressionLevel]: compressionLevel, [constants.ZSTD_c_checksumFlag]: 1 } });
}

/** @throws Error when the file is damaged */
export function* decodeLog(content: Uint8Array): Generator<LoggedMessage> {
  const bytes = zstdDecompressSync(content);
  for (let offset = 0; offset < bytes.length; ) {
    const end = bytes.indexOf(newline, offset);
    const [sequence, at, exceptions, fieldsBytes, bodiesBytes] = JSON.parse(bytes.toString('latin1', offset, end)) as Head;
    const fieldsEnd = end + 1 + fieldsBytes;
    offset = fieldsEnd + Math.max(bodiesBytes, 0);
    const bodies = bodiesBytes < 0 ? null : bytes.subarray(fieldsEnd, offset);
    yield { sequence, at, exceptions, fields: bytes.subarray(end + 1, fieldsEnd), bodies };
  }
}
