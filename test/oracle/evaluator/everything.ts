/**
 * `$everything` of a patient or an encounter (https://hl7.org/fhir/R4/patient-operation-everything.html): the members of the
 * compartment, chosen by the dates that AWS HealthLake takes of each type, and what these refer to that is nobody else's.
 */
import { elementSpan, spanOf } from './dates.ts';
import { compartment } from './definitions.ts';
import { evaluate } from './elements.ts';
import type { Json, Resource } from './json.ts';
import { literal } from './references.ts';
import type { Expected, Population } from './population.ts';

/** As HealthLake's documentation lists them, with the starts of periods that it names; an element of several types is named once. */
const careDates = `
  Account.servicePeriod.start AdverseEvent.date AllergyIntolerance.recordedDate Appointment.start AppointmentResponse.start
  AuditEvent.period.start Basic.created CarePlan.period.start CareTeam.period.start Coverage.period.start Encounter.period.start
  EpisodeOfCare.period.start Flag.period.start MeasureReport.period.start ChargeItem.occurrence Claim.billablePeriod.start
  ExplanationOfBenefit.billablePeriod.start ClaimResponse.created CoverageEligibilityRequest.created
  CoverageEligibilityResponse.created DocumentManifest.created EnrollmentRequest.created ClinicalImpression.date Composition.date
  ImmunizationEvaluation.date ImmunizationRecommendation.date Invoice.date List.date Communication.sent
  CommunicationRequest.occurrence Condition.recordedDate Consent.dateTime NutritionOrder.dateTime DetectedIssue.identified
  DeviceRequest.authoredOn MedicationRequest.authoredOn RequestGroup.authoredOn ServiceRequest.authoredOn SupplyRequest.authoredOn
  DeviceUseStatement.recordedOn DiagnosticReport.effective MedicationAdministration.effective Observation.effective
  DocumentReference.context.period.start Goal.statusDate ImagingStudy.started Immunization.recorded Media.issued
  MedicationDispense.whenPrepared MedicationStatement.dateAsserted Procedure.performed Provenance.occurred
  QuestionnaireResponse.authored ResearchSubject.period RiskAssessment.occurrence Schedule.planningHorizon Specimen.receivedTime
  SupplyDelivery.occurrence VisionPrescription.dateWritten`;

const expressions = new Map(careDates.trim().split(/\s+/).map((path) => [path.split('.')[0]!, path]));
/** Of these, where the care lasted, its start alone counts. */
const countsFromStart = new Set(['ChargeItem', 'CommunicationRequest', 'Provenance', 'RiskAssessment']);

export interface CareDates {
  readonly start?: string;
  readonly end?: string;
}

/** What has no date belongs to every time. */
export function isOfCareDates(resource: Resource, { start, end }: CareDates): boolean {
  const { resourceType } = resource;
  const [element] = expressions.has(resourceType) ? evaluate(expressions.get(resourceType)!, { on: resource, resource }) : [];
  if (element === undefined) return true;
  const span = countsFromStart.has(resourceType) && element.type === 'Period' ? spanOf(element.data.start) : elementSpan(element);
  if (span === undefined) return true;
  return (end === undefined || span.low < spanOf(end)!.high) && (start === undefined || span.high > spanOf(start)!.low);
}

export interface Asked {
  readonly dates: CareDates;
  readonly since: string | undefined;
  readonly types: ReadonlySet<string> | undefined;
}

/** The members; the resource itself is one, unless `_since` says otherwise. */
export function members(focus: string, { dates, since, types }: Asked, population: Population): Expected {
  const { sure, open } = population.searchWhole(focus, since === undefined ? [] : [['_lastUpdated', `ge${since}`]]);
  const { byName } = population.links;
  const isAsked = (name: string): boolean => (types?.has(name.split('/')[0]!) ?? true) && isOfCareDates(byName.get(name)!, dates);
  const isItself = (name: string): boolean => name === focus;
  const all = [...sure, ...[...open].filter(isItself)].filter(isAsked);
  return { sure: new Set(all), open: new Set([...open].filter((name) => !isItself(name) && isAsked(name))) };
}

/** Those that members refer to, wherever the reference stands, and that no patient's compartment has a part in. */
export function comesAlong(focus: string, shown: readonly string[], types: ReadonlySet<string> | undefined, population: Population): ReadonlySet<string> {
  const { byName } = population.links;
  const { baseUrl } = population.context;
  const patient = focus.startsWith('Patient/') ? focus : namesIn(byName.get(focus)!['subject'], baseUrl).find((one) => one.startsWith('Patient/'));
  const ofPatients = compartment('Patient');
  const isFree = (name: string): boolean => {
    const type = name.split('/')[0]!;
    const found = byName.get(name);
    if (found === undefined || !(types?.has(type) ?? true)) return false;
    if (ofPatients.has(type)) return name === patient && name !== focus;
    return namesIn(found, baseUrl).every((one) => !one.startsWith('Patient/') || one === patient);
  };
  const referred = new Set(shown.flatMap((name) => namesIn(byName.get(name), baseUrl)));
  return new Set([...referred].filter((name) => isFree(name) && !shown.includes(name)));
}

/** `Type/id` of all references to resources of the server. */
function namesIn(element: Json, baseUrl: string): string[] {
  if (typeof element !== 'object' || element === null) return [];
  const own = typeof element.reference === 'string' ? literal(element.reference) : undefined;
  const isLocal = own?.id !== undefined && (own.base === undefined || own.base === baseUrl);
  return [...(isLocal ? [`${own.type}/${own.id}`] : []), ...Object.values(element).flatMap((inner) => namesIn(inner, baseUrl))];
}

/** When care began, of types whose clinical date nobody doubts; the order of an answer is held against it. */
export function began(resource: Resource): number | undefined {
  const paths: Readonly<Record<string, string>> = { Encounter: 'Encounter.period', Observation: 'Observation.effective', Procedure: 'Procedure.performed' };
  const path = paths[resource.resourceType];
  const [element] = path === undefined ? [] : evaluate(path, { on: resource, resource });
  const low = element === undefined ? undefined : elementSpan(element)?.low;
  return low !== undefined && Number.isFinite(low) ? low : undefined;
}
