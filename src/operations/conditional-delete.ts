/**
 * Conditional delete: `DELETE [type]?[criteria]`, of the one resource that satisfies the criteria
 * (https://hl7.org/fhir/R4/http.html#3.1.0.7.1), or with `_count`, HealthLake's way, of up to so many at once.
 */
import { badRequest, FhirError, operationOutcome } from '../fhir/outcome.ts';
import { maxCount } from '../fhir/search/result-parameters.ts';
import type { Clock } from '../ports/clock.ts';
import type { DataStore, SearchMatch } from '../store/data-store.ts';
import { inParallel } from './bundle/in-parallel.ts';
import { matchesUpTo, onlyMatch, readCriteria } from './conditional/criteria.ts';
import type { Criteria } from './conditional/criteria.ts';
import { requireIfMatch, underFoundVersion, whileMatching } from './conditional/while-matching.ts';
import { deletedAnswer } from './delete.ts';
import type { Operation, OperationRequest, OperationResponse } from './operation.ts';
import { parseParameters, single, withParameters } from './parameters.ts';
import type { Parameter } from './parameters.ts';
import { pathSegment } from './path-segment.ts';
import { subset, subsetParameters } from './subset.ts';
import { entityTag, versionPath } from './version-headers.ts';

export interface ConditionalDeleteDependencies {
  readonly store: Pick<DataStore, 'search' | 'searchParameters' | 'read' | 'vread' | 'write'>;
  readonly clock: Clock;
}

/** What a conditional delete asks for besides its criteria. */
const controls: readonly string[] = [...subsetParameters, '_count'];

/**
 * Answers as a delete does, 204 also where nothing satisfies the criteria, and 412 where several do. With `_count`: 200
 * and a batch-response with an entry for each; a link `next` where there may be more, to be followed with DELETE.
 */
export function conditionalDelete({ store, clock }: ConditionalDeleteDependencies): Operation {
  return async (request) => {
    const type = pathSegment(request, 'type');
    const parameters = parseParameters(request.query);
    const sent = (names: readonly string[]): readonly Parameter[] => parameters.filter(([name]) => names.includes(name));
    // Of every interaction's parameters, though nothing of the resource is answered that they could apply to.
    subset(sent(subsetParameters));
    const most = batchSize(single(sent(['_count']), '_count'), request);
    const criteria = await readCriteria(store, parameters.filter(([name]) => !controls.includes(name)), { type, baseUrl: request.baseUrl });
    if (most !== undefined) return batchDelete({ request, parameters, criteria, most }, store);
    const { version } = await whileMatching(clock, () => deleteOne(request, criteria, store));
    return deletedAnswer(request, version);
  };
}

function batchSize(count: string | undefined, { headers }: OperationRequest): number | undefined {
  if (count === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(count) || Number(count) > maxCount) throw badRequest(`_count of a delete is the most that it deletes: 1 to ${maxCount}.`);
  if (headers['if-match'] !== undefined) throw badRequest('If-Match names one version; a delete with _count is of many. Send one of them.');
  return Number(count);
}

async function deleteOne(
  request: OperationRequest, criteria: Criteria, store: ConditionalDeleteDependencies['store'],
): Promise<Pick<Awaited<ReturnType<DataStore['write']>>, 'version'>> {
  const found = await onlyMatch(store, criteria);
  requireIfMatch(request, found);
  if (found === undefined) return {};
  const { type, id, versionId } = found;
  return underFoundVersion(() => store.write({ interaction: 'delete', type, id, ifMatch: versionId }));
}

interface BatchDelete {
  readonly request: OperationRequest;
  readonly parameters: readonly Parameter[];
  readonly criteria: Criteria;
  readonly most: number;
}

/** Not atomic, as in HealthLake: each resource goes by itself, unless it has changed since it was found. */
async function batchDelete(
  { request: { baseUrl }, parameters, criteria, most }: BatchDelete, store: ConditionalDeleteDependencies['store'],
): Promise<OperationResponse> {
  const found = await matchesUpTo(store, criteria, most);
  const responses: object[] = [];
  await inParallel([...found.entries()], async ([place, match]) => {
    responses[place] = await deletedEntry(match, store);
  });
  const url = withParameters(`${baseUrl}/${criteria.type}`, parameters);
  const json = JSON.stringify({
    resourceType: 'Bundle',
    type: 'batch-response',
    // Those that were deleted are found no more: the same request goes on with the rest.
    link: [{ relation: 'self', url }, ...(found.length < most ? [] : [{ relation: 'next', url }])],
    ...(found.length === 0 ? {} : { entry: responses.map((response) => ({ response })) }),
  });
  return { status: 200, headers: {}, json };
}

async function deletedEntry({ type, id, versionId }: SearchMatch, store: ConditionalDeleteDependencies['store']): Promise<object> {
  try {
    const { version } = await store.write({ interaction: 'delete', type, id, ifMatch: versionId });
    if (version === undefined) return { status: '204', location: `${type}/${id}` };
    return { status: '204', location: versionPath(version), etag: entityTag(version.versionId), lastModified: new Date(version.lastUpdated).toISOString() };
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
    return { status: String(error.status), location: `${type}/${id}`, outcome: operationOutcome(error.issues) };
  }
}
