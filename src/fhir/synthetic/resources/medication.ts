/** Prescriptions and administrations (https://hl7.org/fhir/R4/medicationrequest.html, medicationadministration.html). */

import type { JsonObject } from '../../json.ts';
import { dateTimeText, type Moment } from '../calendar.ts';
import type { Chart } from '../chart.ts';
import type { Concept } from '../codes/coding.ts';
import type { Reference } from '../facilities.ts';
import type { Visit } from './encounter.ts';

export interface Prescription {
  readonly medication: Concept;
  readonly reason?: Reference;
  readonly active?: boolean;
  /** Times a day; left out for a medication taken when needed. */
  readonly timesDaily?: number;
  readonly elements?: JsonObject;
}

export function prescribe(chart: Chart, visit: Visit, prescription: Prescription): Reference {
  const { medication, reason, timesDaily, elements } = prescription;
  const dosage: JsonObject = timesDaily === undefined
    ? { sequence: 1, asNeededBoolean: true }
    : {
        sequence: 1, asNeededBoolean: false,
        timing: { repeat: { frequency: timesDaily, period: 1, periodUnit: 'd' } },
        doseAndRate: [{ doseQuantity: { value: 1 } }],
      };
  return chart.add({
    resourceType: 'MedicationRequest',
    status: prescription.active ? 'active' : 'completed',
    intent: 'order',
    medicationCodeableConcept: elements?.medicationReference === undefined ? medication : undefined,
    subject: chart.patient,
    encounter: visit.reference,
    authoredOn: dateTimeText(visit.start + 18, visit.zone),
    requester: visit.clinician,
    reasonReference: reason ? [reason] : undefined,
    dosageInstruction: [dosage],
    ...elements,
  });
}

/** A medication given during a visit. */
export function administer(
  chart: Chart,
  visit: Visit,
  details: { medication: Concept; at: Moment; request?: Reference; dosage?: JsonObject },
): Reference {
  return chart.add({
    resourceType: 'MedicationAdministration',
    status: 'completed',
    medicationCodeableConcept: details.medication,
    subject: chart.patient,
    context: visit.reference,
    effectiveDateTime: dateTimeText(details.at, visit.zone),
    performer: [{ actor: visit.clinician }],
    request: details.request,
    dosage: details.dosage,
  });
}
