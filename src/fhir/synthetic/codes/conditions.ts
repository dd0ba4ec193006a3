/** Conditions of the synthetic population, in SNOMED CT and ICD-10-CM (https://hl7.org/fhir/R4/condition.html). */

import { coding, concept, systems, type Concept } from './coding.ts';

function disease(snomedCode: string, text: string, [icdCode, icdDisplay]: readonly [string, string]): Concept {
  return concept(text, coding(systems.snomed, snomedCode, text), coding(systems.icd10, icdCode, icdDisplay));
}

export const chronic = {
  diabetes: disease('44054006', 'Diabetes mellitus type 2', ['E11.9', 'Type 2 diabetes mellitus without complications']),
  hypertension: disease('59621000', 'Essential hypertension', ['I10', 'Essential (primary) hypertension']),
  hyperlipidemia: disease('55822004', 'Hyperlipidemia', ['E78.5', 'Hyperlipidemia, unspecified']),
  asthma: disease('195967001', 'Asthma', ['J45.909', 'Unspecified asthma, uncomplicated']),
  copd: disease('13645005', 'Chronic obstructive lung disease', ['J44.9', 'Chronic obstructive pulmonary disease, unspecified']),
  heartFailure: disease('84114007', 'Heart failure', ['I50.9', 'Heart failure, unspecified']),
  kidneyDisease: disease('433144002', 'Chronic kidney disease stage 3', [
    'N18.30', 'Chronic kidney disease, stage 3 unspecified',
  ]),
  depression: disease('370143000', 'Major depressive disorder', [
    'F32.9', 'Major depressive disorder, single episode, unspecified',
  ]),
} as const;

export const cancers = {
  breast: disease('254837009', 'Malignant neoplasm of breast', [
    'C50.919', 'Malignant neoplasm of unspecified site of unspecified female breast',
  ]),
  prostate: disease('399068003', 'Malignant neoplasm of prostate', ['C61', 'Malignant neoplasm of prostate']),
  colon: disease('363406005', 'Malignant neoplasm of colon', ['C18.9', 'Malignant neoplasm of colon, unspecified']),
} as const;

export const episodes = {
  pregnancy: disease('72892002', 'Normal pregnancy', [
    'Z34.90', 'Encounter for supervision of normal pregnancy, unspecified, unspecified trimester',
  ]),
  forearmFracture: disease('65966004', 'Fracture of forearm', [
    'S52.90XA', 'Unspecified fracture of unspecified forearm, initial encounter for closed fracture',
  ]),
  copdExacerbation: disease('195951007', 'Acute exacerbation of chronic obstructive airways disease', [
    'J44.1', 'Chronic obstructive pulmonary disease with (acute) exacerbation',
  ]),
  pneumonia: disease('233604007', 'Pneumonia', ['J18.9', 'Pneumonia, unspecified organism']),
} as const;

/** Passing illnesses that bring anyone to the clinic now and then. */
export const minorIllnesses: readonly Concept[] = [
  disease('10509002', 'Acute bronchitis', ['J20.9', 'Acute bronchitis, unspecified']),
  disease('65363002', 'Otitis media', ['H66.90', 'Otitis media, unspecified, unspecified ear']),
  disease('43878008', 'Streptococcal sore throat', ['J02.0', 'Streptococcal pharyngitis']),
  disease('195662009', 'Acute viral pharyngitis', ['J02.9', 'Acute pharyngitis, unspecified']),
  disease('38822007', 'Cystitis', ['N30.90', 'Cystitis, unspecified without hematuria']),
];
