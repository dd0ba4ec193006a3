/** What is measured, in LOINC, with UCUM units and normal ranges (https://hl7.org/fhir/R4/observation.html). */

import { coding, concept, loinc, systems, type Concept } from './coding.ts';

export type Category = 'vital-signs' | 'laboratory' | 'survey' | 'social-history' | 'exam' | 'procedure' | 'imaging';

/** A quantity that is measured: its code, unit (as shown and in UCUM), digits behind the point and normal range. */
export interface Measurement {
  readonly code: Concept;
  readonly category: Category;
  readonly unit: string;
  readonly ucum: string;
  readonly places: number;
  readonly low?: number;
  readonly high?: number;
}

type Shape = readonly [unit: string, ucum: string, places: number, low?: number, high?: number];

function measurement(category: Category, code: Concept, [unit, ucum, places, low, high]: Shape): Measurement {
  const limits = { ...(low !== undefined && { low }), ...(high !== undefined && { high }) };
  return Object.freeze({ code, category, unit, ucum, places, ...limits });
}

const vital = (code: string, display: string, ...shape: Shape): Measurement =>
  measurement('vital-signs', loinc(code, display), shape);
const lab = (code: string, display: string, ...shape: Shape): Measurement =>
  measurement('laboratory', loinc(code, display), shape);
const survey = (code: string, display: string, ...shape: Shape): Measurement =>
  measurement('survey', loinc(code, display), shape);

export const bloodPressurePanel = loinc('85354-9', 'Blood pressure panel with all children optional');
export const smokingStatus = loinc('72166-2', 'Tobacco smoking status');

export const vitals = {
  systolic: vital('8480-6', 'Systolic blood pressure', 'mmHg', 'mm[Hg]', 0),
  diastolic: vital('8462-4', 'Diastolic blood pressure', 'mmHg', 'mm[Hg]', 0),
  height: vital('8302-2', 'Body height', 'cm', 'cm', 1),
  weight: vital('29463-7', 'Body weight', 'kg', 'kg', 1),
  bmi: vital('39156-5', 'Body mass index (BMI) [Ratio]', 'kg/m2', 'kg/m2', 2),
  heartRate: vital('8867-4', 'Heart rate', '/min', '/min', 0, 60, 100),
  respiratoryRate: vital('9279-1', 'Respiratory rate', '/min', '/min', 0, 12, 20),
  temperature: vital('8310-5', 'Body temperature', 'Cel', 'Cel', 1, 36.1, 37.5),
  headCircumference: vital('9843-4', 'Head Occipital-frontal circumference', 'cm', 'cm', 1),
  oxygenSaturation: measurement(
    'vital-signs',
    concept(
      'Oxygen saturation',
      coding(systems.loinc, '2708-6', 'Oxygen saturation in Arterial blood'),
      coding(systems.loinc, '59408-5', 'Oxygen saturation in Arterial blood by Pulse oximetry'),
    ),
    ['%', '%', 0, 94, 100],
  ),
} as const;

const serum = 'in Serum or Plasma';
export const labs = {
  glucose: lab('2345-7', `Glucose [Mass/volume] ${serum}`, 'mg/dL', 'mg/dL', 1, 70, 99),
  ureaNitrogen: lab('3094-0', `Urea nitrogen [Mass/volume] ${serum}`, 'mg/dL', 'mg/dL', 1, 7, 20),
  creatinine: lab('2160-0', `Creatinine [Mass/volume] ${serum}`, 'mg/dL', 'mg/dL', 2, 0.6, 1.2),
  sodium: lab('2951-2', `Sodium [Moles/volume] ${serum}`, 'mmol/L', 'mmol/L', 0, 136, 145),
  potassium: lab('2823-3', `Potassium [Moles/volume] ${serum}`, 'mmol/L', 'mmol/L', 1, 3.5, 5.1),
  chloride: lab('2075-0', `Chloride [Moles/volume] ${serum}`, 'mmol/L', 'mmol/L', 0, 98, 107),
  bicarbonate: lab('2028-9', `Carbon dioxide, total [Moles/volume] ${serum}`, 'mmol/L', 'mmol/L', 0, 22, 29),
  calcium: lab('17861-6', `Calcium [Mass/volume] ${serum}`, 'mg/dL', 'mg/dL', 2, 8.5, 10.5),
  hba1c: lab('4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood', '%', '%', 1, 4, 5.6),
  cholesterol: lab('2093-3', `Cholesterol [Mass/volume] ${serum}`, 'mg/dL', 'mg/dL', 0, 100, 200),
  triglyceride: lab('2571-8', `Triglyceride [Mass/volume] ${serum}`, 'mg/dL', 'mg/dL', 0, 0, 150),
  hdl: lab('2085-9', `Cholesterol in HDL [Mass/volume] ${serum}`, 'mg/dL', 'mg/dL', 0, 40, 80),
  ldl: lab('13457-7', `Cholesterol in LDL [Mass/volume] ${serum} by calculation`, 'mg/dL', 'mg/dL', 0, 0, 130),
  leukocytes: lab('6690-2', 'Leukocytes [#/volume] in Blood by Automated count', '10*3/uL', '10*3/uL', 1, 4.5, 11),
  erythrocytes: lab('789-8', 'Erythrocytes [#/volume] in Blood by Automated count', '10*6/uL', '10*6/uL', 2, 4.1, 5.9),
  hemoglobin: lab('718-7', 'Hemoglobin [Mass/volume] in Blood', 'g/dL', 'g/dL', 1, 12, 17.5),
  hematocrit: lab('4544-3', 'Hematocrit [Volume Fraction] of Blood by Automated count', '%', '%', 1, 36, 50),
  platelets: lab('777-3', 'Platelets [#/volume] in Blood by Automated count', '10*3/uL', '10*3/uL', 0, 150, 400),
  albuminRatio: lab('9318-7', 'Albumin/Creatinine [Mass Ratio] in Urine', 'mg/g', 'mg/g', 1, 0, 30),
  ntProBnp: lab(
    '33762-6', `Natriuretic peptide.B prohormone N-Terminal [Mass/volume] ${serum}`, 'pg/mL', 'pg/mL', 0, 0, 125,
  ),
  thyrotropin: lab('3016-3', `Thyrotropin [Units/volume] ${serum}`, 'mIU/L', 'm[IU]/L', 2, 0.4, 4),
  immunoglobulinE: lab('19113-0', `IgE [Units/volume] ${serum}`, 'IU/mL', '[iU]/mL', 0, 0, 100),
  troponin: lab('10839-9', `Troponin I.cardiac [Mass/volume] ${serum}`, 'ng/mL', 'ng/mL', 2, 0, 0.04),
  prostateAntigen: lab('2857-1', `Prostate specific Ag [Mass/volume] ${serum}`, 'ng/mL', 'ng/mL', 2, 0, 4),
  reactiveProtein: lab('1988-5', `C reactive protein [Mass/volume] ${serum}`, 'mg/L', 'mg/L', 1, 0, 10),
} as const;

export const filtrationRate = lab(
  '33914-3',
  'Glomerular filtration rate/1.73 sq M.predicted [Volume Rate/Area] in Serum or Plasma by Creatinine-based formula (MDRD)',
  'mL/min/{1.73_m2}', 'mL/min/{1.73_m2}', 0, 60, 120,
);
export const ejectionFraction = measurement(
  'procedure', loinc('10230-1', 'Left ventricular Ejection fraction'), ['%', '%', 0, 50, 70],
);
export const spirometryRatio = measurement('procedure', loinc('19926-5', 'FEV1/FVC'), ['%', '%', 0, 70, 100]);
export const depressionScore = survey(
  '44261-6', 'Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]', '{score}', '{score}', 0, 0, 4,
);
export const painScore = survey(
  '72514-3', 'Pain severity - 0-10 verbal numeric rating [Score] - Reported', '{score}', '{score}', 0,
);
/** INR is a pure ratio: laboratories report it with no unit at all. */
export const normalizedRatio = loinc('6301-6', 'INR in Platelet poor plasma by Coagulation assay');

export const panels = {
  metabolic: loinc('24321-2', 'Basic metabolic 2000 panel - Serum or Plasma'),
  lipid: loinc('24331-1', 'Lipid 1996 panel - Serum or Plasma'),
  bloodCount: loinc('58410-2', 'CBC panel - Blood by Automated count'),
  imaging: loinc('18748-4', 'Diagnostic imaging study'),
  pathology: loinc('11526-1', 'Pathology study'),
} as const;
