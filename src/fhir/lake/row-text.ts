/**
 * Resources as rows of the lake: each a line of JSON whose names and values are those of its table's columns, companions
 * included, so that whoever writes Parquet has only types to read. Every byte of a resource is looked at once; numbers keep their
 * digits, because what becomes JSON text is copied as it was written.
 */
import { isId } from '../resource.ts';
import { ByteOutput } from './byte-output.ts';
import { ElementText, TooManyValues, wholeResource } from './element-text.ts';
import { bytesOf, JsonReader } from './json-reader.ts';
import type { Layer, LakeTable } from './lake-table.ts';
import { unknownColumn, versionColumns } from './lake-table.ts';
import { momentOf } from './moments.ts';
import type { Slot, TablePlan } from './row-plan.ts';
import { occurring, tablePlan } from './row-plan.ts';

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

const { comma, openBrace, closeBrace } = bytesOf;
const newline = 0x0a;
/** How many times as long as its resource a row rarely is. */
const usualGrowth = 2;
const encoder = new TextEncoder();
const noBytes = new Uint8Array(0);

/** Rows of one table, gathered as text. */
export class RowText {
  readonly #table: LakeTable;
  readonly #plan: TablePlan;
  readonly #type: Uint8Array;
  /** By slot: whether anything was written into it. */
  readonly #used: Uint8Array;
  readonly #out = new ByteOutput();
  readonly #in = new JsonReader();
  readonly #elements: ElementText;
  readonly #idBytes = new Uint8Array(66);
  #rows = 0;
  #longest = 0;

  constructor(table: LakeTable) {
    this.#table = table;
    this.#plan = tablePlan(table);
    this.#type = encoder.encode(JSON.stringify(table.type));
    this.#used = new Uint8Array(this.#plan.slotCount);
    for (const column of table.columns) {
      if (column.name === 'id' || column.role === 'version') this.#used[this.#plan.slotOf.get(column)!] = 1;
    }
    this.#elements = new ElementText(this.#in, this.#out, this.#used);
  }

  /** The lines since the last `clear`, in UTF-8; valid until the next call. */
  get bytes(): Uint8Array {
    return this.#out.bytes.subarray(0, this.#out.length);
  }

  /** Rows since the beginning. */
  get rows(): number {
    return this.#rows;
  }

  /** Bytes of the longest line since the beginning. */
  get longest(): number {
    return this.#longest;
  }

  /** The table of those columns and fields that occurred since the beginning; the id and those of the version always do. */
  occurring(): LakeTable {
    return occurring(this.#table, this.#plan, this.#used);
  }

  /** Forgets the lines; what has occurred stays known. */
  clear(): void {
    this.#out.clear();
  }

  /** @throws Error when the JSON is none, or nothing that a resource can be */
  append(row: RowVersion): void {
    const out = this.#out;
    const start = out.length;
    out.reserve((row.json?.length ?? 0) * usualGrowth);
    this.#line(row);
    while (out.length > out.bytes.length) {
      out.retryFrom(start);
      this.#line(row);
    }
    this.#rows++;
    this.#longest = Math.max(this.#longest, out.length - start);
  }

  #line(row: RowVersion): void {
    const out = this.#out;
    const id = this.#idText(row.id);
    out.put(openBrace);
    out.putText('"id":');
    out.putAll(id);
    out.put(comma);
    if (row.json !== undefined) this.#resource(row.json, id);
    this.#version(row);
    out.close(closeBrace);
    out.put(newline);
  }

  /** As JSON writes it. */
  #idText(id: string): Uint8Array {
    if (!isId(id)) return encoder.encode(JSON.stringify(String(id).toWellFormed()));
    const { length } = id;
    const bytes = this.#idBytes;
    for (let index = 0; index < length; index++) bytes[index + 1] = id.charCodeAt(index);
    bytes[0] = bytes[length + 1] = bytesOf.quote;
    return bytes.subarray(0, length + 2);
  }

  #resource(json: Uint8Array, id: Uint8Array): void {
    // A Buffer's bytes are read as any other's, which keeps the loops over them of one kind.
    this.#in.open(new Uint8Array(json.buffer, json.byteOffset, json.length));
    const unknown = this.#members(json, id);
    this.#in.open(noBytes);
    if (unknown.length === 0) return;
    this.#begin(this.#plan.others.get(unknownColumn)!);
    this.#out.putAll(encoder.encode(JSON.stringify(`{${unknown.join(',')}}`)));
    this.#out.put(comma);
  }

  /** @returns members of the unknown elements */
  #members(json: Uint8Array, id: Uint8Array): readonly string[] {
    const { length } = this.#out;
    try {
      return this.#elements.write(this.#plan, { type: this.#type, id });
    } catch (error) {
      if (!(error instanceof TooManyValues)) throw error;
      this.#out.length = length;
      return [wholeResource(new TextDecoder().decode(json))];
    }
  }

  #version({ version, validFrom, validTo, layer, json }: RowVersion): void {
    this.#other(versionColumns.version, String(version));
    this.#moment(versionColumns.validFrom, validFrom);
    if (validTo !== undefined) this.#moment(versionColumns.validTo, validTo);
    this.#other(versionColumns.deleted, json === undefined ? 'true' : 'false');
    this.#other(versionColumns.layer, `"${layer}"`);
  }

  #moment(name: string, milliseconds: number): void {
    const { moment, digits } = momentOf(milliseconds);
    this.#begin(this.#plan.others.get(name)!);
    this.#out.putMoment(moment, digits);
    this.#out.put(comma);
  }

  #other(name: string, text: string): void {
    this.#begin(this.#plan.others.get(name)!);
    this.#out.putText(text);
    this.#out.put(comma);
  }

  #begin(slot: Slot): void {
    this.#used[slot.index] = 1;
    this.#out.putAll(slot.prefix);
  }
}
