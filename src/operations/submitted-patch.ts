/** The patch that a request brings, in the form that its Content-Type names (https://hl7.org/fhir/R4/http.html#patch). */
import { FhirError } from '../fhir/outcome.ts';
import { parseFhirPathPatch } from '../fhir/patch/fhirpath-operations.ts';
import { parseJsonPatch } from '../fhir/patch/json-patch.ts';
import type { Patch } from '../fhir/patch/patch.ts';
import { parseMediaType } from './media-type.ts';
import type { OperationRequest } from './operation.ts';
import { parseBody } from './parse-body.ts';
import { maxResourceBytes } from './table.ts';

export const jsonPatchType = 'application/json-patch+json';
const parametersTypes: readonly string[] = ['application/fhir+json', 'application/json'];

/** @throws FhirError 400, 413, 415 */
export function submittedPatch({ headers, body }: Pick<OperationRequest, 'headers' | 'body'>): Patch {
  const declared = headers['content-type'] ?? '';
  const { name } = parseMediaType(declared);
  if (name === jsonPatchType) {
    // JSON in any case, under the charset that is declared.
    const asJson = { headers: { ...headers, 'content-type': declared.replace(/^[^;]*/, 'application/json') }, body };
    return { form: 'json-patch', operations: parseJsonPatch(parseBody(asJson, maxResourceBytes)) };
  }
  if (!parametersTypes.includes(name)) throw unknownForm();
  return { form: 'fhirpath-patch', operations: parseFhirPathPatch(parseBody({ headers, body }, maxResourceBytes)) };
}

/** With `Accept-Patch` (https://www.rfc-editor.org/rfc/rfc5789#section-2.2). */
function unknownForm(): FhirError {
  const diagnostics = `A patch is sent as ${jsonPatchType} (JSON Patch), or as application/fhir+json (FHIRPath Patch in a Parameters resource).`;
  const offered = [jsonPatchType, 'application/fhir+json'].join(', ');
  return new FhirError(415, [{ severity: 'error', code: 'not-supported', diagnostics }], { 'Accept-Patch': offered });
}
