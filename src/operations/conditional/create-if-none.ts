/** Conditional create: `If-None-Exist` (https://hl7.org/fhir/R4/http.html#ccreate). */
import type { Resource } from '../../fhir/resource.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DataStore, ResourceVersion } from '../../store/data-store.ts';
import { parseParameters } from '../parameters.ts';
import { claimOf, criteriaText, onlyMatch, readCriteria } from './criteria.ts';

export interface ConditionalCreateDependencies {
  readonly store: Pick<DataStore, 'search' | 'searchParameters' | 'read' | 'vread' | 'createUnderClaim'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * The resource that satisfies the criteria, made if there is none. Of many who ask under equal criteria at the same time
 * one makes it.
 *
 * @throws FhirError 412 when several satisfy them
 */
export async function createIfNone(
  { store, clock }: ConditionalCreateDependencies,
  resource: Resource,
  { ifNoneExist, baseUrl }: { readonly ifNoneExist: string; readonly baseUrl: string },
): Promise<{ readonly version: ResourceVersion; readonly created: boolean }> {
  const { resourceType: type } = resource;
  const criteria = await readCriteria(store, parseParameters(criteriaText(ifNoneExist, type)), { type, baseUrl });
  const found = await onlyMatch(store, criteria);
  if (found !== undefined) return { version: found, created: false };
  const { version, created } = await store.createUnderClaim(resource, claimOf({ store, clock }, criteria));
  if (version === undefined) throw new Error('The store made no version of a create.');
  return { version, created };
}
