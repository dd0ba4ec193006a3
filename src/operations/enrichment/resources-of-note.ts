/**
 * A note that was read, as resources: the document with the answers on it, what the findings became, the Linkage that binds them
 * to it, and the Provenance that tells how they came to be. A pure function: the same reading gives the same resources and ids.
 */
import type { JsonObject } from '../../fhir/json.ts';
import type { DerivedResource } from './derived-resource.ts';
import { derivedId, linkageId, reference } from './derived-resource.ts';
import { readDocument } from './document-extension.ts';
import type { NoteReading } from './note-reading.ts';
import { findingsOf } from './note-reading.ts';
import { resourceOf } from './resources-of-findings.ts';
import { generatedTag } from './system-names.ts';

export interface NoteResources {
  readonly document: NoteReading['document'];
  /** In the order of the text, then Linkage and Provenance where there is anything to bind. */
  readonly derived: readonly DerivedResource[];
}

export function resourcesOfNote(reading: NoteReading): NoteResources {
  const found = findingsOf(reading).map((finding) => resourceOf(finding, reading)).filter((resource) => resource !== undefined);
  const document = readDocument(reading, found);
  return { document, derived: found.length === 0 ? [] : [...found, linkage(reading, found), provenance(reading, found)] };
}

/** https://hl7.org/fhir/R4/linkage.html, as HealthLake makes it: the document is the source, what came of it the alternates. */
function linkage({ document }: NoteReading, found: readonly DerivedResource[]): DerivedResource {
  return {
    resourceType: 'Linkage',
    id: linkageId(document.id),
    meta: { tag: [{ ...generatedTag }] },
    active: true,
    item: [
      ...found.map(({ resourceType, id }) => item('alternate', resourceType, id)),
      item('source', 'DocumentReference', document.id),
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
    id: derivedId(document.id, 'Provenance', ''),
    meta: { tag: [{ ...generatedTag }] },
    target: found.map(({ resourceType, id }) => reference(resourceType, id)),
    recorded,
    agent: [{ type: { coding: [assembler] }, who: { display: engine } }],
    entity: [{ role: 'source', what: reference('DocumentReference', document.id) }],
  };
}
