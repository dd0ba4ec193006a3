/** The rows that columns were made of, as JSON: read without Parquet, so that a test sees what each column was given. */
import type { Json, JsonObject } from '../../../src/fhir/json.ts';
import type { ColumnNode } from '../../../src/fhir/lake/column-node.ts';
import type { ColumnTree, RowColumns } from '../../../src/fhir/lake/row-columns.ts';

export function rowsOfColumns({ columns, rows }: RowColumns): JsonObject[] {
  return Array.from({ length: rows }, (_none, row) => fieldsOf(columns, row));
}

function fieldsOf(trees: readonly ColumnTree[], parent: number): JsonObject {
  const fields: Record<string, Json> = {};
  for (const tree of trees) {
    const place = tree.node.parents.values.subarray(0, tree.node.parents.length).indexOf(parent);
    if (place >= 0) fields[tree.field.name] = tree.node.isArray ? itemsOf(tree, place) : valueOf(tree, place);
  }
  return fields;
}

function itemsOf(tree: ColumnTree, place: number): Json {
  const { lengths, nullItems } = tree.node;
  const first = lengths.values.subarray(0, place).reduce((sum, count) => sum + count, 0);
  const nulls = [...nullItems.values.subarray(0, nullItems.length)];
  return Array.from({ length: lengths.values[place]! }, (_none, index) => {
    const item = first + index;
    return nulls.includes(item) ? null : valueOf(tree, item - nulls.filter((each) => each < item).length);
  });
}

function valueOf({ node, children }: ColumnTree, instance: number): Json {
  return node.values === undefined ? fieldsOf(children, instance) : scalarOf(node, instance);
}

function scalarOf({ scalar, values }: ColumnNode, instance: number): Json {
  const { bytes, starts, indexes, length } = values!;
  const number = indexes.values[instance]!;
  const span = bytes.subarray(starts.values[number], number + 1 === starts.length ? length : starts.values[number + 1]);
  const view = new DataView(span.buffer, span.byteOffset, span.length);
  switch (scalar) {
    case 'string': return new TextDecoder('utf-8', { fatal: true }).decode(span.subarray(4));
    case 'boolean': return span[0] === 1;
    case 'double': return view.getFloat64(0, true);
    case 'integer': return view.getInt32(0, true);
    case 'date': return new Date(view.getInt32(0, true) * 86_400_000).toISOString().slice(0, 10);
    case 'timestamp': return momentText(view.getBigInt64(0, true));
    default: return Number(view.getBigInt64(0, true));
  }
}

/** Without zeros at the end of the second. */
function momentText(micros: bigint): string {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((micros - fraction) / 1000n)).toISOString().slice(0, 19).replace('T', ' ');
  return fraction === 0n ? seconds : `${seconds}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
}
