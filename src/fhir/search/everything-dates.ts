/**
 * When the care that a resource tells of took place, by which `start` and `end` of `$everything` choose
 * (https://hl7.org/fhir/R4/patient-operation-everything.html): the element of each type that AWS HealthLake takes, which
 * is not always the clinical date by which the answer is in order.
 */
import type { Json } from '../json.ts';
import { isObject } from '../json.ts';
import type { Resource } from '../resource.ts';
import { fromDateTime, fromPeriod, fromTiming } from './kinds/date.ts';
import type { DateValue } from './values.ts';

/** Paths of elements; the first that is there counts. What has a choice of types has a path for each. */
const paths: Readonly<Record<string, readonly string[]>> = {
  Account: ['servicePeriod.start'],
  AdverseEvent: ['date'],
  AllergyIntolerance: ['recordedDate'],
  Appointment: ['start'],
  AppointmentResponse: ['start'],
  AuditEvent: ['period.start'],
  Basic: ['created'],
  CarePlan: ['period.start'],
  CareTeam: ['period.start'],
  ChargeItem: ['occurrenceDateTime', 'occurrencePeriod.start', 'occurrenceTiming'],
  Claim: ['billablePeriod.start'],
  ClaimResponse: ['created'],
  ClinicalImpression: ['date'],
  Communication: ['sent'],
  CommunicationRequest: ['occurrenceDateTime', 'occurrencePeriod.start'],
  Composition: ['date'],
  Condition: ['recordedDate'],
  Consent: ['dateTime'],
  Coverage: ['period.start'],
  CoverageEligibilityRequest: ['created'],
  CoverageEligibilityResponse: ['created'],
  DetectedIssue: ['identifiedDateTime', 'identifiedPeriod'],
  DeviceRequest: ['authoredOn'],
  DeviceUseStatement: ['recordedOn'],
  DiagnosticReport: ['effectiveDateTime', 'effectivePeriod'],
  DocumentManifest: ['created'],
  DocumentReference: ['context.period.start'],
  Encounter: ['period.start'],
  EnrollmentRequest: ['created'],
  EpisodeOfCare: ['period.start'],
  ExplanationOfBenefit: ['billablePeriod.start'],
  Flag: ['period.start'],
  Goal: ['statusDate'],
  ImagingStudy: ['started'],
  Immunization: ['recorded'],
  ImmunizationEvaluation: ['date'],
  ImmunizationRecommendation: ['date'],
  Invoice: ['date'],
  List: ['date'],
  MeasureReport: ['period.start'],
  Media: ['issued'],
  MedicationAdministration: ['effectiveDateTime', 'effectivePeriod'],
  MedicationDispense: ['whenPrepared'],
  MedicationRequest: ['authoredOn'],
  MedicationStatement: ['dateAsserted'],
  NutritionOrder: ['dateTime'],
  Observation: ['effectiveDateTime', 'effectivePeriod', 'effectiveInstant', 'effectiveTiming'],
  Procedure: ['performedDateTime', 'performedPeriod'],
  Provenance: ['occurredDateTime', 'occurredPeriod.start'],
  QuestionnaireResponse: ['authored'],
  RequestGroup: ['authoredOn'],
  ResearchSubject: ['period'],
  RiskAssessment: ['occurrenceDateTime', 'occurrencePeriod.start'],
  Schedule: ['planningHorizon'],
  ServiceRequest: ['authoredOn'],
  Specimen: ['receivedTime'],
  SupplyDelivery: ['occurrenceDateTime', 'occurrencePeriod', 'occurrenceTiming'],
  SupplyRequest: ['authoredOn'],
  VisionPrescription: ['dateWritten'],
};

/** Whether resources of the type are chosen by a date; others belong to every time. */
export function isDated(type: string): boolean {
  return Object.hasOwn(paths, type);
}

/** Milliseconds since the epoch: `from` inclusive, `to` exclusive. */
export interface CareDates {
  readonly from: number;
  readonly to: number;
}

/** Whether the resource's date lies in the time, or a period of its overlaps it; true of what has no date, lest it be missed. */
export function isOfCareDates(resource: Resource, { from, to }: CareDates): boolean {
  const date = careDate(resource);
  return date === undefined || (date.low < to && date.high > from);
}

function careDate(resource: Resource): DateValue | undefined {
  const { resourceType } = resource;
  if (!isDated(resourceType)) return undefined;
  const values: DateValue[] = [];
  for (const path of paths[resourceType]!) fromElement(values, elementAt(resource, path));
  return values[0];
}

function elementAt(resource: Resource, path: string): Json | undefined {
  return path.split('.').reduce<Json | undefined>((element, name) => (isObject(element) ? element[name] : undefined), resource as Json);
}

function fromElement(values: DateValue[], element: Json | undefined): void {
  if (!isObject(element)) fromDateTime(values, element);
  else if ('event' in element || 'repeat' in element) fromTiming(values, element);
  else fromPeriod(values, element);
}
