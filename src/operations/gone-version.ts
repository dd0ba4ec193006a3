import { FhirError, gone } from '../fhir/outcome.ts';
import type { ResourceVersion } from '../store/data-store.ts';
import { versionHeaders } from './version-headers.ts';

/** 410 with the entity tag of the deletion (https://hl7.org/fhir/R4/http.html#delete). */
export function goneVersion(deletion: ResourceVersion): FhirError {
  const { status, issues } = gone('The resource was deleted. Its earlier versions are in its history; an update brings it back.');
  return new FhirError(status, issues, versionHeaders(deletion));
}
