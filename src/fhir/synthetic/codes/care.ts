/**
 * Encounters, procedures, care plans, devices, substances and body sites in SNOMED CT
 * (https://hl7.org/fhir/R4/snomedct.html).
 */

import { coding, concept, hl7, snomed, systems } from './coding.ts';

export const encounterClasses = {
  ambulatory: coding(systems.actCode, 'AMB', 'ambulatory'),
  emergency: coding(systems.actCode, 'EMER', 'emergency'),
  inpatient: coding(systems.actCode, 'IMP', 'inpatient encounter'),
  virtual: coding(systems.actCode, 'VR', 'virtual'),
} as const;

export const encounterTypes = {
  checkUp: snomed('185349003', 'Encounter for check up'),
  wellChild: snomed('410620009', 'Well child visit'),
  symptom: snomed('185345009', 'Encounter for symptom'),
  problem: snomed('185347001', 'Encounter for problem'),
  followUp: snomed('390906007', 'Follow-up encounter'),
  emergency: snomed('50849002', 'Emergency room admission'),
  admission: snomed('32485007', 'Hospital admission'),
  prenatalFirst: snomed('424441002', 'Prenatal initial visit'),
  prenatal: snomed('424619006', 'Prenatal visit'),
  postnatal: snomed('169762003', 'Postnatal visit'),
  telephone: snomed('185317003', 'Telephone encounter'),
} as const;

export const procedures = {
  colonoscopy: snomed('73761001', 'Colonoscopy'),
  mammography: snomed('71651007', 'Mammography'),
  echocardiography: snomed('40701008', 'Echocardiography'),
  electrocardiography: snomed('29303009', 'Electrocardiographic procedure'),
  chestXray: snomed('399208008', 'Plain chest X-ray'),
  spirometry: snomed('127783003', 'Spirometry'),
  breastBiopsy: snomed('122548005', 'Biopsy of breast'),
  lumpectomy: snomed('392021009', 'Lumpectomy of breast'),
  chemotherapy: snomed('367336001', 'Chemotherapy'),
  radiotherapy: snomed('108290001', 'Radiation oncology AND/OR radiotherapy'),
  childbirth: snomed('66348005', 'Childbirth'),
  fetalHeart: snomed('225158009', 'Auscultation of the fetal heart'),
  depressionScreening: snomed('171207006', 'Depression screening'),
  dialysis: snomed('265764009', 'Renal dialysis'),
  immobilization: snomed('274474001', 'Bone immobilization'),
  reconciliation: snomed('430193006', 'Medication reconciliation'),
  nebulizer: snomed('56251003', 'Nebulizer therapy'),
  behavioralTherapy: snomed('228557008', 'Cognitive and behavioral therapy'),
} as const;

export const carePlans = {
  diabetes: snomed('698360004', 'Diabetes self management plan'),
  hypertension: snomed('443402002', 'Lifestyle education regarding hypertension'),
  asthma: snomed('699728000', 'Asthma self management'),
  antenatal: snomed('134435003', 'Routine antenatal care'),
  fracture: snomed('385691007', 'Fracture care'),
  cancer: snomed('395082007', 'Cancer care plan'),
  other: snomed('734163000', 'Care plan'),
} as const;

export const careActivities = {
  diet: snomed('160670007', 'Diabetic diet'),
  exercise: snomed('229065009', 'Exercise therapy'),
  smokingCessation: snomed('225323000', 'Smoking cessation education'),
  therapy: snomed('228557008', 'Cognitive and behavioral therapy'),
} as const;

export const devices = {
  glucoseMeter: snomed('337414009', 'Blood glucose meter'),
  pacemaker: snomed('706004007', 'Implantable cardiac pacemaker'),
  dialysisMachine: snomed('36965003', 'Hemodialysis machine'),
} as const;

export const allergens = {
  penicillin: concept('Penicillin V', coding(systems.rxnorm, '7984', 'penicillin V')),
  peanut: snomed('762952008', 'Peanut'),
  pollen: snomed('256277009', 'Grass pollen'),
  mite: snomed('260147004', 'House dust mite'),
  none: snomed('716186003', 'No known allergy'),
} as const;

export const reactions = {
  urticaria: snomed('126485001', 'Urticaria'),
  anaphylaxis: snomed('39579001', 'Anaphylaxis'),
  sneezing: snomed('76067001', 'Sneezing'),
  dyspnea: snomed('267036007', 'Dyspnea'),
} as const;

export const bodySites = {
  chest: snomed('51185008', 'Thoracic structure'),
  heart: snomed('80891009', 'Heart structure'),
  breast: snomed('76752008', 'Breast structure'),
  forearm: snomed('14975008', 'Forearm structure'),
} as const;

export const smoking = {
  never: snomed('266919005', 'Never smoked tobacco'),
  former: snomed('8517006', 'Ex-smoker'),
} as const;

export const bloodGroups = [
  snomed('112144000', 'Blood group A'),
  snomed('112149005', 'Blood group B'),
  snomed('58460004', 'Blood group O'),
] as const;

export const administrative = {
  claimProfessional: hl7('claim-type', 'professional', 'Professional'),
  claimInstitutional: hl7('claim-type', 'institutional', 'Institutional'),
  priorityNormal: hl7('processpriority', 'normal', 'Normal'),
  clinicalActive: hl7('condition-clinical', 'active', 'Active'),
  clinicalResolved: hl7('condition-clinical', 'resolved', 'Resolved'),
  verificationConfirmed: hl7('condition-ver-status', 'confirmed', 'Confirmed'),
  diagnosisCategory: hl7('condition-category', 'encounter-diagnosis', 'Encounter Diagnosis'),
  problemCategory: hl7('condition-category', 'problem-list-item', 'Problem List Item'),
  allergyActive: hl7('allergyintolerance-clinical', 'active', 'Active'),
  allergyConfirmed: hl7('allergyintolerance-verification', 'confirmed', 'Confirmed'),
  submitted: hl7('adjudication', 'submitted', 'Submitted Amount'),
  benefit: hl7('adjudication', 'benefit', 'Benefit Amount'),
  copay: hl7('adjudication', 'copay', 'CoPay'),
  author: hl7('provenance-participant-type', 'author', 'Author'),
  primaryPerformer: concept(
    'primary performer',
    coding('http://terminology.hl7.org/CodeSystem/v3-ParticipationType', 'PPRF', 'primary performer'),
  ),
} as const;
