/**
 * Conditional update: `PUT [type]?[criteria]`, a new version of the one resource that satisfies the criteria, or a
 * resource where there is none (https://hl7.org/fhir/R4/http.html#cond-update).
 */
import { badRequest, conflict, notSupported, preconditionFailed } from '../fhir/outcome.ts';
import { parseJson } from '../fhir/json.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Clock } from '../ports/clock.ts';
import type { DataStore, ResourceVersion, WriteResult } from '../store/data-store.ts';
import { claimOf, onlyMatch, readCriteria, satisfiesCriteria } from './conditional/criteria.ts';
import type { Criteria } from './conditional/criteria.ts';
import { MatchChanged, requireIfMatch, underFoundVersion, whileMatching } from './conditional/while-matching.ts';
import type { Operation, OperationRequest } from './operation.ts';
import { parseParameters } from './parameters.ts';
import { pathSegment } from './path-segment.ts';
import { parseIfNoneMatch } from './preconditions.ts';
import { submitted } from './submitted.ts';
import { subset, subsetParameters } from './subset.ts';
import { requireWhole } from './update.ts';
import { written } from './written.ts';

export interface ConditionalUpdateDependencies {
  readonly store: Pick<DataStore, 'search' | 'searchParameters' | 'read' | 'vread' | 'write' | 'createUnderClaim'>;
  readonly clock: Clock;
}

interface Asked {
  readonly request: OperationRequest;
  readonly resource: Resource;
  readonly criteria: Criteria;
  readonly ifNoneMatch: '*' | undefined;
}

/**
 * Answers 200, or 201 where it made the resource; 412 where several satisfy the criteria; 400 where the resource has an
 * id and another one satisfies them; 409 where it has the id of one that does not satisfy them.
 */
export function conditionalUpdate(dependencies: ConditionalUpdateDependencies): Operation {
  const { store, clock } = dependencies;
  return async (request) => {
    const type = pathSegment(request, 'type');
    const parameters = parseParameters(request.query);
    const isShape = ([name]: readonly [string, string]): boolean => subsetParameters.includes(name);
    const shown = subset(parameters.filter(isShape));
    const ifNoneMatch = parseIfNoneMatch(request.headers['if-none-match']);
    const criteria = await readCriteria(store, parameters.filter((each) => !isShape(each)), { type, baseUrl: request.baseUrl });
    const { resource, content, headers } = submitted(request, type);
    if (content !== undefined) throw notSupported('A content of this size needs an update that names the id of its Binary.');
    requireWhole(resource);
    const { version, created } = await whileMatching(clock, () => attempt({ request, resource, criteria, ifNoneMatch }, dependencies));
    if (version === undefined) throw new Error('The store made no version of an update.');
    return written(request, { version, created, headers, shown });
  };
}

async function attempt(asked: Asked, dependencies: ConditionalUpdateDependencies): Promise<WriteResult> {
  const { request, resource, criteria, ifNoneMatch } = asked;
  const found = await onlyMatch(dependencies.store, criteria);
  requireIfMatch(request, found);
  if (found === undefined) return resource.id === undefined ? createOne(asked, dependencies) : createNamed(asked, resource.id, dependencies);
  if (ifNoneMatch !== undefined) throw preconditionFailed('If-None-Match: * was sent, but a resource satisfies the criteria.');
  if (resource.id !== undefined && resource.id !== found.id) {
    throw badRequest('The id of the resource is not that of the one which satisfies the criteria. Leave it out, or correct one of them.', `${criteria.type}.id`);
  }
  return underFoundVersion(() =>
    dependencies.store.write({ interaction: 'update', resource: { ...resource, id: found.id }, ifMatch: found.versionId }));
}

/** Under the claim of the criteria: of many at the same time one creates, and the others update what it made. */
async function createOne({ resource, criteria }: Asked, { store, clock }: ConditionalUpdateDependencies): Promise<WriteResult> {
  const result = await store.createUnderClaim(resource, claimOf({ store, clock }, criteria));
  if (!result.created) throw new MatchChanged();
  return result;
}

/** An update as create. What stands under the id and does not satisfy the criteria is not replaced. */
async function createNamed({ resource, criteria }: Asked, id: string, { store, clock }: ConditionalUpdateDependencies): Promise<WriteResult> {
  const standing = await store.read(criteria.type, id);
  if (standing?.json !== undefined) {
    if (await satisfiesCriteria({ store, clock }, criteria, parseJson(standing.json) as Resource)) throw new MatchChanged();
    throw conflict('The id is that of a resource which does not satisfy the criteria. Leave the id out to make another, or update that one by its id.', `${criteria.type}.id`);
  }
  return underFoundVersion(() => store.write({ interaction: 'update', resource: { ...resource, id }, ...unchanged(standing) }));
}

function unchanged(standing: ResourceVersion | undefined): { ifNoneMatch: '*' } | { ifMatch: number } {
  return standing === undefined ? { ifNoneMatch: '*' } : { ifMatch: standing.versionId };
}
