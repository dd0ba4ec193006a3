/**
 * The local engine: a lexicon and published rules behind the port of Comprehend Medical (docs/decisions/0012). It answers in that
 * service's shapes, and says no more than it knows: what is not in the lexicon is not found.
 */
import type {
  ClinicalNlp, Concept, Entities, Entity, EntityAttribute, EntityCategory, EntityType, Icd10CmEntity, RxNormEntity, SnomedCtEntity,
  TextSpan, Trait, TraitName,
} from '../ports/clinical-nlp.ts';
import type { AnnotatedAttribute, Annotation } from './annotate.ts';
import { annotate } from './annotate.ts';
import { codePointOffsets } from './characters.ts';
import type { Code, CodeSystem, LexiconEntry } from './lexicon/entry.ts';
import { localEngineName, versionOf } from './engine-version.ts';
import { kinds } from './lexicon/entry.ts';
import { lexiconOf } from './lexicon/lexicon.ts';
import { phiIn } from './phi/phi.ts';

/**
 * Traits that an operation knows
 * (https://docs.aws.amazon.com/comprehend-medical/latest/dev/comprehendmedical-ontologies.html).
 */
const icd10CmTraits: ReadonlySet<TraitName> = new Set([
  'DIAGNOSIS', 'HYPOTHETICAL', 'LOW_CONFIDENCE', 'NEGATION', 'PERTAINS_TO_FAMILY', 'SIGN', 'SYMPTOM',
]);
const rxNormTraits: ReadonlySet<TraitName> = new Set(['NEGATION', 'PAST_HISTORY']);

/** Of two codes of a concept the first is meant rather than the second. */
const conceptStep = 0.1;
/** A part of the sentence that stands beside an entity belongs to it with this certainty. */
const relationshipScore = 0.9;

/** Names the engine with what it reads by, as the fingerprint of a user's own lexicon. */
export interface LocalEngineOptions {
  /** Entries of the user's own lexicon, without problems (`lexicon/format.ts`). */
  readonly own?: readonly LexiconEntry[];
  /** Changes with the user's lexicon. */
  readonly revision?: string;
}

/** An engine that needs nothing but its memory. */
export function localEngine({ own = [], revision }: LocalEngineOptions = {}): ClinicalNlp {
  const lexicon = lexiconOf(own);
  const version = versionOf(revision);
  const annotated = remembered((text) => annotate(text, lexicon));
  const answer = <Found extends Entity>(found: readonly Found[]): Promise<Entities<Found>> => {
    return Promise.resolve({ Entities: found, ModelVersion: version });
  };
  return {
    engine: localEngineName(revision),
    detectEntities: (text) => answer(detected(text, annotated(text))),
    inferIcd10Cm: (text) => answer(icd10Cm(text, annotated(text))),
    inferRxNorm: (text) => answer(rxNorm(text, annotated(text))),
    inferSnomedCt: (text) => answer(snomedCt(text, annotated(text))),
    detectPhi: (text) => answer(phi(text)),
  };
}

/** The operations are asked about the same text one after the other, some texts at a time. */
const rememberedTexts = 8;

function remembered(read: (text: string) => readonly Annotation[]): (text: string) => readonly Annotation[] {
  const known = new Map<string, readonly Annotation[]>();
  return (text) => {
    const found = known.get(text) ?? read(text);
    known.delete(text);
    known.set(text, found);
    const [oldest] = known.keys();
    if (known.size > rememberedTexts && oldest !== undefined) known.delete(oldest);
    return found;
  };
}

/** Where the pieces of a text stand as the service counts, and under which numbers. */
interface Numbering {
  readonly text: string;
  readonly offset: (codeUnit: number) => number;
  nextId(): number;
}

function numbering(text: string): Numbering {
  let id = 0;
  return { text, offset: codePointOffsets(text), nextId: () => id++ };
}

function detected(text: string, annotations: readonly Annotation[]): readonly Entity[] {
  const numbers = numbering(text);
  return annotations.flatMap((annotation) => {
    const entity = entityOf(annotation, numbers);
    return annotation.allergen && entity.Category === 'MEDICATION' ? [entity, allergyOf(annotation, numbers)] : [entity];
  });
}

function icd10Cm(text: string, annotations: readonly Annotation[]): readonly Icd10CmEntity[] {
  const numbers = numbering(text);
  return coded(annotations, 'icd10cm', ['MEDICAL_CONDITION']).map((annotation) => ({
    ...withTraits(entityOf(annotation, numbers), icd10CmTraits),
    ICD10CMConcepts: conceptsOf(annotation, annotation.term.entry.codes.icd10cm),
  }));
}

function rxNorm(text: string, annotations: readonly Annotation[]): readonly RxNormEntity[] {
  const numbers = numbering(text);
  return coded(annotations, 'rxnorm', ['MEDICATION']).map((annotation) => ({
    ...withTraits(entityOf(annotation, numbers), rxNormTraits),
    RxNormConcepts: conceptsOf(annotation, annotation.term.entry.codes.rxnorm),
  }));
}

function snomedCt(text: string, annotations: readonly Annotation[]): readonly SnomedCtEntity[] {
  const numbers = numbering(text);
  return coded(annotations, 'snomedct', ['MEDICAL_CONDITION', 'ANATOMY', 'TEST_TREATMENT_PROCEDURE']).map((annotation) => ({
    ...entityOf(annotation, numbers),
    SNOMEDCTConcepts: conceptsOf(annotation, annotation.term.entry.codes.snomedct),
  }));
}

function coded(annotations: readonly Annotation[], system: CodeSystem, categories: readonly EntityCategory[]): readonly Annotation[] {
  return annotations.filter(({ term: { entry } }) => {
    return entry.codes[system].length > 0 && categories.includes(kinds[entry.kind].category);
  });
}

function conceptsOf({ score }: Annotation, codes: readonly Code[]): readonly Concept[] {
  return codes.map(({ code, description }, index) => {
    return { Code: code, Description: description, Score: Math.max(0, Math.round((score - conceptStep * index) * 1000) / 1000) };
  });
}

function withTraits<Found extends Entity>(entity: Found, known: ReadonlySet<TraitName>): Found {
  const only = (traits: readonly Trait[]): readonly Trait[] => traits.filter(({ Name }) => known.has(Name));
  return { ...entity, Traits: only(entity.Traits) };
}

function entityOf(annotation: Annotation, numbers: Numbering): Entity {
  const { category, type } = kinds[annotation.term.entry.kind];
  return {
    Id: numbers.nextId(),
    ...spanOf(annotation, numbers),
    Score: annotation.score,
    Category: category,
    Type: annotation.term.form === 'brand' ? 'BRAND_NAME' : type,
    Traits: withoutTaking(annotation),
    Attributes: annotation.attributes.map((attribute) => attributeOf(attribute, annotation, numbers)),
  };
}

/** "Any indication that the patient is not taking a medication" is NEGATION: what one is allergic to, one does not take. */
function withoutTaking({ allergen, term, traits }: Annotation): readonly Trait[] {
  if (!allergen || term.entry.kind !== 'medication' || traits.some(({ Name }) => Name === 'NEGATION')) return traits;
  return [...traits, { Name: 'NEGATION', Score: relationshipScore }];
}

/** The same words as an allergy; `no allergy to penicillin` is a negated one. */
function allergyOf(annotation: Annotation, numbers: Numbering): Entity {
  const type: EntityType = 'ALLERGIES';
  return {
    Id: numbers.nextId(),
    ...spanOf(annotation, numbers),
    Score: annotation.score,
    Category: 'BEHAVIORAL_ENVIRONMENTAL_SOCIAL',
    Type: type,
    Traits: annotation.traits,
    Attributes: [],
  };
}

function attributeOf(attribute: AnnotatedAttribute, { score, term }: Annotation, numbers: Numbering): EntityAttribute {
  return {
    Id: numbers.nextId(),
    ...spanOf(attribute, numbers),
    Type: attribute.type,
    Score: score,
    RelationshipScore: relationshipScore,
    RelationshipType: attribute.type,
    Category: kinds[term.entry.kind].category,
    Traits: [],
  };
}

function spanOf({ begin, end }: Pick<AnnotatedAttribute, 'begin' | 'end'>, { text, offset }: Numbering): TextSpan {
  return { BeginOffset: offset(begin), EndOffset: offset(end), Text: text.slice(begin, end) };
}

function phi(text: string): readonly Entity[] {
  const numbers = numbering(text);
  return phiIn(text).map((found) => ({
    Id: numbers.nextId(),
    ...spanOf(found, numbers),
    Score: found.score,
    Category: 'PROTECTED_HEALTH_INFORMATION' as const,
    Type: found.type,
    Traits: [],
    Attributes: [],
  }));
}
