/**
 * Conditional patch: `PATCH [type]?[criteria]`, of the one resource that satisfies the criteria
 * (https://hl7.org/fhir/R4/http.html#patch).
 */
import { badRequest, notFound } from '../fhir/outcome.ts';
import type { Clock } from '../ports/clock.ts';
import type { DataStore } from '../store/data-store.ts';
import { onlyMatch, readCriteria } from './conditional/criteria.ts';
import { requireIfMatch, underFoundVersion, whileMatching } from './conditional/while-matching.ts';
import type { Operation } from './operation.ts';
import { parseParameters } from './parameters.ts';
import { patchedResource, presentVersion } from './patch.ts';
import { pathSegment } from './path-segment.ts';
import { submittedPatch } from './submitted-patch.ts';
import { subset, subsetParameters } from './subset.ts';
import { validationIssuesHeader, validationLevel } from './validation-level.ts';
import { written } from './written.ts';

export interface ConditionalPatchDependencies {
  readonly store: Pick<DataStore, 'search' | 'searchParameters' | 'read' | 'vread' | 'write'>;
  readonly clock: Clock;
}

/** Answers as a patch does; 404 where nothing satisfies the criteria, 412 where several do. */
export function conditionalPatch({ store, clock }: ConditionalPatchDependencies): Operation {
  return async (request) => {
    const type = pathSegment(request, 'type');
    const parameters = parseParameters(request.query);
    const isShape = ([name]: readonly [string, string]): boolean => subsetParameters.includes(name);
    const shown = subset(parameters.filter(isShape));
    if (request.headers['if-none-match'] !== undefined) throw badRequest('If-None-Match means nothing for a patch, which needs a resource to be there. Leave it out.');
    const level = validationLevel(request.headers);
    const criteria = await readCriteria(store, parameters.filter((each) => !isShape(each)), { type, baseUrl: request.baseUrl });
    const patch = submittedPatch(request);
    return whileMatching(clock, async () => {
      const found = await onlyMatch(store, criteria);
      requireIfMatch(request, found);
      if (found === undefined) throw notFound('No resource satisfies the criteria, and a patch makes none. A conditional update does.');
      const { resource, issues } = patchedResource(presentVersion(found, undefined), patch, level);
      const { version } = await underFoundVersion(() => store.write({ interaction: 'update', resource, ifMatch: found.versionId }));
      if (version === undefined) throw new Error('The store made no version of a patch.');
      const headers: Record<string, string> = issues.length === 0 ? {} : { [validationIssuesHeader]: 'true' };
      return written(request, { version, created: false, headers, shown });
    });
  };
}
