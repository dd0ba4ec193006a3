/**
 * HealthLake's `createdAt` in conditional interactions, beside `_id`
 * (https://docs.aws.amazon.com/healthlake/latest/devguide/managing-fhir-resources-delete.html): when the resource was first
 * made. No resource says so itself: it is the instant of its first version.
 */
import { badRequest } from '../../fhir/outcome.ts';
import { splitEscaped } from '../../fhir/search/escapes.ts';
import { parseDate, satisfiesDate } from '../../fhir/search/kinds/date.ts';
import type { DateCriterion } from '../../fhir/search/kinds/date.ts';
import type { SearchParameters } from '../../fhir/search/parameters.ts';
import type { DataStore } from '../../store/data-store.ts';
import type { Parameter } from '../parameters.ts';

const createdAt = 'createdAt';

/** All of them have to hold, of each any of its alternatives. */
export type CreatedAt = readonly (readonly DateCriterion[])[];

export interface CreatedAtApart {
  readonly created: CreatedAt;
  /** The parameters that are a search's. */
  readonly others: readonly Parameter[];
}

/**
 * A parameter of the data store's own that is called so goes before.
 *
 * @throws FhirError 400 for what is no date, or has no `_id` beside it: the first versions of a whole type are in no index
 */
export function createdAtApart(asked: readonly Parameter[], type: string, known: SearchParameters): CreatedAtApart {
  const isCreatedAt = ([name]: Parameter): boolean => name === createdAt;
  if (known.of(type).has(createdAt) || !asked.some(isCreatedAt)) return { created: [], others: asked };
  const others = asked.filter((parameter) => !isCreatedAt(parameter));
  if (!others.some(([name]) => name === '_id')) throw badRequest('createdAt is understood beside _id only. Name the resource by its _id.');
  return { created: asked.filter(isCreatedAt).map(([, text]) => splitEscaped(text, ',').map(dateCriterion)), others };
}

function dateCriterion(text: string): DateCriterion {
  const criterion = parseDate(text);
  if (criterion === undefined || criterion.prefix === 'ap') throw badRequest('A value of createdAt is a date, with a prefix other than ap or without one, as in createdAt=ge2024-02-03.');
  return criterion;
}

export async function wasCreated(
  store: Pick<DataStore, 'vread'>, { type, id }: { readonly type: string; readonly id: string }, created: CreatedAt,
): Promise<boolean> {
  if (created.length === 0) return true;
  const first = await store.vread(type, id, 1);
  if (first === undefined) return false;
  // `now` is for `ap`, which is refused above.
  const instant = { kind: 'date', low: first.lastUpdated, high: first.lastUpdated + 1 } as const;
  return created.every((alternatives) => alternatives.some((each) => satisfiesDate(instant, each, { now: 0 })));
}
