/**
 * Conditions, allergies, procedures and immunizations: what is found and what is done at a visit
 * (https://hl7.org/fhir/R4/condition.html, allergyintolerance.html, procedure.html, immunization.html).
 */

import type { JsonObject } from '../../json.ts';
import { dateText, dateTimeText, type Day } from '../calendar.ts';
import type { Chart } from '../chart.ts';
import { administrative } from '../codes/care.ts';
import type { Concept } from '../codes/coding.ts';
import type { Reference } from '../facilities.ts';
import type { Visit } from './encounter.ts';

export interface Diagnosis {
  readonly code: Concept;
  /** The day it ended; a chronic condition has none. */
  readonly abated?: Day;
  /** What differs from the usual condition, for instance an onset known to the year. */
  readonly elements?: JsonObject;
}

/** A condition found at the visit, which the visit's claim then names. */
export function diagnose(chart: Chart, visit: Visit, { code, abated, elements }: Diagnosis): Reference {
  const reference = chart.add({
    resourceType: 'Condition',
    clinicalStatus: abated === undefined ? administrative.clinicalActive : administrative.clinicalResolved,
    verificationStatus: administrative.verificationConfirmed,
    category: [abated === undefined ? administrative.problemCategory : administrative.diagnosisCategory],
    code,
    subject: chart.patient,
    encounter: visit.reference,
    ...(!hasOnset(elements) && { onsetDateTime: dateTimeText(visit.start, visit.zone) }),
    ...(abated !== undefined && { abatementDateTime: dateText(Math.min(abated, chart.lastDay)) }),
    recordedDate: dateTimeText(visit.start, visit.zone),
    recorder: visit.clinician,
    ...elements,
  });
  visit.diagnoses.push(reference);
  return reference;
}

/** An onset is one of several types (https://hl7.org/fhir/R4/condition-definitions.html#Condition.onset_x_). */
function hasOnset(elements: JsonObject | undefined): boolean {
  return elements !== undefined && Object.keys(elements).some((name) => name.startsWith('onset'));
}

/** A procedure of half an hour at the visit, which the visit's claim then charges. */
export function perform(
  chart: Chart,
  visit: Visit,
  details: { code: Concept; reason?: Reference; elements?: JsonObject },
): Reference {
  const reference = chart.add({
    resourceType: 'Procedure',
    status: 'completed',
    code: details.code,
    subject: chart.patient,
    encounter: visit.reference,
    performedPeriod: { start: dateTimeText(visit.start + 5, visit.zone), end: dateTimeText(visit.start + 35, visit.zone) },
    performer: [{ actor: visit.clinician }],
    reasonReference: details.reason ? [details.reason] : undefined,
    location: chart.world.facilities.location(visit.site),
    ...details.elements,
  });
  visit.procedures.push({ code: details.code, reference });
  return reference;
}

export function immunize(chart: Chart, visit: Visit, vaccine: Concept): Reference {
  return chart.add({
    resourceType: 'Immunization',
    status: 'completed',
    vaccineCode: vaccine,
    patient: chart.patient,
    encounter: visit.reference,
    occurrenceDateTime: dateTimeText(visit.start + 15, visit.zone),
    primarySource: true,
    location: chart.world.facilities.location(visit.site),
    performer: [{ actor: visit.clinician }],
  });
}

/** @param details category (food, medication, environment, biologic) and reactions; an allergy to "none" has neither. */
export function addAllergy(
  chart: Chart,
  visit: Visit,
  details: { substance: Concept; category?: string; reactions?: readonly Concept[]; severe?: boolean },
): Reference {
  return chart.add({
    resourceType: 'AllergyIntolerance',
    clinicalStatus: administrative.allergyActive,
    verificationStatus: administrative.allergyConfirmed,
    type: details.category ? 'allergy' : undefined,
    category: details.category ? [details.category] : undefined,
    criticality: details.category ? (details.severe ? 'high' : 'low') : undefined,
    code: details.substance,
    patient: chart.patient,
    recordedDate: dateTimeText(visit.start, visit.zone),
    recorder: visit.clinician,
    reaction: details.reactions?.map((manifestation) => ({
      manifestation: [manifestation], severity: details.severe ? 'severe' : 'mild',
    })),
  });
}
