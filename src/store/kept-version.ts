/**
 * The number with which the versions of a resource begin, for imports that carry numbers over: that of its `meta.versionId`
 * (https://hl7.org/fhir/R4/resource.html#Meta), so that links to this version of it lead to the same content here.
 */
import type { Resource } from '../fhir/resource.ts';

/** Keys have ten digits for a version: whatever a history begins with, nine billion more can follow. */
export const maxKeptVersionId = 1_000_000_000;

const positiveInteger = /^[1-9]\d{0,9}$/;

/** @returns `undefined` where it has none that could be a number of ours: R4 lets a versionId be any id */
export function keptVersionId({ meta }: Resource): number | undefined {
  const versionId = meta?.versionId;
  if (typeof versionId !== 'string' || !positiveInteger.test(versionId)) return undefined;
  const number = Number(versionId);
  return number <= maxKeptVersionId ? number : undefined;
}
