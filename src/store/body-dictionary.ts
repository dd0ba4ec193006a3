/**
 * Text that FHIR JSON repeats, for the compression of bodies (encoding 1). It must never change: bodies written
 * with it can only be read with it. A better one is a new encoding.
 *
 * The commonest fragments stand at the end, where deflate refers to them most cheaply.
 */
export const bodyDictionary = 'PLACEHOLDER';
