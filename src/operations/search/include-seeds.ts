/** The resources from which others are brought along: matches, and on `:iterate` what was brought along itself. */
import { isObject, parseJson } from '../../fhir/json.ts';
import type { JsonObject } from '../../fhir/json.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { ContainedSearch } from '../../fhir/search/search-query.ts';
import type { ResourceVersion, SearchMatch } from '../../store/data-store.ts';

export interface Seed {
  readonly type: string;
  /** Absent for a contained resource that is answered by itself: none but its container can refer to it. */
  readonly id?: string;
  readonly resource: Resource;
}

/** Of a version that is no deletion. */
export function seedOf({ type, id, json }: ResourceVersion & { readonly json: string }): Seed {
  return { type, id, resource: parseJson(json) as Resource };
}

/** What a match shows: the resource, or those within it that matched, where these are answered by themselves; both, where both matched. */
export function seedsOf(match: SearchMatch, answer: ContainedSearch['answer'] | undefined): readonly Seed[] {
  const { json, contained, itself } = match;
  if (json === undefined) return [];
  const whole = seedOf({ ...match, json });
  if (!showsContained(match, answer)) return [whole];
  const within = (whole.resource as JsonObject)['contained'];
  const parts = (Array.isArray(within) ? within : []).filter(isObject)
    .filter((one) => contained!.includes(one['id'] as string) && typeof one['resourceType'] === 'string')
    .map((one) => ({ type: one['resourceType'] as string, resource: one as Resource }));
  return itself ? [whole, ...parts] : parts;
}

/** Whether the entries of a match are those that it contains, with or without itself. */
export function showsContained({ contained = [] }: SearchMatch, answer: ContainedSearch['answer'] | undefined): boolean {
  return answer === 'contained' && contained.length > 0;
}
