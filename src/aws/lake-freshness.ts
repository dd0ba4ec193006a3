/** How old an answer of a lake may be on AWS. */

/** Within it a change is queryable: a second in the stream, half a minute for others (lake-functions.ts), some seconds of work. */
export const freshWithinMs = 60_000;
