/** create: a new resource under an id of the server's choice (https://hl7.org/fhir/R4/http.html#create). */
import { badRequest, duplicate, FhirError, notSupported } from '../fhir/outcome.ts';
import type { DataStore, ResourceVersion } from '../store/data-store.ts';
import { invitedUpload } from './binary/upload.ts';
import type { Uploading } from './binary/upload.ts';
import { createIfNone } from './conditional/create-if-none.ts';
import type { ConditionalCreateDependencies } from './conditional/create-if-none.ts';
import { idempotencyKeyHeader, idOfKey } from './idempotency.ts';
import type { Operation, OperationRequest, StoreOf } from './operation.ts';
import { pathSegment } from './path-segment.ts';
import { submitted } from './submitted.ts';
import type { Submitted } from './submitted.ts';
import { subsetOf } from './subset.ts';
import { versionPath } from './version-headers.ts';
import { written } from './written.ts';

export interface CreateDependencies extends ConditionalCreateDependencies {
  readonly store: ConditionalCreateDependencies['store'] & Pick<DataStore, 'write'>;
  readonly uploading?: Uploading;
}

/**
 * Answers 201, or 202 where a content is to be uploaded first; under `If-None-Exist` 200 with the one resource that is
 * there, and 412 where there are several. An id in the body is passed over, as R4 asks; updates are for ids that the
 * client chooses.
 */
export function create({ store, clock, uploading }: CreateDependencies): Operation {
  return async (request) => {
    const type = pathSegment(request, 'type');
    const shown = subsetOf(request.query);
    const ifNoneExist = request.headers['if-none-exist'];
    if (ifNoneExist !== undefined && request.headers[idempotencyKeyHeader] !== undefined) {
      throw badRequest(`If-None-Exist and ${idempotencyKeyHeader} exclude each other. Send one of them.`);
    }
    const invitation = await invitedUpload(request, type, uploading);
    if (invitation !== undefined) return invitation;
    const brought = submitted(request, type, uploading);
    const { headers } = brought;
    if (ifNoneExist === undefined) return written(request, { version: await createVersion(request, brought, store), created: true, headers, shown });
    if (brought.content !== undefined) throw notSupported('A content of this size cannot be created under If-None-Exist. Leave the header out.');
    const { version, created } = await createIfNone({ store, clock }, brought.resource, { ifNoneExist, baseUrl: request.baseUrl });
    if (created) return written(request, { version, created, headers, shown });
    const there = { Location: `${request.baseUrl}/${versionPath(version)}` };
    return written(request, { version, created, headers: there, shown });
  };
}

async function createVersion(
  request: OperationRequest, { resource, content }: Submitted, store: StoreOf<'write'>['store'],
): Promise<ResourceVersion> {
  const type = resource.resourceType;
  const key = request.headers[idempotencyKeyHeader];
  const id = key === undefined ? undefined : idOfKey({ type, caller: request.caller, key });
  try {
    const { version } = await store.write({ interaction: 'create', resource, content, id });
    if (version === undefined) throw new Error('The store made no version of a create.');
    return version;
  } catch (error) {
    if (id === undefined || !(error instanceof FhirError) || error.status !== 409 || error.issues[0]?.code !== 'duplicate') throw error;
    const original = `${request.baseUrl}/${versionPath({ type, id, versionId: 1 })}`;
    const { issues } = duplicate('This idempotency key was used before: the resource exists. Location names what the first request made.');
    throw new FhirError(409, issues, { Location: original });
  }
}
