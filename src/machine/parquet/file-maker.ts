/**
 * Rows of a table on their way into a Parquet file: columns, until they are as many as may be held at once. A larger file is merged of
 * parts (`../duckdb/parquet-files.ts`).
 */
import { isUtf8 } from 'node:buffer';
import { RowColumns } from '../../fhir/lake/row-columns.ts';
import type { LakeTable } from '../../fhir/lake/lake-table.ts';
import type { LakeRow } from '../../ports/parquet-files.ts';
import { parquetFile } from './parquet-file.ts';

/** Resources whose columns are held at once, as bytes of JSON, of which they take about half. */
export const partBytes = 128 * 1024 * 1024;

export interface MadeFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly rows: number;
}

/** A file that is to be made of rows, wherever that is done. */
export interface FileOfRows {
  readonly table: LakeTable;
  readonly rows: AsyncIterable<LakeRow> | Iterable<LakeRow>;
  readonly partBytes: number;
  /** Takes a part of what is too large to be held at once. */
  readonly takePart: (part: MadeFile) => Promise<void>;
}

/** @returns what is left behind the parts; `undefined` where that is nothing */
export async function madeHere({ table, rows, partBytes: limit, takePart }: FileOfRows): Promise<MadeFile | undefined> {
  const maker = new FileMaker(table, limit);
  for await (const row of rows) {
    maker.append(row);
    if (maker.isFull) await takePart(await maker.end());
  }
  return maker.rows === 0 ? undefined : maker.end();
}

export class FileMaker {
  readonly #table: LakeTable;
  readonly #partBytes: number;
  #columns: RowColumns;

  constructor(table: LakeTable, limit: number) {
    this.#table = table;
    this.#partBytes = limit;
    this.#columns = new RowColumns(table);
  }

  /** That are not in a part yet. */
  get rows(): number {
    return this.#columns.rows;
  }

  /** Whether a part should be made of them. */
  get isFull(): boolean {
    return this.#columns.sizeBytes >= this.#partBytes;
  }

  /** @throws Error when the JSON is none */
  append(row: LakeRow): void {
    this.#columns.append(row.json === undefined || isUtf8(row.json) ? row : { ...row, json: repaired(row.json) });
  }

  /** What is there becomes a file, and it begins anew. */
  async end(): Promise<MadeFile> {
    const columns = this.#columns;
    this.#columns = new RowColumns(this.#table);
    return { bytes: joined(await parquetFile(columns)), rows: columns.rows };
  }
}

/** U+FFFD stands for what is no UTF-8: readers would take none of the file. */
function repaired(json: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(json.buffer, json.byteOffset, json.length).toString('utf8'));
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
