/**
 * A note that was read, as resources: the document with the answers on it, what the findings became, the Linkage that binds them
 * to it, and the Provenance that tells how they came to be. A pure function: the same reading gives the same resources and ids.
 */
import type { JsonObject } from '../../fhir/json.ts';
import { withSeal } from './as-made.ts';
import type { DerivedResource } from './derived-resource.ts';
import { linkageId, provenanceId, reference, referenceTo } from './derived-resource.ts';
import { readDocument } from './document-extension.ts';
import type { NoteDocument, NoteReading } from './note-reading.ts';
import { findingsOf } from './note-reading.ts';
import { resourceOf } from './resources-of-findings.ts';
import { calderaUrl, generatedTag } from './system-names.ts';

/**
 * Findings of one note that become resources; further ones do not. Their Linkage has an index entry for each, and some more: 2,000 is the
 * most that a resource may have (`maxEntriesPerResource`). With as many that an earlier reading made and this one does not, they are one
 * transaction still (`maxTransactionWrites`).
 */
export const maxFindings = 1_900;

export interface NoteResources {
  readonly document: NoteDocument;
  /** In the order of the text, then Linkage and Provenance where there is anything to bind. */
  readonly derived: readonly DerivedResource[];
}

const none: ReadonlySet<string> = new Set();

/**
 * @param withdrawn what persons removed of earlier readings, as `Type/id`: it is not made again
 * @param all what the findings become
 */
export function resourcesOfNote(reading: NoteReading, withdrawn: ReadonlySet<string> = none, all = foundIn(reading)): NoteResources {
  const found = all.filter((resource) => !withdrawn.has(nameOf(resource)));
  const document = readDocument(reading, found);
  if (found.length === 0) return { document, derived: withdrawn.size === 0 ? [] : [linkage(reading.document, [], withdrawn)] };
  return { document, derived: [...found, linkage(reading.document, found, withdrawn), provenance(reading, found)] };
}

/** What the findings become, whatever is there of it already. */
export function foundIn(reading: NoteReading): readonly DerivedResource[] {
  const found: DerivedResource[] = [];
  for (const finding of findingsOf(reading)) {
    const resource = resourceOf(finding, reading);
    if (resource !== undefined) found.push(withSeal(resource));
    if (found.length === maxFindings) break;
  }
  return found;
}

export function nameOf({ resourceType, id }: Pick<DerivedResource, 'resourceType' | 'id'>): string {
  return `${resourceType}/${id}`;
}

/** https://hl7.org/fhir/R4/linkage.html, as HealthLake makes it: the document is the source, what came of it the alternates. */
export function linkage(document: NoteDocument, found: readonly Pick<DerivedResource, 'resourceType' | 'id'>[], withdrawn: ReadonlySet<string>): DerivedResource {
  return {
    resourceType: 'Linkage',
    id: linkageId(document),
    meta: { tag: [{ ...generatedTag }] },
    ...(withdrawn.size > 0 && { extension: [...withdrawn].map((name) => ({ url: calderaUrl.withdrawn, valueReference: { reference: name } })) }),
    active: true,
    item: [
      ...found.map(({ resourceType, id }) => item('alternate', resourceType, id)),
      item('source', document.resourceType, document.id),
    ],
  };
}

function item(role: 'alternate' | 'source', type: string, id: string): JsonObject {
  return { type: role, resource: { ...reference(type, id), type } };
}

/** https://hl7.org/fhir/R4/provenance.html */
function provenance({ document, engine, recorded }: NoteReading, found: readonly DerivedResource[]): DerivedResource {
  const assembler = { system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code: 'assembler' };
  return {
    resourceType: 'Provenance',
    id: provenanceId(document),
    meta: { tag: [{ ...generatedTag }] },
    target: found.map(({ resourceType, id }) => reference(resourceType, id)),
    recorded,
    agent: [{ type: { coding: [assembler] }, who: { display: engine } }],
    entity: [{ role: 'source', what: referenceTo(document) }],
  };
}
