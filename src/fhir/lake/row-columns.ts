/**
 * Resources as the columns of their table, companions included: what a Parquet file is made of. Every byte of a resource is
 * looked at once; numbers keep their digits, because what becomes JSON text is copied as it was written.
 */
import { ByteOutput } from './byte-output.ts';
import { ByteView } from './byte-view.ts';
import { ColumnNode } from './column-node.ts';
import { ElementColumns, TooManyValues, wholeResource } from './element-columns.ts';
import { isIdByte, maxIdLength } from './companion-columns.ts';
import { bytesOf, JsonReader } from './json-reader.ts';
import type { LakeField, Layer, LakeTable } from './lake-table.ts';
import { unknownColumn, versionColumns } from './lake-table.ts';
import type { Slot, TablePlan } from './row-plan.ts';
import { tablePlan } from './row-plan.ts';

/** One version of a resource. */
export interface RowVersion {
  readonly id: string;
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly validFrom: number;
  readonly validTo?: number;
  readonly layer: Layer;
  /** The resource's JSON in UTF-8, as `JSON.stringify` writes it or otherwise; absent for a deletion. */
  readonly json?: Uint8Array;
}

/** A field that occurs, and those within it. */
export interface ColumnTree {
  readonly field: LakeField;
  readonly node: ColumnNode;
  /** Of a row: those that occur, in the table's order. */
  readonly children: readonly ColumnTree[];
}

const encoder = new TextEncoder();
/** What a value takes as columns at least, and while they are written. */
const valueBytes = 16;
const layerTexts: Readonly<Record<Layer, ByteView>> = {
  current: ByteView.of(encoder.encode('current')), past: ByteView.of(encoder.encode('past')), recent: ByteView.of(encoder.encode('recent')),
};

/** Rows of one table, gathered as columns. */
export class RowColumns {
  readonly #table: LakeTable;
  readonly #plan: TablePlan;
  readonly #type: Uint8Array;
  /** By slot. */
  readonly #nodes: (ColumnNode | undefined)[] = [];
  readonly #in = new JsonReader();
  readonly #elements: ElementColumns;
  readonly #quoted = new ByteView(maxIdLength + 2);
  #rows = 0;
  #sizeBytes = 0;

  constructor(table: LakeTable) {
    this.#table = table;
    this.#plan = tablePlan(table);
    this.#type = encoder.encode(JSON.stringify(table.type));
    const nodeOf = (slot: Slot): ColumnNode => this.#nodes[slot.index] ??= new ColumnNode(slot.field);
    this.#elements = new ElementColumns(this.#in, new ByteOutput(), nodeOf);
    for (const column of table.columns.filter(isAlways)) this.#nodes[this.#plan.slotOf.get(column)!] = new ColumnNode(column);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Of the resources that were taken; many small values count for more than they take there. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** The columns that occur; the id and those of the version always do. */
  get columns(): readonly ColumnTree[] {
    return this.#occurring(this.#table.columns);
  }

  #occurring(fields: readonly LakeField[]): ColumnTree[] {
    return fields.flatMap((field) => {
      const node = this.#nodes[this.#plan.slotOf.get(field)!];
      if (node === undefined || (node.parents.length === 0 && !isAlways(field))) return [];
      const type = field.type.kind === 'array' ? field.type.element : field.type;
      const children = type.kind === 'row' ? this.#occurring(type.fields) : [];
      return type.kind === 'row' && children.length === 0 ? [] : [{ field, node, children }];
    });
  }

  /** @throws Error when the JSON is none, or nothing that a resource can be */
  append(row: RowVersion): void {
    const number = this.#rows;
    const id = this.#id(row.id, number);
    if (row.json !== undefined) this.#resource(row.json, number, id);
    this.#version(row, number);
    this.#rows++;
    if (row.json !== undefined) this.#sizeBytes += Math.max(row.json.length, this.#elements.values * valueBytes);
  }

  /** Adds it. @returns as JSON writes it */
  #id(id: string, number: number): Uint8Array {
    const node = this.#node('id', number);
    const { bytes } = this.#quoted;
    const { length } = id;
    let isPlain = length > 0 && length <= maxIdLength;
    for (let index = 0; isPlain && index < length; index++) {
      const code = id.charCodeAt(index);
      isPlain = isIdByte(code);
      bytes[index + 1] = code;
    }
    if (!isPlain) {
      const text = id.toWellFormed();
      node.addString(text);
      return encoder.encode(JSON.stringify(text));
    }
    bytes[0] = bytes[length + 1] = bytesOf.quote;
    node.addText(this.#quoted, { start: 1, end: length + 1 });
    return bytes.subarray(0, length + 2);
  }

  #resource(json: Uint8Array, number: number, id: Uint8Array): void {
    this.#in.open(json);
    const unknown = this.#members(json, number, id);
    if (unknown.length > 0) this.#node(unknownColumn, number).addString(`{${unknown.join(',')}}`);
  }

  /** @returns members of the unknown elements */
  #members(json: Uint8Array, number: number, id: Uint8Array): readonly string[] {
    try {
      return this.#elements.write(this.#plan, number, { type: this.#type, id });
    } catch (error) {
      if (!(error instanceof TooManyValues)) throw error;
      const taken = this.#table.columns.filter(({ name, element }) => element !== undefined && name !== 'id');
      for (const column of taken) this.#forget(column, number);
      return [wholeResource(new TextDecoder().decode(json))];
    }
  }

  #forget(field: LakeField, from: number): void {
    const node = this.#nodes[this.#plan.slotOf.get(field)!];
    if (node === undefined) return;
    const first = node.forgetFrom(from);
    const type = field.type.kind === 'array' ? field.type.element : field.type;
    if (type.kind === 'row') for (const inner of type.fields) this.#forget(inner, first);
  }

  #version({ version, validFrom, validTo, layer, json }: RowVersion, number: number): void {
    this.#node(versionColumns.version, number).addBigint(version);
    addMilliseconds(this.#node(versionColumns.validFrom, number), validFrom);
    if (validTo !== undefined) addMilliseconds(this.#node(versionColumns.validTo, number), validTo);
    this.#node(versionColumns.deleted, number).addBoolean(json === undefined);
    const text = layerTexts[layer];
    this.#node(versionColumns.layer, number).addText(text, { start: 0, end: text.bytes.length });
  }

  /** The column of that name, of which the row has a value. */
  #node(name: string, number: number): ColumnNode {
    const { index, field } = this.#plan.others.get(name)!;
    const node = this.#nodes[index] ??= new ColumnNode(field);
    node.parents.push(number);
    return node;
  }
}

function isAlways({ name, role }: LakeField): boolean {
  return name === 'id' || role === 'version';
}

function addMilliseconds(node: ColumnNode, milliseconds: number): void {
  const seconds = Math.floor(milliseconds / 1000);
  node.addMoment(seconds, (milliseconds - seconds * 1000) * 1000);
}
