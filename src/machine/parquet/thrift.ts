/**
 * Writes Thrift's compact protocol, in which Parquet describes itself
 * (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md).
 */

const types = { true: 1, false: 2, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;
/** The lengths of lists up to this stand beside their type. */
const shortList = 14;
const encoder = new TextEncoder();

type Field =
  | { readonly i32: number }
  | { readonly i64: number }
  | { readonly boolean: boolean }
  | { readonly binary: Uint8Array | string }
  | { readonly struct: Struct }
  | { readonly i32s: readonly number[] }
  | { readonly texts: readonly string[] }
  | { readonly structs: readonly Struct[] };

/** Fields by their numbers, in order; those that are `undefined` are left out. */
export type Struct = readonly (readonly [number, Field | undefined])[];

/** @returns the bytes of a struct */
export function thriftBytes(struct: Struct): Uint8Array {
  const out: number[] = [];
  putStruct(out, struct);
  return Uint8Array.from(out);
}

function putStruct(out: number[], struct: Struct): void {
  let last = 0;
  for (const [id, field] of struct) {
    if (field === undefined) continue;
    const type = typeOf(field);
    if (id - last <= 15) out.push(((id - last) << 4) | type);
    else {
      out.push(type);
      putZigzag(out, id);
    }
    last = id;
    putValue(out, field);
  }
  out.push(0);
}

function typeOf(field: Field): number {
  if ('i32' in field) return types.i32;
  if ('i64' in field) return types.i64;
  if ('boolean' in field) return field.boolean ? types.true : types.false;
  if ('binary' in field) return types.binary;
  return 'struct' in field ? types.struct : types.list;
}

function putValue(out: number[], field: Field): void {
  if ('i32' in field) putZigzag(out, field.i32);
  else if ('i64' in field) putZigzag(out, field.i64);
  else if ('binary' in field) putBinary(out, field.binary);
  else if ('struct' in field) putStruct(out, field.struct);
  else if ('i32s' in field) putList(out, { type: types.i32, items: field.i32s, put: putZigzag });
  else if ('texts' in field) putList(out, { type: types.binary, items: field.texts, put: putBinary });
  else if ('structs' in field) putList(out, { type: types.struct, items: field.structs, put: putStruct });
}

interface Items<Item> {
  readonly type: number;
  readonly items: readonly Item[];
  readonly put: (out: number[], item: Item) => void;
}

function putList<Item>(out: number[], { type, items, put }: Items<Item>): void {
  if (items.length <= shortList) out.push((items.length << 4) | type);
  else {
    out.push(0xf0 | type);
    putVarint(out, items.length);
  }
  for (const item of items) put(out, item);
}

function putBinary(out: number[], value: Uint8Array | string): void {
  const bytes = typeof value === 'string' ? encoder.encode(value) : value;
  putVarint(out, bytes.length);
  for (const byte of bytes) out.push(byte);
}

/** Of what is not negative here. */
function putZigzag(out: number[], value: number): void {
  putVarint(out, value * 2);
}

/** Beyond 32 bits too. */
function putVarint(out: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.push(rest);
}
