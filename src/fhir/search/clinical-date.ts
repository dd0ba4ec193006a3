/**
 * A resource's clinical date: when what it records was or will be (effective, onset, period, authored …). The index
 * keeps coded and referring values in its order, so that the latest results of a patient are one range.
 *
 * Each type's clinical date is what one of its date search parameters finds (https://hl7.org/fhir/R4/search.html#date).
 */

/** The date parameter that says when; where a type has several, the one clinicians sort by. */
const chosen: Readonly<Record<string, string>> = {
  Account: 'period',
  AdverseEvent: 'date',
  AllergyIntolerance: 'date',
  Appointment: 'date',
  AuditEvent: 'date',
  Basic: 'created',
  Bundle: 'timestamp',
  CarePlan: 'date',
  CareTeam: 'date',
  ChargeItem: 'occurrence',
  Claim: 'created',
  ClaimResponse: 'created',
  ClinicalImpression: 'date',
  Communication: 'sent',
  CommunicationRequest: 'occurrence',
  Composition: 'date',
  Condition: 'onset-date',
  Consent: 'date',
  Contract: 'issued',
  CoverageEligibilityRequest: 'created',
  CoverageEligibilityResponse: 'created',
  DetectedIssue: 'identified',
  DeviceRequest: 'event-date',
  DiagnosticReport: 'date',
  DocumentManifest: 'created',
  DocumentReference: 'date',
  Encounter: 'date',
  EpisodeOfCare: 'date',
  ExplanationOfBenefit: 'created',
  FamilyMemberHistory: 'date',
  Flag: 'date',
  Goal: 'start-date',
  ImagingStudy: 'started',
  Immunization: 'date',
  ImmunizationEvaluation: 'date',
  ImmunizationRecommendation: 'date',
  Invoice: 'date',
  List: 'date',
  MeasureReport: 'date',
  Media: 'created',
  MedicationAdministration: 'effective-time',
  MedicationDispense: 'whenhandedover',
  MedicationRequest: 'authoredon',
  MedicationStatement: 'effective',
  NutritionOrder: 'datetime',
  Observation: 'date',
  PaymentNotice: 'created',
  PaymentReconciliation: 'created',
  Procedure: 'date',
  Provenance: 'recorded',
  QuestionnaireResponse: 'authored',
  RequestGroup: 'authored',
  ResearchStudy: 'date',
  ResearchSubject: 'date',
  RiskAssessment: 'date',
  Schedule: 'date',
  ServiceRequest: 'authored',
  Slot: 'start',
  Specimen: 'collected',
  SupplyRequest: 'date',
  Task: 'authored-on',
  TestReport: 'issued',
  VisionPrescription: 'datewritten',
};

/** The code of the date parameter that defines the type's clinical date; `undefined` for types without one. */
export function clinicalDateParameter(type: string): string | undefined {
  return Object.hasOwn(chosen, type) ? chosen[type] : undefined;
}
