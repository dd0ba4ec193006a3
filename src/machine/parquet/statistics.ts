/**
 * The least and the largest value of a column, by which readers leave out what they need not read
 * (https://parquet.apache.org/docs/file-format/metadata/).
 */
import type { ColumnValues, NumberList } from '../../fhir/lake/column-values.ts';
import type { ScalarType } from '../../fhir/lake/lake-table.ts';
import type { Struct } from './thrift.ts';

/** Longer texts are told of by no statistics. */
const longestText = 64;
const lengthBytes = 4;

/** Fields 5 and 6 of the column's statistics: none where there are no values. */
export function valueStatistics(scalar: ScalarType, values: ColumnValues): Struct {
  if (values.starts.length === 0 || values.indexes.length === 0) return [];
  const found = scalar === 'string' ? texts(values) : numbers(scalar, values);
  return found === undefined ? [] : [[5, { binary: found.largest }], [6, { binary: found.least }]];
}

interface Bounds {
  readonly least: Uint8Array;
  readonly largest: Uint8Array;
}

/** In the order of their bytes. */
function texts({ bytes, length, starts }: ColumnValues): Bounds | undefined {
  let [least, largest]: [Span, Span] = [spanOf(0, starts, length), spanOf(0, starts, length)];
  for (let number = 1; number < starts.length; number++) {
    const span = spanOf(number, starts, length);
    if (isBefore(bytes, span, least)) least = span;
    else if (isBefore(bytes, largest, span)) largest = span;
  }
  if (least[1] - least[0] > longestText || largest[1] - largest[0] > longestText) return undefined;
  return { least: bytes.subarray(...least), largest: bytes.subarray(...largest) };
}

function isBefore(bytes: Uint8Array, [start, end]: Span, [otherStart, otherEnd]: Span): boolean {
  const behind = start + Math.min(end - start, otherEnd - otherStart);
  const ahead = otherStart - start;
  for (let index = start; index < behind; index++) {
    const [byte, other] = [bytes[index]!, bytes[index + ahead]!];
    if (byte !== other) return byte < other;
  }
  return end - start < otherEnd - otherStart;
}

type Span = [start: number, end: number];

function spanOf(number: number, starts: NumberList, length: number): Span {
  return [starts.values[number]! + lengthBytes, number + 1 === starts.length ? length : starts.values[number + 1]!];
}

function numbers(scalar: Exclude<ScalarType, 'string'>, { bytes, length, starts }: ColumnValues): Bounds {
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const width = length / starts.length;
  let [least, largest] = [0, 0];
  let [low, high] = [numberAt(scalar, view, 0), numberAt(scalar, view, 0)];
  for (let at = width; at < length; at += width) {
    const value = numberAt(scalar, view, at);
    if (value < low) [low, least] = [value, at];
    if (value > high) [high, largest] = [value, at];
  }
  // Of zeros both signs are meant (https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift).
  return {
    least: scalar === 'double' && low === 0 ? doubleBytes(-0) : bytes.subarray(least, least + width),
    largest: scalar === 'double' && high === 0 ? doubleBytes(0) : bytes.subarray(largest, largest + width),
  };
}

function numberAt(scalar: ScalarType, view: DataView, at: number): number | bigint {
  if (scalar === 'boolean') return view.getUint8(at);
  if (scalar === 'double') return view.getFloat64(at, true);
  return scalar === 'integer' || scalar === 'date' ? view.getInt32(at, true) : view.getBigInt64(at, true);
}

function doubleBytes(value: number): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setFloat64(0, value, true);
  return out;
}
