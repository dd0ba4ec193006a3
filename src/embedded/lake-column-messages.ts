/**
 * What the thread that keeps lakes and those that make columns for it send each other: rows by the batch, whose bytes change hands
 * without being copied, and files.
 */
import type { Layer } from '../fhir/lake/lake-table.ts';
import type { MadeFile } from '../machine/parquet/file-maker.ts';
import type { LakeRow } from '../ports/parquet-files.ts';

/** To the thread. Of a file there comes its beginning, then batches, then its end; or, whenever it is given up, that. */
export type ColumnRequest =
  | { readonly file: number; readonly begin: { readonly type: string; readonly partBytes: number } }
  | { readonly file: number; readonly batch: RowBatch }
  | { readonly file: number; readonly end: 'all' | 'given-up' };

/** From the thread. A file of which a failure was told is forgotten. */
export type ColumnAnswer =
  | { readonly file: number; readonly taken: Uint8Array<ArrayBuffer> }
  | { readonly file: number; readonly part: MadeFile }
  | { readonly file: number; readonly made: MadeFile | undefined }
  | { readonly file: number; readonly failure: Error };

export interface RowBatch {
  /** The JSON of all rows, one behind the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly ids: readonly string[];
  /** Of each row {@link numbersOfRow}. */
  readonly numbers: Float64Array;
}

/** Version, valid from, valid to or NaN, layer, and how many bytes its JSON has or -1. */
const numbersOfRow = 5;
const layers: readonly Layer[] = ['current', 'past', 'recent'];
/** Of a batch: rows without JSON take no room in its buffer. */
const rowsPerBatch = 4096;

/** Gathers rows in a buffer, until one does not fit. */
export class BatchWriter {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #ids: string[] = [];
  readonly #numbers: number[] = [];
  #length = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.bytes = bytes;
  }

  get rows(): number {
    return this.#ids.length;
  }

  /** @returns whether it had room */
  add({ id, version, validFrom, validTo, layer, json }: LakeRow): boolean {
    const end = this.#length + (json?.length ?? 0);
    if (end > this.bytes.length || this.#ids.length === rowsPerBatch) return false;
    if (json !== undefined) this.bytes.set(json, this.#length);
    this.#length = end;
    this.#ids.push(id);
    this.#numbers.push(version, validFrom, validTo ?? Number.NaN, layers.indexOf(layer), json?.length ?? -1);
    return true;
  }

  /** It may be sent once. */
  get batch(): RowBatch {
    return { bytes: this.bytes, ids: this.#ids, numbers: Float64Array.from(this.#numbers) };
  }
}

export function* rowsOfBatch({ bytes, ids, numbers }: RowBatch): Generator<LakeRow> {
  let start = 0;
  for (const [row, id] of ids.entries()) {
    const at = row * numbersOfRow;
    const [validTo, length] = [numbers[at + 2]!, numbers[at + 4]!];
    const end = start + Math.max(0, length);
    yield {
      id, version: numbers[at]!, validFrom: numbers[at + 1]!, layer: layers[numbers[at + 3]!]!,
      ...(!Number.isNaN(validTo) && { validTo }), ...(length >= 0 && { json: bytes.subarray(start, end) }),
    };
    start = end;
  }
}
