/** What all resources that are made of a note have in common: a fixed id, their tag, their subject, and where they come from. */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../../fhir/json.ts';
import { isObject } from '../../fhir/json.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Concept } from '../../ports/clinical-nlp.ts';
import { wordsOf } from './note-reading.ts';
import type { Finding, NoteDocument, NoteReading } from './note-reading.ts';
import { calderaUrl, generatedTag, healthLakeUrl, systems } from './system-names.ts';

export type DerivedResource = Resource & { readonly id: string };

/** 128 bits: two findings of all notes of a store do not meet. */
const idHexDigits = 32;

/** The id is the same whenever the same words of the same document are read, so that a second reading updates and adds nothing. */
export function derivedId(document: Pick<NoteDocument, 'resourceType' | 'id'>, type: string, distinction: string): string {
  const of = `${document.resourceType}/${document.id}`;
  return createHash('sha256').update(`${of}\n${type}\n${distinction}`).digest('hex').slice(0, idHexDigits);
}

export function reference(type: string, id: string): JsonObject {
  return { reference: `${type}/${id}` };
}

/**
 * Begins a resource for a finding. Its id is of the words and of which of their kind they are, not of their place: what is written
 * before them in the note makes them no other finding, and what a person said of it still holds.
 */
export function derive(type: string, finding: Finding, reading: NoteReading): DerivedResource {
  const { document } = reading;
  const id = derivedId(document, type, `${finding.occurrence} ${wordsOf(finding.entity)}`);
  return {
    resourceType: type,
    id,
    meta: { tag: [{ ...generatedTag }] },
    extension: [...scores(finding), span(finding), ...traits(finding), ...sources(reading)],
  };
}

function scores({ entity, icd10Cm, rxNorm }: Finding): JsonObject[] {
  const prefix = `${healthLakeUrl.inferIcd10}aws-cm-icd10-entity`;
  const concept = icd10Cm[0] ?? rxNorm[0];
  const ofConcept = concept === undefined ? [] : [{ url: `${prefix}-Concept-Score`, valueDecimal: concept.Score }];
  return [{ url: `${prefix}-score`, valueDecimal: entity.Score }, ...ofConcept];
}

function span({ entity }: Finding): JsonObject {
  return {
    url: calderaUrl.textSpan,
    extension: [
      { url: 'begin', valueInteger: entity.BeginOffset },
      { url: 'end', valueInteger: entity.EndOffset },
      { url: 'text', valueString: entity.Text },
    ],
  };
}

function traits(finding: Finding): JsonObject[] {
  return [...finding.traits].map(([name, score]) => ({
    url: calderaUrl.trait,
    extension: [{ url: 'name', valueCode: name }, { url: 'score', valueDecimal: score }],
  }));
}

function sources({ document }: NoteReading): JsonObject[] {
  return [
    { url: healthLakeUrl.generatedLinkage, valueReference: reference('Linkage', linkageId(document)) },
    { url: healthLakeUrl.sourceDocument, valueReference: referenceTo(document) },
  ];
}

export function referenceTo({ resourceType, id }: DerivedResource): JsonObject {
  return reference(resourceType, id);
}

export function linkageId(document: Pick<NoteDocument, 'resourceType' | 'id'>): string {
  return derivedId(document, 'Linkage', '');
}

export function provenanceId(document: Pick<NoteDocument, 'resourceType' | 'id'>): string {
  return derivedId(document, 'Provenance', '');
}

/** The subject of a document, where it has one. */
export function subjectOf({ document }: NoteReading): JsonObject | undefined {
  return isObject(document.subject) ? document.subject : undefined;
}

/** The encounter of a document, where it names one alone. */
export function encounterOf({ document }: NoteReading): JsonObject | undefined {
  if (isObject(document.encounter)) return document.encounter;
  const context = isObject(document.context) ? document.context.encounter : undefined;
  const [encounter, another] = Array.isArray(context) ? context : [];
  return another === undefined && isObject(encounter) ? encounter : undefined;
}

/** The codes of a finding, the best of each system first, under the systems' own names, and HealthLake's beside them. */
export function conceptOf({ entity, icd10Cm, rxNorm, snomedCt }: Finding): JsonObject {
  const coding = [
    ...codings(systems.icd10Cm, icd10Cm), ...codings(systems.rxNorm, rxNorm), ...codings(systems.snomedCt, snomedCt),
    ...codings(healthLakeUrl.inferIcd10, icd10Cm), ...codings(healthLakeUrl.inferRxNorm, rxNorm),
  ];
  return { ...(coding.length > 0 && { coding }), text: entity.Text };
}

function codings(system: string, concepts: readonly Concept[]): JsonObject[] {
  const best = [...concepts].sort((one, other) => other.Score - one.Score);
  return best.map(({ Code, Description }) => ({ system, code: Code, display: Description }));
}
