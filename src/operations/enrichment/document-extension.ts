/**
 * What HealthLake writes on a DocumentReference that it has read
 * (https://docs.aws.amazon.com/healthlake/latest/devguide/reference-nlp.html): the answers, entity by entity, and what was made of
 * them. The raw response is JSON; HealthLake's own is not.
 */
import type { JsonObject } from '../../fhir/json.ts';
import type { Concept, Entities, Entity } from '../../ports/clinical-nlp.ts';
import type { DerivedResource } from './derived-resource.ts';
import { linkageId, reference } from './derived-resource.ts';
import type { NoteDocument, NoteReading } from './note-reading.ts';
import { healthLakeUrl } from './system-names.ts';

/** HealthLake refuses a document that has more nested objects than this once it is read; so does this. */
export const maxNestedObjects = 10_000;

/** Of the answers as JSON: a document with them is still one that a client may send back, which is 5 MB. */
export const maxAnswersLength = 3_000_000;

/** What is told of a reading on its document. The first two are HealthLake's, the others ours. */
export interface NoteStatus {
  readonly status: 'SUCCESS' | 'VALIDATION_ERROR' | 'NOT_READ' | 'FAILED';
  /** Nothing of the note is in it. */
  readonly message: string;
}

const success: NoteStatus = { status: 'SUCCESS', message: 'The integrated medical NLP operation was successful.' };
const tooMuch: NoteStatus = {
  status: 'VALIDATION_ERROR',
  message: `The note has too much to be written on its document: more than ${maxNestedObjects} nested objects, or ${maxAnswersLength} characters of them.`,
};

/** The document with the answers on it; what an earlier reading left there is replaced. */
export function readDocument(reading: NoteReading, derived: readonly DerivedResource[]): NoteDocument {
  if (leastNestedObjects(reading) > maxNestedObjects) return toldDocument(reading.document, tooMuch);
  const answers = [
    { url: healthLakeUrl.detectEntities, extension: detected(reading.entities) },
    { url: healthLakeUrl.inferIcd10, extension: inferred('icd10', reading.icd10Cm, (entity) => entity.ICD10CMConcepts) },
    { url: healthLakeUrl.inferRxNorm, extension: inferred('rxnorm', reading.rxNorm, (entity) => entity.RxNormConcepts) },
  ];
  const fits = nestedObjects(answers) + derived.length <= maxNestedObjects && JSON.stringify(answers).length <= maxAnswersLength;
  const told = toldDocument(reading.document, fits ? success : tooMuch, fits ? answers : []);
  return fits ? withExtensions(told, made(reading, derived)) : told;
}

/** Told without making them, which takes its time and memory where a note has tens of thousands. */
function leastNestedObjects({ entities, icd10Cm, rxNorm }: NoteReading): number {
  const ofEntity = 1 + commonElements;
  return ofEntity * (entities.Entities.length + icd10Cm.Entities.length + rxNorm.Entities.length);
}

/** The document with a status alone; what an earlier reading left there goes. */
export function toldDocument(document: NoteDocument, { status, message }: NoteStatus, answers: readonly JsonObject[] = []): NoteDocument {
  const told = [{ url: healthLakeUrl.status, valueString: status }, { url: healthLakeUrl.message, valueString: message }];
  return withExtensions(untoldDocument(document), [{ url: healthLakeUrl.comprehend, extension: [...answers, ...told] }]);
}

/** The document without anything that a reading left there. */
export function untoldDocument(document: NoteDocument): NoteDocument {
  const { extension: _, ...rest } = document;
  const kept = others(document);
  return kept.length === 0 ? rest : { ...rest, extension: kept };
}

function withExtensions(document: NoteDocument, further: readonly JsonObject[]): NoteDocument {
  return { ...document, extension: [...extensionsOf(document), ...further] };
}

function others(document: NoteDocument): JsonObject[] {
  const ours: readonly unknown[] = [healthLakeUrl.comprehend, healthLakeUrl.generated];
  return extensionsOf(document).filter(({ url }) => !ours.includes(url));
}

export function extensionsOf({ extension }: JsonObject): JsonObject[] {
  return Array.isArray(extension) ? extension as JsonObject[] : [];
}

function made({ document }: NoteReading, derived: readonly DerivedResource[]): JsonObject[] {
  if (derived.length === 0) return [];
  const entities = derived.map(({ resourceType, id }) => ({
    url: `${healthLakeUrl.root}nlp-entity`,
    valueReference: reference(resourceType, id),
  }));
  const linkage = { url: `${healthLakeUrl.root}linkage`, valueReference: reference('Linkage', linkageId(document)) };
  return [{ url: healthLakeUrl.generated, extension: [linkage, ...entities] }];
}

function detected(answer: Entities<Entity>): JsonObject[] {
  const prefix = `${healthLakeUrl.detectEntities}aws-cm-detect-entities-entity`;
  const entities = answer.Entities.map((entity) => ({
    url: prefix,
    extension: [
      ...common(prefix, entity),
      { url: `${prefix}-category`, valueString: entity.Category },
      { url: `${prefix}-type`, valueString: entity.Type },
    ],
  }));
  return [...raw(healthLakeUrl.detectEntities, answer), ...entities];
}

function inferred<Found extends Entity>(
  name: 'icd10' | 'rxnorm',
  answer: Entities<Found>,
  conceptsOf: (entity: Found) => readonly Concept[],
): JsonObject[] {
  const url = name === 'icd10' ? healthLakeUrl.inferIcd10 : healthLakeUrl.inferRxNorm;
  const prefix = `${url}aws-cm-${name}-entity`;
  const entities = answer.Entities.map((entity) => ({
    url: prefix,
    extension: [...common(prefix, entity), { url: `${prefix}-ConceptList`, extension: concepts(prefix, conceptsOf(entity)) }],
  }));
  return [...raw(url, answer), ...entities];
}

function raw(url: string, answer: Entities<Entity>): JsonObject[] {
  return [
    { url: `${url}raw-response`, valueString: JSON.stringify(answer) },
    { url: `${url}model-version`, valueString: answer.ModelVersion },
  ];
}

/** Of each entity: its number, text, offsets and score. */
const commonElements = 5;

function common(prefix: string, entity: Entity): JsonObject[] {
  return [
    { url: `${prefix}-id`, valueInteger: entity.Id },
    { url: `${prefix}-text`, valueString: entity.Text },
    { url: `${prefix}-begin-offset`, valueInteger: entity.BeginOffset },
    { url: `${prefix}-end-offset`, valueInteger: entity.EndOffset },
    { url: `${prefix}-score`, valueDecimal: entity.Score },
  ];
}

function concepts(prefix: string, list: readonly Concept[]): JsonObject[] {
  return list.map(({ Code, Description, Score }) => ({
    url: `${prefix}-Concept`,
    extension: [
      { url: `${prefix}-Concept-Code`, valueString: Code },
      { url: `${prefix}-Concept-Description`, valueString: Description },
      { url: `${prefix}-Concept-Score`, valueDecimal: Score },
    ],
  }));
}

function nestedObjects(extensions: readonly JsonObject[]): number {
  return extensions.reduce((sum, { extension }) => sum + 1 + nestedObjects((extension ?? []) as JsonObject[]), 0);
}
