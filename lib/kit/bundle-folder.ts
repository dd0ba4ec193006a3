/** Where `scripts/bundle-functions.ts` leaves each function's code. */
import { join } from 'node:path';

export const bundleFolder = (name: string): string => join(import.meta.dirname, '..', '..', '.cache', 'functions', name);
/** Where `scripts/duckdb-layer.ts` leaves the layer with DuckDB. */
export const duckdbLayerFolder = join(import.meta.dirname, '..', '..', '.cache', 'layers', 'duckdb');
