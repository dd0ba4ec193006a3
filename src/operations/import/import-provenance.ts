/**
 * Where imported resources came from, as Provenance resources (https://hl7.org/fhir/R4/provenance.html), for imports with
 * `ProvenanceEnabled`: one for the lines of a file that are written together, so that none grows with its file.
 *
 * Its id is that of the file and of where the lines begin in it: what is done again, and an import of the same file later,
 * makes no second one.
 */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../../fhir/json.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { ImportWrite } from '../../store/importing.ts';
import type { ImportContext } from './import-dependencies.ts';
import type { ImportFile } from './import-job.ts';

/** Of URIs as identifiers, https://hl7.org/fhir/R4/datatypes.html#Identifier. */
const uriSystem = 'urn:ietf:rfc:3986';
const agentTypes = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';

/** @param accepted the writes that were not refused, in their order; one at least */
export function importProvenance({ job, request }: Pick<ImportContext, 'job' | 'request'>, { key }: Pick<ImportFile, 'key'>, accepted: readonly ImportWrite[]): ImportWrite {
  const [{ place }] = accepted as readonly [ImportWrite];
  const uri = `s3://${request.input.bucket}/${key}`;
  const sources = [uri, ...(request.inputSource === undefined ? [] : [request.inputSource])];
  const id = `import-${createHash('sha256').update(JSON.stringify([uri, offsetOf(place)])).digest('hex').slice(0, 40)}`;
  const resource: JsonObject = {
    resourceType: 'Provenance',
    id,
    target: accepted.map(({ type, id }) => ({ reference: `${type}/${id}` })),
    recorded: new Date(job.submitted).toISOString(),
    activity: { text: 'Bulk import' },
    agent: [{
      type: { coding: [{ system: agentTypes, code: 'enterer' }] },
      who: { identifier: { value: job.caller }, display: 'Who began the import' },
    }],
    entity: sources.map((value) => ({ role: 'source', what: { identifier: { system: uriSystem, value } } })),
  };
  return { type: 'Provenance', id, place, resource: () => resource as Resource & { id: string } };
}

/** In the file, whose number is another in every job. */
function offsetOf(place: string): string {
  return place.slice(place.indexOf('.') + 1);
}
