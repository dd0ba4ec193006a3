/**
 * Columns of resources as a Parquet file of one row group (https://parquet.apache.org/docs/file-format/): types and nesting as
 * DuckDB writes them, so that files of both are read as one table.
 */
import { setImmediate as turnOfOthers } from 'node:timers/promises';
import type { ColumnTree, RowColumns } from '../../fhir/lake/row-columns.ts';
import type { ScalarType } from '../../fhir/lake/lake-table.ts';
import { columnChunk, physicalTypes } from './column-chunk.ts';
import type { ColumnChunk } from './column-chunk.ts';
import { Slots } from './slots.ts';
import { thriftBytes } from './thrift.ts';
import type { Struct } from './thrift.ts';

const magic = new TextEncoder().encode('PAR1');
/** Columns that wait to be packed are held as they are. */
const packedAtATime = 4;
const version = 1;
/** In the form that readers look for faults of certain writers by. */
const createdBy = 'caldera version 0.1.0 (build 0)';
const repetitions = { required: 0, optional: 1, repeated: 2 } as const;
const convertedList = 3;
const convertedTypes: Readonly<Partial<Record<ScalarType, number>>> = {
  string: 0, date: 6, timestamp: 10, integer: 17, bigint: 18,
};
/** A timestamp of microseconds that is of no zone. */
const timestampType: Struct = [[8, { struct: [[1, { boolean: false }], [2, { struct: [[2, { struct: [] }]] }]] }]];

/** @returns the file's parts, one behind the other */
export async function parquetFile(columns: RowColumns): Promise<readonly Uint8Array[]> {
  const trees = columns.columns;
  const chunks = await chunksOf(trees, columns.rows);
  const parts: Uint8Array[] = [magic];
  let offset = magic.length;
  const described = chunks.map((chunk): Struct => {
    const metadata = chunk.metadata(offset);
    parts.push(...chunk.parts);
    const at = offset;
    offset += chunk.sizeBytes;
    return [[2, { i64: at }], [3, { struct: metadata }]];
  });
  const plainSizeBytes = chunks.reduce((sum, chunk) => sum + chunk.plainSizeBytes, 0);
  const rowGroup: Struct = [
    [1, { structs: described }], [2, { i64: plainSizeBytes }], [3, { i64: columns.rows }], [6, { i64: offset - magic.length }],
  ];
  const footer = thriftBytes([
    [1, { i32: version }],
    [2, { structs: schema(trees) }],
    [3, { i64: columns.rows }],
    [4, { structs: [rowGroup] }],
    [6, { binary: createdBy }],
    // Of each column, that its statistics are in the order of its type.
    [7, { structs: chunks.map(() => [[1, { struct: [] }]]) }],
  ]);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, footer.length, true);
  return [...parts, footer, length, magic];
}

/** After so many, some 10 ms, others have their turn in between two columns. */
const slotsATurn = 500_000;

/** Each column's pages are made before the slots of the next one take their place; threads of the pool pack some meanwhile. */
async function chunksOf(trees: readonly ColumnTree[], rows: number): Promise<ColumnChunk[]> {
  const levels: Slots[] = [new Slots()];
  levels[0]!.fillRows(rows);
  const chunks: Promise<ColumnChunk>[] = [];
  let slotsOfTurn = 0;
  const visit = async ({ field, node, children }: ColumnTree, depth: number, around: readonly string[]): Promise<void> => {
    const slots = levels[depth] ??= new Slots();
    slots.fill(levels[depth - 1]!, node);
    const path = [...around, field.name, ...(node.isArray ? ['list', 'element'] : [])];
    if (node.scalar !== undefined) {
      const chunk = columnChunk(node, slots, path);
      // Whoever waits for it is told, whenever that is.
      chunk.catch(() => {});
      chunks.push(chunk);
      await chunks.at(-packedAtATime);
    }
    slotsOfTurn += slots.length;
    if (slotsOfTurn > slotsATurn) {
      slotsOfTurn = 0;
      await turnOfOthers();
    }
    for (const child of children) await visit(child, depth + 1, path);
  };
  for (const tree of trees) await visit(tree, 1, []);
  return Promise.all(chunks);
}

/** Depth first, a parent in front of its children. */
function schema(trees: readonly ColumnTree[]): Struct[] {
  const root: Struct = [[3, { i32: repetitions.required }], [4, { binary: 'resource' }], [5, { i32: trees.length }]];
  return [root, ...trees.flatMap(schemaOf)];
}

function schemaOf({ field, node, children }: ColumnTree): Struct[] {
  const { scalar } = node;
  const own = (name: string): Struct[] =>
    (scalar === undefined ? [group(name, children.length), ...children.flatMap(schemaOf)] : [leaf(name, scalar)]);
  if (!node.isArray) return own(field.name);
  return [
    [[3, { i32: repetitions.optional }], [4, { binary: field.name }], [5, { i32: 1 }], [6, { i32: convertedList }]],
    [[3, { i32: repetitions.repeated }], [4, { binary: 'list' }], [5, { i32: 1 }]],
    ...own('element'),
  ];
}

function group(name: string, children: number): Struct {
  return [[3, { i32: repetitions.optional }], [4, { binary: name }], [5, { i32: children }]];
}

function leaf(name: string, scalar: ScalarType): Struct {
  const converted = convertedTypes[scalar];
  return [
    [1, { i32: physicalTypes[scalar] }], [3, { i32: repetitions.optional }], [4, { binary: name }],
    [6, converted === undefined ? undefined : { i32: converted }],
    [10, scalar === 'timestamp' ? { struct: timestampType } : undefined],
  ];
}
