/** The resource that a create or an update brings, checked at the level the client asks for. */
import type { Json } from '../fhir/json.ts';
import type { Resource } from '../fhir/resource.ts';
import type { NewContent } from '../store/data-store.ts';
import { submittedBinary } from './binary/submitted-binary.ts';
import type { Uploading } from './binary/upload.ts';
import type { OperationRequest } from './operation.ts';
import { parseBody } from './parse-body.ts';
import { maxResourceBytes } from './table.ts';
import { accept, validationIssuesHeader, validationLevel } from './validation-level.ts';

export interface Submitted {
  readonly resource: Resource;
  /** Of a Binary, what is too large to be its data. */
  readonly content?: NewContent;
  /** For the answer: says when issues were let pass. */
  readonly headers: Readonly<Record<string, string>>;
}

/** @throws FhirError 400, 413 or 415 */
export function submitted(request: OperationRequest, type: string, uploading?: Uploading): Submitted {
  const level = validationLevel(request.headers);
  let value: Json | undefined;
  const parsed = (): Json => (value ??= parseBody(request, maxResourceBytes));
  const binary = type === 'Binary' ? submittedBinary(request, parsed, uploading) : undefined;
  const { resource, issues } = accept(binary?.resource ?? parsed(), level, type);
  const headers: Record<string, string> = issues.length === 0 ? {} : { [validationIssuesHeader]: 'true' };
  return { resource, headers, ...(binary?.content === undefined ? {} : { content: binary.content }) };
}
