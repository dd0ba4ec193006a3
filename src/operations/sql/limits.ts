/** What a question of SQL may take; a request may ask for less (docs/sql.md). */

/** Who asks waits so long before it is told to come again: below what gateways wait. */
export const answerWithinMs = 20_000;
/** Population questions take seconds; what takes longer is asked wrongly, and holds up others. */
export const maxTimeoutMs = 10 * 60 * 1000;
export const defaultTimeoutMs = 5 * 60 * 1000;
/** An answer is to be read; whole tables come by `$export`. */
export const maxRows = 1_000_000;
/** A tenth of a terabyte, for which Athena takes half a dollar. */
export const maxScannedBytes = 100_000_000_000;

/** Rows of a page. */
export const defaultCount = 1000;
export const maxCount = 10_000;

/** Queries that a data store keeps: all are listed at once. */
export const maxSavedQueries = 500;
/** What is kept lies in an item of a table, of 400 kB. */
export const maxSavedBytes = 300 * 1024;
/** Values of a parameter that is a list: so many codes are asked for at a time. */
export const maxListValues = 10_000;
