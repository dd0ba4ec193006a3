/** What a statement may be at most: enough for what people and views write, little enough to read in a blink. */

/** Athena's own bound of a statement, which counts bytes (https://docs.aws.amazon.com/athena/latest/ug/service-limits.html). */
export const maxStatementLength = 262_144;

/** Parentheses, subqueries, types and calls within each other: the reader goes down by as many frames of the stack. */
export const maxNesting = 100;

/** How high the tree may grow, chains of AND, OR and || included: who walks it goes down by as many frames. */
export const maxTreeHeight = 600;

/**
 * How high an expression may grow by all other operators and calls: DuckDB takes eight times as long to plan one of twice the height,
 * and a fifth of a second for this. AND and OR it takes as lists, and || is written as a tree of little height.
 */
export const maxExpressionHeight = 128;

/** Trino's own bound of the sets that one GROUP BY makes groups of (https://trino.io/docs/435/admin/properties-query-management.html). */
export const maxGroupingSets = 2048;

/** Nodes of a tree: a list of 10,000 codes fits. */
export const maxNodes = 25_000;

/** What a writer may write: expressions that an engine has no name for are written several times over. */
export const maxWrittenLength = 4_000_000;
