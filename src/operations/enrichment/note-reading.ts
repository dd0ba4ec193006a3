/** What an engine of `src/ports/clinical-nlp.ts` read in a note, joined by the words that it is about. */
import type { Resource } from '../../fhir/resource.ts';
import type {
  Concept, Entities, Entity, EntityAttribute, Icd10CmEntity, RxNormEntity, SnomedCtEntity, TraitName,
} from '../../ports/clinical-nlp.ts';

/** A resource that has a note: DocumentReference, or another of `note-types.ts`. */
export type NoteDocument = Resource & { readonly id: string };

/** A document, and what was read in its text. */
export interface NoteReading {
  readonly document: NoteDocument;
  /** Of the engine that read it (`ClinicalNlp.engine`). */
  readonly engine: string;
  /** When it was read, an instant (https://hl7.org/fhir/R4/datatypes.html#instant). */
  readonly recorded: string;
  readonly entities: Entities<Entity>;
  readonly icd10Cm: Entities<Icd10CmEntity>;
  readonly rxNorm: Entities<RxNormEntity>;
  readonly snomedCt: Entities<SnomedCtEntity>;
}

/** An entity with all codes that any operation gave to its words. */
export interface Finding {
  readonly entity: Entity;
  /** How many findings of the same words stand before it. */
  readonly occurrence: number;
  /** What any of the operations says of it. */
  readonly traits: ReadonlyMap<TraitName, number>;
  readonly attributes: readonly EntityAttribute[];
  readonly icd10Cm: readonly Concept[];
  readonly rxNorm: readonly Concept[];
  readonly snomedCt: readonly Concept[];
  /** The words are named as what the patient does not tolerate. */
  readonly allergy: boolean;
}

/**
 * The findings of a note, in its order. The operations find words by themselves, so that one may see "left knee pain" where
 * another sees "knee pain": what overlaps in the same category is one finding.
 */
export function findingsOf({ entities, icd10Cm, rxNorm, snomedCt }: NoteReading): readonly Finding[] {
  const [icdOver, rxOver, sctOver] = [overlapping(icd10Cm.Entities), overlapping(rxNorm.Entities), overlapping(snomedCt.Entities)];
  const medicationsOver = overlapping(entities.Entities.filter(({ Category }) => Category === 'MEDICATION'));
  const allergiesOver = overlapping(entities.Entities.filter(({ Type }) => Type === 'ALLERGIES'));
  const named = entities.Entities.filter((entity) => entity.Type !== 'ALLERGIES' || medicationsOver(entity).length === 0);
  const seen = new Map<string, number>();
  return named.map((entity) => {
    const words = wordsOf(entity);
    const occurrence = seen.get(words) ?? 0;
    seen.set(words, occurrence + 1);
    const alike = <Found extends Entity>(others: readonly Found[]): readonly Found[] => {
      return others.filter(({ Category }) => Category === entity.Category);
    };
    const [icd, rx, sct] = [alike(icdOver(entity)), alike(rxOver(entity)), alike(sctOver(entity))];
    return {
      entity,
      occurrence,
      traits: traitsOf([...icd, ...rx, ...sct, entity]),
      attributes: entity.Attributes,
      icd10Cm: icd.flatMap(({ ICD10CMConcepts }) => ICD10CMConcepts),
      rxNorm: rx.flatMap(({ RxNormConcepts }) => RxNormConcepts),
      snomedCt: sct.flatMap(({ SNOMEDCTConcepts }) => SNOMEDCTConcepts),
      allergy: allergiesOver(entity).length > 0,
    };
  });
}

/** What two findings of the same words have in common. */
export function wordsOf({ Category, Text }: Entity): string {
  return `${Category} ${Text.toLowerCase().replaceAll(/\s+/g, ' ')}`;
}

/** Entities are looked for by stretches of the text of this length, so that a long note costs no more for its length. */
const stretchCharacters = 256;

/** Finds those of the entities that share a character with another. */
function overlapping<Found extends Entity>(entities: readonly Found[]): (entity: Entity) => readonly Found[] {
  const stretches = new Map<number, Found[]>();
  for (const entity of entities) {
    for (const stretch of stretchesOf(entity)) {
      const known = stretches.get(stretch);
      if (known === undefined) stretches.set(stretch, [entity]);
      else known.push(entity);
    }
  }
  return (entity) => {
    const near = new Set(stretchesOf(entity).flatMap((stretch) => stretches.get(stretch) ?? []));
    return [...near].filter((other) => entity.BeginOffset < other.EndOffset && other.BeginOffset < entity.EndOffset);
  };
}

function stretchesOf({ BeginOffset, EndOffset }: Entity): readonly number[] {
  const first = Math.floor(BeginOffset / stretchCharacters);
  return Array.from({ length: Math.floor(EndOffset / stretchCharacters) - first + 1 }, (_, index) => first + index);
}

function traitsOf(entities: readonly Entity[]): ReadonlyMap<TraitName, number> {
  const traits = new Map<TraitName, number>();
  for (const { Name, Score } of entities.flatMap(({ Traits }) => Traits)) traits.set(Name, Math.max(Score, traits.get(Name) ?? 0));
  return traits;
}
