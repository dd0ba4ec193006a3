/** The version in an ETag, as `W/"3"` (https://hl7.org/fhir/R4/http.html#versioning). */

/** Weak or strong, quoted or not; `undefined` when it is no version of this server. */
export function parseVersionTag(tag: string): number | undefined {
  const match = /^(?:(?:W\/)?"([1-9]\d{0,9})"|([1-9]\d{0,9}))$/.exec(tag.trim());
  return match === null ? undefined : Number(match[1] ?? match[2]);
}
