/** Medications in RxNorm and vaccines in CVX (https://hl7.org/fhir/R4/medicationrequest.html). */

import { cvx, rxnorm, type Concept } from './coding.ts';

export const medications = {
  metformin: rxnorm('861007', 'metformin hydrochloride 500 MG Oral Tablet'),
  insulin: rxnorm(
    '106892',
    'insulin isophane, human 70 UNT/ML / insulin, regular, human 30 UNT/ML Injectable Suspension [Humulin]',
  ),
  lisinopril: rxnorm('314076', 'lisinopril 10 MG Oral Tablet'),
  hydrochlorothiazide: rxnorm('310798', 'hydrochlorothiazide 25 MG Oral Tablet'),
  amlodipine: rxnorm('197361', 'amlodipine 5 MG Oral Tablet'),
  simvastatin: rxnorm('312961', 'simvastatin 20 MG Oral Tablet'),
  metoprolol: rxnorm('866412', '24 HR metoprolol succinate 100 MG Extended Release Oral Tablet'),
  furosemide: rxnorm('313988', 'furosemide 40 MG Oral Tablet'),
  furosemideInjection: rxnorm('1719286', '10 ML furosemide 10 MG/ML Injection'),
  albuterol: rxnorm('745752', '200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler'),
  albuterolSolution: rxnorm('630208', 'albuterol 0.83 MG/ML Inhalation Solution'),
  fluticasone: rxnorm('895994', '120 ACTUAT fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler'),
  fluticasoneSalmeterol: rxnorm(
    '896209', '60 ACTUAT fluticasone propionate 0.25 MG/ACTUAT / salmeterol 0.05 MG/ACTUAT Dry Powder Inhaler',
  ),
  prednisone: rxnorm('312617', 'prednisone 5 MG Oral Tablet'),
  sertraline: rxnorm('312941', 'sertraline 50 MG Oral Tablet'),
  amoxicillin: rxnorm('308182', 'amoxicillin 250 MG Oral Capsule'),
  acetaminophen: rxnorm('313782', 'acetaminophen 325 MG Oral Tablet'),
  ibuprofen: rxnorm('310965', 'ibuprofen 200 MG Oral Tablet'),
  warfarin: rxnorm('855332', 'warfarin sodium 5 MG Oral Tablet'),
  paclitaxel: rxnorm('583214', 'paclitaxel 100 MG Injection'),
  tamoxifen: rxnorm('198240', 'tamoxifen 10 MG Oral Tablet'),
} as const;

export const vaccines = {
  influenza: cvx('140', 'Influenza, seasonal, injectable, preservative free'),
  tetanus: cvx('113', 'Td (adult), 5 Lf tetanus toxoid, preservative free, adsorbed'),
  zoster: cvx('187', 'zoster recombinant'),
  pneumococcal: cvx('33', 'pneumococcal polysaccharide PPV23'),
  covid: cvx('208', 'COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose'),
} as const;

/** The childhood schedule: each vaccine with the ages in months at which it is given. */
export const childhoodVaccines: readonly { readonly vaccine: Concept; readonly months: readonly number[] }[] = [
  { vaccine: cvx('08', 'Hep B, adolescent or pediatric'), months: [0, 1, 6] },
  { vaccine: cvx('119', 'rotavirus, monovalent'), months: [2, 4] },
  { vaccine: cvx('20', 'DTaP'), months: [2, 4, 6, 15, 48] },
  { vaccine: cvx('133', 'Pneumococcal conjugate PCV 13'), months: [2, 4, 6, 12] },
  { vaccine: cvx('10', 'IPV'), months: [2, 4, 6, 48] },
  { vaccine: cvx('03', 'MMR'), months: [12, 48] },
  { vaccine: cvx('21', 'varicella'), months: [12, 48] },
  { vaccine: cvx('83', 'Hep A, ped/adol, 2 dose'), months: [12, 18] },
  { vaccine: cvx('115', 'Tdap'), months: [132] },
  { vaccine: cvx('114', 'meningococcal MCV4P'), months: [132] },
];
