/**
 * A document without what tells who it is about: its note with each identifier replaced by its type, and of the document itself only
 * what says of what kind it is. Everything else is left out: an element that nobody thought of is not in it either.
 */
import { isObject } from '../../fhir/json.ts';
import type { Json, JsonObject } from '../../fhir/json.ts';
import type { NoteDocument } from './note-reading.ts';

/** http://terminology.hl7.org/CodeSystem/v3-ObservationValue: some information was removed. */
const redactedLabel: JsonObject = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'REDACTED', display: 'redacted' };

/** Elements of codes and concepts, which say what kind of document it is. */
const kindElements = { DocumentReference: ['type', 'category'], DiagnosticReport: ['code', 'category'] } as const;

/** @param note the text that is left of its note */
export function deIdentified(document: NoteDocument, note: string): JsonObject {
  const { resourceType, status } = document;
  const isReport = resourceType === 'DiagnosticReport';
  const attachment = { contentType: 'text/plain; charset=utf-8', language: 'en', data: Buffer.from(note).toString('base64') };
  const kinds = kindElements[isReport ? 'DiagnosticReport' : 'DocumentReference'].map((name) => [name, concepts(document[name])] as const);
  return {
    resourceType,
    meta: { security: [redactedLabel] },
    status: status ?? (isReport ? 'unknown' : 'current'),
    ...(typeof document.docStatus === 'string' && { docStatus: document.docStatus }),
    ...Object.fromEntries(kinds.filter(([, value]) => value !== undefined)),
    // R4 wants it; what a free text says of it may say more.
    ...(isReport && concepts(document.code) === undefined && { code: { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }] } }),
    ...(isReport ? { presentedForm: [attachment] } : { content: [{ attachment }] }),
  };
}

/** Codes with their names, and no free text. */
function concepts(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) {
    const some = value.map(concepts).filter((one) => one !== undefined);
    return some.length === 0 ? undefined : some;
  }
  if (!isObject(value) || !Array.isArray(value.coding)) return undefined;
  const coding = value.coding.filter(isObject).map(({ system, code }) => ({ ...(typeof system === 'string' && { system }), ...(typeof code === 'string' && { code }) }));
  const coded = coding.filter((one) => one.code !== undefined);
  return coded.length === 0 ? undefined : { coding: coded };
}
