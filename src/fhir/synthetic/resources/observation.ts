/**
 * Observations: quantities with normal ranges, panels with components, and coded findings
 * (https://hl7.org/fhir/R4/observation.html).
 */

import type { JsonObject } from '../../json.ts';
import type { Resource } from '../../resource.ts';
import { instantText, dateTimeText } from '../calendar.ts';
import type { Chart } from '../chart.ts';
import { coding, concept, systems, ucum, type Concept } from '../codes/coding.ts';
import { bloodPressurePanel, vitals, type Category, type Measurement } from '../codes/measurements.ts';
import { decimal } from '../decimal.ts';
import type { Reference } from '../facilities.ts';
import type { Visit } from './encounter.ts';

const interpretationSystem = 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation';
const high = concept('High', coding(interpretationSystem, 'H', 'High'));
const low = concept('Low', coding(interpretationSystem, 'L', 'Low'));
const normal = concept('Normal', coding(interpretationSystem, 'N', 'Normal'));

const categoryNames: Record<Category, string> = {
  'vital-signs': 'Vital Signs', laboratory: 'Laboratory', survey: 'Survey', 'social-history': 'Social History',
  exam: 'Exam', procedure: 'Procedure', imaging: 'Imaging',
};
const categories = new Map(
  Object.entries(categoryNames).map(
    ([code, display]) => [code, concept(display, coding(systems.observationCategory, code, display))],
  ),
);

export function categoryConcept(category: Category): Concept {
  return categories.get(category) as Concept;
}

/** The value in the measurement's unit, with its precision. */
export function quantity(measurement: Measurement, value: number): JsonObject {
  return ucum(decimal(value, measurement.places), measurement.ucum, measurement.unit);
}

/** An observation at a visit; `content` has the value and whatever differs from the usual. */
export function observe(chart: Chart, visit: Visit, content: JsonObject & { code: Concept; category?: Category }): Reference {
  const { category, ...elements } = content;
  const resource: Resource = {
    resourceType: 'Observation',
    status: 'final',
    category: [categoryConcept(category ?? 'laboratory')],
    subject: chart.patient,
    encounter: visit.reference,
    effectiveDateTime: dateTimeText(visit.start + 10, visit.zone),
    issued: instantText(visit.start + 45),
    performer: [visit.clinician],
    ...elements,
  };
  return chart.add(resource);
}

function referenceRange(measurement: Measurement): JsonObject[] | undefined {
  if (measurement.low === undefined || measurement.high === undefined) return undefined;
  return [{ low: quantity(measurement, measurement.low), high: quantity(measurement, measurement.high) }];
}

function interpretation(measurement: Measurement, value: number): Concept[] | undefined {
  if (measurement.low === undefined || measurement.high === undefined) return undefined;
  if (value > measurement.high) return [high];
  return value < measurement.low ? [low] : [normal];
}

/** A measured quantity with its normal range and what it means. */
export function measure(chart: Chart, visit: Visit, [measurement, value]: readonly [Measurement, number]): Reference {
  return observe(chart, visit, {
    code: measurement.code,
    category: measurement.category,
    valueQuantity: quantity(measurement, value),
    interpretation: interpretation(measurement, value),
    referenceRange: referenceRange(measurement),
  });
}

/** Blood pressure: one observation, two components (https://hl7.org/fhir/R4/bp.html). */
export function measureBloodPressure(chart: Chart, visit: Visit, [systolic, diastolic]: readonly [number, number]): Reference {
  const component = (measurement: Measurement, value: number): JsonObject => ({
    code: measurement.code, valueQuantity: quantity(measurement, value),
  });
  return observe(chart, visit, {
    code: bloodPressurePanel,
    category: 'vital-signs',
    component: [component(vitals.systolic, systolic), component(vitals.diastolic, diastolic)],
  });
}
