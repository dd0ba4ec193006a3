/** Parquet files of the lake, as objects of a data store: made from resources, and merged. */
import type { Layer, LakeTable } from '../fhir/lake/lake-table.ts';

/** One version of a resource, on its way into the lake. */
export interface LakeRow {
  readonly id: string;
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly validFrom: number;
  /** Absent for the newest. */
  readonly validTo?: number;
  readonly layer: Layer;
  /** The resource's JSON in UTF-8, in one line; absent for a deletion. */
  readonly json?: Uint8Array;
}

/** A file to be made of rows. */
export interface NewFile {
  readonly table: LakeTable;
  readonly rows: AsyncIterable<LakeRow> | Iterable<LakeRow>;
  readonly key: string;
  /** About as much JSON as the rows have: by it is known how much there is to do. */
  readonly expectedBytes: number;
}

export interface ParquetFile {
  /** The object's key, as in `object-store.ts`. */
  readonly key: string;
  readonly rows: number;
  readonly sizeBytes: number;
}

export interface Compaction {
  readonly table: LakeTable;
  /** Files of any layer, of which one version may lie in more than one. */
  readonly sources: readonly string[];
  /** The newest version of each resource that is not deleted goes to `current`, every other version to `past`, each once. */
  readonly current: string;
  readonly past: string;
  /** Rows of these ids only, those whose hash modulo `buckets` is `bucket`: a part of the work that fits into memory. Absent for all. */
  readonly part?: { readonly bucket: number; readonly buckets: number };
}

export interface Merging {
  readonly table: LakeTable;
  /** Files of the layer `recent`. */
  readonly sources: readonly string[];
  /** Gets the rows of all of them, each as it is; a version that lies in more than one may be there as often. */
  readonly key: string;
}

/** Every method leaves either the whole object, durable, or none. */
export interface ParquetFiles {
  /** @returns `undefined` when there are no rows: no object is made */
  write(table: LakeTable, rows: AsyncIterable<LakeRow> | Iterable<LakeRow>, key: string): Promise<ParquetFile | undefined>;
  /**
   * Files of a whole lake, as `write` makes each; where there is much to do, side by side.
   * @returns in the order of the files
   */
  writeAll(files: readonly NewFile[]): Promise<readonly (ParquetFile | undefined)[]>;
  compact(compaction: Compaction): Promise<{ readonly current?: ParquetFile; readonly past?: ParquetFile }>;
  /** @returns `undefined` when there are no rows: no object is made */
  merge(merging: Merging): Promise<ParquetFile | undefined>;
}
