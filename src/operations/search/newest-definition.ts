/**
 * Which of several definitions with one canonical URL a reference without a version means
 * (https://hl7.org/fhir/R4/references.html#canonical): the newest that is in use.
 */
import type { Json, JsonObject } from '../../fhir/json.ts';

/** Better first; what is not said is as a draft (https://hl7.org/fhir/R4/valueset-publication-status.html). */
const ranks: Readonly<Record<string, number>> = { active: 0, draft: 1, unknown: 1, retired: 2 };

export function newest(definitions: readonly JsonObject[]): JsonObject | undefined {
  return definitions.toSorted((one, other) => rank(one) - rank(other) || compareVersions(other, one) || compareDates(other, one))[0];
}

function rank({ status }: JsonObject): number {
  const name = text(status);
  return Object.hasOwn(ranks, name) ? ranks[name]! : 1;
}

/** Numbers within versions count as numbers: 1.10 is newer than 1.9. */
function compareVersions(one: JsonObject, other: JsonObject): number {
  return compareText(text(one.version), text(other.version));
}

/** Dates are compared as text, which is their order as far as both go. */
function compareDates(one: JsonObject, other: JsonObject): number {
  return compareText(text(one.date), text(other.date));
}

function compareText(one: string, other: string): number {
  const parts = one.match(/\d+|\D+/g) ?? [];
  const others = other.match(/\d+|\D+/g) ?? [];
  for (const [position, part] of parts.entries()) {
    const against = others[position];
    if (against === undefined) return 1;
    const order = /^\d/.test(part) && /^\d/.test(against) ? Number(part) - Number(against) : Number(part > against) - Number(part < against);
    if (order !== 0) return order;
  }
  return parts.length - others.length;
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
