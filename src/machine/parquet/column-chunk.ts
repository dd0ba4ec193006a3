/** A column of a row group, as its pages (https://parquet.apache.org/docs/file-format/data-pages/). */
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync } from 'node:zlib';
import type { ColumnNode } from '../../fhir/lake/column-node.ts';
import type { ScalarType } from '../../fhir/lake/lake-table.ts';
import { bitWidth, hybridBytes } from './hybrid-encoding.ts';
import type { Levels, Slots } from './slots.ts';
import { valueStatistics } from './statistics.ts';
import { thriftBytes } from './thrift.ts';
import type { Struct } from './thrift.ts';

const pages = { data: 0, dictionary: 2 } as const;
const encodings = { plain: 0, rle: 3, rleDictionary: 8 } as const;
const codecs = { none: 0, zstd: 6 } as const;
export const physicalTypes: Readonly<Record<ScalarType, number>> = {
  boolean: 0, integer: 1, date: 1, bigint: 2, timestamp: 2, double: 5, string: 6,
};

/** Below, packing would cost more than it saves. */
const leastPackedBytes = 256;
/** From here on a thread of the pool packs it. */
const leastAsideBytes = 16_384;
/** Of Zstandard: the next one makes these files no smaller. */
const params = { [constants.ZSTD_c_compressionLevel]: 1 };
const leastChunkBytes = 1024;
const largestChunkBytes = 65_536;
const packAside = promisify(zstdCompress);

export interface ColumnChunk {
  /** One behind the other. */
  readonly parts: readonly Uint8Array[];
  readonly sizeBytes: number;
  /** As `sizeBytes` would be without compression. */
  readonly plainSizeBytes: number;
  /** Without the offsets in the file. */
  readonly metadata: (offset: number) => Struct;
}

/** @param slots of the column, which are read before this returns its promise */
export async function columnChunk(node: ColumnNode, slots: Slots, path: readonly string[]): Promise<ColumnChunk> {
  const { scalar, values, count } = node;
  const numValues = slots.length;
  const { dictionary, values: body } = encoded(node);
  const data = joined([...levels(slots), body]);
  const plainBytes = data.length + (dictionary?.length ?? 0);
  const isPacked = plainBytes >= leastPackedBytes;
  const statistics = valueStatistics(scalar!, values!);
  const [dictionaryPage, dataPage] = await Promise.all([
    dictionary && dictionaryParts(dictionary, values!.starts.length, isPacked),
    dataParts(data, { numValues, encoding: dictionary === undefined ? encodings.plain : encodings.rleDictionary }, isPacked),
  ]);
  const parts = [...(dictionaryPage ?? []), ...dataPage];
  const sizeBytes = lengthOf(parts);
  const headers = [...(dictionaryPage ?? []).slice(0, 1), dataPage[0]!];
  const plainSizeBytes = lengthOf(headers) + plainBytes;
  const used = [encodings.plain, encodings.rle, ...(dictionary === undefined ? [] : [encodings.rleDictionary])];
  return {
    parts,
    sizeBytes,
    plainSizeBytes,
    metadata: (offset) => [
      [1, { i32: physicalTypes[scalar!] }],
      [2, { i32s: used }],
      [3, { texts: path }],
      [4, { i32: isPacked ? codecs.zstd : codecs.none }],
      [5, { i64: numValues }],
      [6, { i64: plainSizeBytes }],
      [7, { i64: sizeBytes }],
      [9, { i64: offset + lengthOf(dictionaryPage ?? []) }],
      [11, dictionary === undefined ? undefined : { i64: offset }],
      [12, { struct: [[3, { i64: numValues - count }], ...statistics] }],
    ],
  };
}

function levels({ repetitions, definitions, length, maxRepetition, maxDefinition }: Slots): Uint8Array[] {
  const packedLevels = ({ values, words }: Levels, largest: number): Uint8Array => withLength(hybridBytes({ values, words, length }, bitWidth(largest)));
  const defined = packedLevels(definitions, maxDefinition);
  return maxRepetition === 0 ? [defined] : [packedLevels(repetitions, maxRepetition), defined];
}

/** Header and body. */
async function dictionaryParts(bytes: Uint8Array, count: number, isPacked: boolean): Promise<readonly Uint8Array[]> {
  const body = await packed(bytes, isPacked);
  return [pageHeader(pages.dictionary, [bytes, body], [7, { struct: [[1, { i32: count }], [2, { i32: encodings.plain }]] }]), body];
}

interface DataPage {
  readonly numValues: number;
  readonly encoding: number;
}

/** Header and body. */
async function dataParts(bytes: Uint8Array, { numValues, encoding }: DataPage, isPacked: boolean): Promise<readonly Uint8Array[]> {
  const body = await packed(bytes, isPacked);
  const described: Struct = [[1, { i32: numValues }], [2, { i32: encoding }], [3, { i32: encodings.rle }], [4, { i32: encodings.rle }]];
  return [pageHeader(pages.data, [bytes, body], [5, { struct: described }]), body];
}

interface Encoded {
  readonly dictionary?: Uint8Array;
  readonly values: Uint8Array;
}

/** By a dictionary where values repeat, otherwise as they are. */
function encoded({ scalar, values, count }: ColumnNode): Encoded {
  const { bytes, length, starts, indexes, areUnique } = values!;
  if (count === 0) return { values: new Uint8Array(0) };
  if (scalar === 'boolean') return { values: booleanBits(bytes, starts.values, indexes.values.subarray(0, count)) };
  // All differ, or nearly so.
  if (areUnique) return { values: bytes.subarray(0, length) };
  const plain = bytes.subarray(0, length);
  if (starts.length * 3 > count * 2) return { values: gathered(plain, starts.values.subarray(0, starts.length), indexes.values.subarray(0, count)) };
  const width = Math.max(1, bitWidth(starts.length - 1));
  return { dictionary: plain, values: joined([Uint8Array.of(width), hybridBytes({ values: indexes.values, length: count }, width)]) };
}

function booleanBits(bytes: Uint8Array, starts: Int32Array, indexes: Int32Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(indexes.length / 8));
  for (let index = 0; index < indexes.length; index++) out[index >> 3]! |= bytes[starts[indexes[index]!]!]! << (index & 7);
  return out;
}

function gathered(bytes: Uint8Array, starts: Int32Array, indexes: Int32Array): Uint8Array {
  const endOf = (number: number): number => (number + 1 === starts.length ? bytes.length : starts[number + 1]!);
  let length = 0;
  for (const number of indexes) length += endOf(number) - starts[number]!;
  const out = new Uint8Array(length);
  let to = 0;
  for (const number of indexes) {
    const end = endOf(number);
    for (let index = starts[number]!; index < end; index++) out[to++] = bytes[index]!;
  }
  return out;
}

async function packed(bytes: Uint8Array, isPacked: boolean): Promise<Uint8Array> {
  if (!isPacked) return bytes;
  // What is packed is told beforehand, for large tables are set up otherwise.
  const chunkSize = Math.min(largestChunkBytes, Math.max(leastChunkBytes, bytes.length));
  const options = { params, pledgedSrcSize: bytes.length, chunkSize };
  return bytes.length < leastAsideBytes ? zstdCompressSync(bytes, options) : packAside(bytes, options);
}

function pageHeader(type: number, [plain, stored]: readonly [Uint8Array, Uint8Array], header: Struct[number]): Uint8Array {
  return thriftBytes([[1, { i32: type }], [2, { i32: plain.length }], [3, { i32: stored.length }], header]);
}

function withLength(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length + 4);
  new DataView(out.buffer).setUint32(0, bytes.length, true);
  out.set(bytes, 4);
  return out;
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(lengthOf(parts));
  let to = 0;
  for (const part of parts) {
    out.set(part, to);
    to += part.length;
  }
  return out;
}
