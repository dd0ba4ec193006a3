/**
 * A file of the backup's log: a line of all messages' numbers as JSON, then the fields of all, then the bodies of all, which
 * apart take a quarter less than one message behind the other; compressed by Zstandard with a checksum
 * (https://datatracker.ietf.org/doc/html/rfc8878).
 */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { logCompression } from './backup-log.ts';
import type { LoggedMessage } from './backup-log.ts';

/** What is written as one file, before compression; a longer message has a file to itself. */
export const logFileBytes = 4 * 1024 * 1024;

const newline = 0x0a;
/** Stands for the length of bodies where a message has none. */
const noBodies = -1;

type Head = readonly [sequence: number, at: number, exceptions: number, fieldsBytes: number, bodiesBytes: number];

export function encodeLog(messages: readonly LoggedMessage[]): Uint8Array {
  const heads = messages.map(({ sequence, at, exceptions, fields, bodies }): Head => [sequence, at, exceptions, fields.length, bodies?.length ?? noBodies]);
  const pieces = [Buffer.from(`${JSON.stringify(heads)}\n`), ...messages.map(({ fields }) => fields), ...messages.flatMap(({ bodies }) => bodies ?? [])];
  const all = Buffer.concat(pieces);
  const encoded = zstdCompressSync(all, logCompression);
  release(all);
  return encoded;
}

/** Gives memory back that nothing uses any more: a round is over before V8 would look for it. */
export function release({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

/** @throws Error when the file is damaged */
export function* decodeLog(content: Uint8Array): Generator<LoggedMessage> {
  const bytes = zstdDecompressSync(content);
  const headsEnd = bytes.indexOf(newline);
  const heads = JSON.parse(bytes.toString('latin1', 0, headsEnd)) as readonly Head[];
  let field = headsEnd + 1;
  let body = heads.reduce((offset, [, , , fieldsBytes]) => offset + fieldsBytes, field);
  for (const [sequence, at, exceptions, fieldsBytes, bodiesBytes] of heads) {
    const fields = bytes.subarray(field, (field += fieldsBytes));
    const bodies = bodiesBytes === noBodies ? null : bytes.subarray(body, (body += bodiesBytes));
    yield { sequence, at, exceptions, fields, bodies };
  }
}
