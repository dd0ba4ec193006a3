/** What the operations on views may take (docs/views.md). */

/** Who asks waits so long: below what gateways wait. What takes longer is exported. */
export const runWithinMs = 25_000;
/** Rows and bytes of an answer in JSON, which is made in memory; CSV and Parquet are files of the engine, and may be longer. */
export const maxJsonRows = 100_000;
export const maxJsonBytes = 16 * 1024 * 1024;
/** Rows that are read from the engine at a time. */
export const pageRows = 5000;
/** Rows of one view in a file. */
export const maxViewRows = 100_000_000;
/** A tenth of a terabyte, for which Athena takes half a dollar. */
export const maxViewScannedBytes = 100_000_000_000;
/** An export runs behind the request. */
export const exportTimeoutMs = 30 * 60 * 1000;
/** Views of one export; their queries wait for each other. */
export const maxExportedViews = 10;
/** Patients by whom a view may be narrowed. */
export const maxViewPatients = 100;
