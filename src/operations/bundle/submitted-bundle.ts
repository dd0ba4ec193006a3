/**
 * The Bundle that `POST [base]` brings: a batch or a transaction whose own structure holds
 * (https://hl7.org/fhir/R4/http.html#transaction). Its resources are checked by whoever writes them.
 */
import type { JsonObject } from '../../fhir/json.ts';
import { isObject } from '../../fhir/json.ts';
import { badRequest, invalidResource, notSupported, unprocessable } from '../../fhir/outcome.ts';
import type { Issue } from '../../fhir/outcome.ts';
import { maxReportedIssues, maxTransactionEntries } from '../../fhir/bundle/transaction.ts';
import { checkStructure } from '../../fhir/validate/structure.ts';
import { idempotencyKeyHeader } from '../idempotency.ts';
import type { OperationRequest } from '../operation.ts';
import { parseParameters, refuseOthers } from '../parameters.ts';
import { parseBody } from '../parse-body.ts';
import { maxBundleBytes } from '../table.ts';

export interface SubmittedBundle {
  readonly type: 'batch' | 'transaction';
  readonly bundle: JsonObject;
  /** Of a batch: what is wrong with single entries, by their position. It fails those entries and no others. */
  readonly flawed: ReadonlyMap<number, readonly Issue[]>;
}

const takes = 'POST to the base takes a Bundle of type batch or transaction.';

/** @throws FhirError 400, 413, 415; 422 for more entries than a bundle may have */
export function submittedBundle(request: OperationRequest): SubmittedBundle {
  refuseOthers(parseParameters(request.query), []);
  if (request.headers[idempotencyKeyHeader] !== undefined) {
    throw notSupported(
      `${idempotencyKeyHeader} is for the create of one resource. ` +
        'In a bundle use PUT, with ifNoneMatch "*" where nothing may be replaced.',
    );
  }
  const bundle = parseBody(request, maxBundleBytes);
  if (!isObject(bundle) || bundle['resourceType'] !== 'Bundle') {
    throw badRequest(`${takes} Other resources are created with POST [base]/[type].`, 'resourceType');
  }
  const { type, entry } = bundle;
  if (type !== 'batch' && type !== 'transaction') {
    throw badRequest(`${takes} To store a Bundle of another type as a document use POST [base]/Bundle.`, 'Bundle.type');
  }
  if (Array.isArray(entry) && entry.length > maxTransactionEntries) {
    throw unprocessable(`A ${type} may have ${maxTransactionEntries} entries; cut it into several.`, 'Bundle.entry');
  }
  const issues = checkStructure(withoutResources(bundle), 'Bundle').filter(isFailure);
  const flawed = Map.groupBy(issues, ({ expression = '' }) => Number(/^Bundle\.entry\[(\d+)\]/.exec(expression)?.[1] ?? -1));
  if (flawed.has(-1) || (type === 'transaction' && issues.length > 0)) throw invalidResource(issues.slice(0, maxReportedIssues));
  return { type, bundle, flawed };
}

function isFailure({ severity }: Issue): boolean {
  return severity === 'error' || severity === 'fatal';
}

/** In place of a resource, which is checked elsewhere: the smallest one. An entry without any would be empty, and told so. */
const standIn: JsonObject = { resourceType: 'Parameters' };

function withoutResources(bundle: JsonObject): JsonObject {
  if (!Array.isArray(bundle['entry'])) return bundle;
  const entry = bundle['entry'].map((each) => {
    if (!isObject(each)) return each;
    return each['resource'] === undefined ? each : { ...each, resource: standIn };
  });
  // An empty array is no FHIR, but a transaction without entries is: HTTP says so in words.
  const { entry: _entry, ...rest } = bundle;
  return entry.length === 0 ? rest : { ...rest, entry };
}
