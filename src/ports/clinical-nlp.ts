/**
 * Reading of clinical text, in the shapes of Amazon Comprehend Medical's answers, so that any engine stands behind one port
 * (https://docs.aws.amazon.com/comprehend-medical/latest/api/API_Operations.html). Only what Caldera uses is declared, and
 * what the service always sends is not optional. Offsets count code points of the text, from 0; the end is exclusive.
 */

export type EntityCategory =
  | 'ANATOMY'
  | 'BEHAVIORAL_ENVIRONMENTAL_SOCIAL'
  | 'MEDICAL_CONDITION'
  | 'MEDICATION'
  | 'PROTECTED_HEALTH_INFORMATION'
  | 'TEST_TREATMENT_PROCEDURE'
  | 'TIME_EXPRESSION';

export type EntityType =
  | 'ADDRESS' | 'AGE' | 'DATE' | 'EMAIL' | 'ID' | 'NAME' | 'PHONE_OR_FAX' | 'PROFESSION' | 'URL'
  | 'ALCOHOL_CONSUMPTION' | 'ALLERGIES' | 'REC_DRUG_USE' | 'TOBACCO_USE'
  | 'BRAND_NAME' | 'GENERIC_NAME'
  | 'DX_NAME' | 'SYSTEM_ORGAN_SITE'
  | 'PROCEDURE_NAME' | 'TEST_NAME' | 'TREATMENT_NAME';

export type AttributeType =
  | 'ACUITY' | 'DIRECTION' | 'QUALITY' | 'SYSTEM_ORGAN_SITE'
  | 'DOSAGE' | 'DURATION' | 'FORM' | 'FREQUENCY' | 'RATE' | 'ROUTE_OR_MODE' | 'STRENGTH'
  | 'TEST_UNIT' | 'TEST_VALUE';

export type TraitName =
  | 'DIAGNOSIS' | 'SIGN' | 'SYMPTOM'
  | 'FUTURE' | 'HYPOTHETICAL' | 'LOW_CONFIDENCE' | 'NEGATION' | 'PAST_HISTORY' | 'PERTAINS_TO_FAMILY';

/** The context of an entity, and how sure the engine is of it, from 0 to 1. */
export interface Trait {
  readonly Name: TraitName;
  readonly Score: number;
}

/** Words of the text. */
export interface TextSpan {
  readonly BeginOffset: number;
  readonly EndOffset: number;
  readonly Text: string;
}

/** Words that say more of an entity: the dose of a medication, the value of a test, the site of a pain. */
export interface EntityAttribute extends TextSpan {
  readonly Id: number;
  readonly Type: AttributeType;
  readonly Score: number;
  readonly RelationshipScore: number;
  readonly RelationshipType: AttributeType;
  readonly Category?: EntityCategory;
  readonly Traits: readonly Trait[];
}

/** What every operation says of an entity. The number is unique in its response alone. */
export interface Entity extends TextSpan {
  readonly Id: number;
  readonly Score: number;
  readonly Category: EntityCategory;
  readonly Type: EntityType;
  readonly Traits: readonly Trait[];
  readonly Attributes: readonly EntityAttribute[];
}

/** A code that an entity may mean; lists begin with the best. */
export interface Concept {
  readonly Code: string;
  readonly Description: string;
  readonly Score: number;
}

export interface Icd10CmEntity extends Entity {
  readonly ICD10CMConcepts: readonly Concept[];
}

export interface RxNormEntity extends Entity {
  readonly RxNormConcepts: readonly Concept[];
}

export interface SnomedCtEntity extends Entity {
  readonly SNOMEDCTConcepts: readonly Concept[];
}

/** An operation's answer. */
export interface Entities<Found extends Entity> {
  readonly Entities: readonly Found[];
  readonly ModelVersion: string;
}

/**
 * An engine that reads clinical text in English. A text is between 1 and 20,000 bytes of UTF-8, as the service has it; longer
 * ones are cut by `src/clinical-text/chunks.ts`.
 */
export interface ClinicalNlp {
  /** Name and version: what was read by another one may read differently. */
  readonly engine: string;
  detectEntities(text: string): Promise<Entities<Entity>>;
  inferIcd10Cm(text: string): Promise<Entities<Icd10CmEntity>>;
  inferRxNorm(text: string): Promise<Entities<RxNormEntity>>;
  inferSnomedCt(text: string): Promise<Entities<SnomedCtEntity>>;
  detectPhi(text: string): Promise<Entities<Entity>>;
}

/**
 * The engine answers nobody at the moment: it is throttled, out of reach, or broken. The text has no part in it, so it is to be
 * asked again later, as often as it takes. Any other error is about the text.
 */
export class NlpUnavailable extends Error {
  override readonly name = 'NlpUnavailable';
}
