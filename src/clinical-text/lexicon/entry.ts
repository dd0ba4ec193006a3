/** What a lexicon says of a concept: the words for it, what kind of thing it is, and its codes. */
import type { EntityCategory, EntityType, TraitName } from '../../ports/clinical-nlp.ts';

/** The headings that a lexicon's lines stand under, and what they say of an entity. */
export const kinds = {
  diagnosis: { category: 'MEDICAL_CONDITION', type: 'DX_NAME', trait: 'DIAGNOSIS' },
  symptom: { category: 'MEDICAL_CONDITION', type: 'DX_NAME', trait: 'SYMPTOM' },
  sign: { category: 'MEDICAL_CONDITION', type: 'DX_NAME', trait: 'SIGN' },
  medication: { category: 'MEDICATION', type: 'GENERIC_NAME' },
  test: { category: 'TEST_TREATMENT_PROCEDURE', type: 'TEST_NAME' },
  measurement: { category: 'TEST_TREATMENT_PROCEDURE', type: 'TEST_NAME' },
  procedure: { category: 'TEST_TREATMENT_PROCEDURE', type: 'PROCEDURE_NAME' },
  treatment: { category: 'TEST_TREATMENT_PROCEDURE', type: 'TREATMENT_NAME' },
  anatomy: { category: 'ANATOMY', type: 'SYSTEM_ORGAN_SITE' },
  allergen: { category: 'BEHAVIORAL_ENVIRONMENTAL_SOCIAL', type: 'ALLERGIES' },
  tobacco: { category: 'BEHAVIORAL_ENVIRONMENTAL_SOCIAL', type: 'TOBACCO_USE' },
  alcohol: { category: 'BEHAVIORAL_ENVIRONMENTAL_SOCIAL', type: 'ALCOHOL_CONSUMPTION' },
  /** Words that name something else than they seem to: found, and passed over. */
  ignored: { category: 'ANATOMY', type: 'SYSTEM_ORGAN_SITE' },
  'recreational drug': { category: 'BEHAVIORAL_ENVIRONMENTAL_SOCIAL', type: 'REC_DRUG_USE' },
} as const satisfies Record<string, { readonly category: EntityCategory; readonly type: EntityType; readonly trait?: TraitName }>;

export type Kind = keyof typeof kinds;

export type CodeSystem = 'icd10cm' | 'rxnorm' | 'snomedct';

export interface Code {
  readonly code: string;
  readonly description: string;
}

export interface LexiconEntry {
  readonly kind: Kind;
  /** Names of the concept; one without small letters is an abbreviation, matched as it is written. */
  readonly terms: readonly string[];
  /** Brand names of a medication. */
  readonly brands: readonly string[];
  /** In the order in which they stand; the best first. */
  readonly codes: Readonly<Record<CodeSystem, readonly Code[]>>;
}
