/**
 * Times as they are known: open periods, partial dates, ages, ranges of age, words
 * (https://hl7.org/fhir/R4/datatypes.html#Period).
 */

import type { JsonObject } from '../../json.ts';
import { dateText, dateTimeText, instantText, utc } from '../calendar.ts';
import type { Chart } from '../chart.ts';
import { encounterClasses, encounterTypes, procedures } from '../codes/care.ts';
import { ucum } from '../codes/coding.ts';
import { episodes } from '../codes/conditions.ts';
import { vitals } from '../codes/measurements.ts';
import { vaccines } from '../codes/medications.ts';
import { diagnose, perform } from '../resources/clinical.ts';
import { visit as openVisit, type Visit } from '../resources/encounter.ts';
import { observe, quantity } from '../resources/observation.ts';
import type { HardCase } from './hard-case.ts';

function onset(chart: Chart, visit: Visit, elements: JsonObject): void {
  diagnose(chart, visit, { code: episodes.pneumonia, abated: visit.day, elements });
}

const years = (value: number): JsonObject => ucum(value, 'a', 'years');

export const timeCases: Readonly<Record<string, HardCase>> = {
  onsetByYear: (chart, visit) => onset(chart, visit, { onsetDateTime: dateText(visit.day - 900).slice(0, 4) }),
  onsetByMonth: (chart, visit) => onset(chart, visit, { onsetDateTime: dateText(visit.day - 300).slice(0, 7) }),
  onsetAge: (chart, visit) => onset(chart, visit, { onsetAge: years(7) }),
  onsetRange: (chart, visit) => onset(chart, visit, { onsetRange: { low: years(5), high: years(8) } }),
  onsetInWords: (chart, visit) => onset(chart, visit, { onsetString: 'around the time of the move to the coast' }),
  periodWithoutStart: (chart, visit) => onset(chart, visit, { onsetPeriod: { end: dateText(visit.day - 20) } }),
  periodWithoutEnd: (chart, visit) => {
    if (chart.person.death !== undefined) return;
    openVisit(chart, {
      day: chart.lastDay - 2, class: encounterClasses.inpatient, type: encounterTypes.admission,
      reason: episodes.pneumonia,
      elements: { status: 'in-progress', period: { start: dateTimeText(visit.end + 60, visit.zone) } },
    });
  },
  longPeriod: (chart, visit) =>
    observe(chart, visit, {
      code: vitals.heartRate.code, category: 'vital-signs', valueQuantity: quantity(vitals.heartRate, 71),
      effectiveDateTime: undefined,
      effectivePeriod: { start: dateTimeText(visit.start - 4320, visit.zone), end: dateTimeText(visit.start, visit.zone) },
    }),
  effectiveInstant: (chart, visit) =>
    observe(chart, visit, {
      code: vitals.oxygenSaturation.code, category: 'vital-signs', valueQuantity: quantity(vitals.oxygenSaturation, 96),
      effectiveDateTime: undefined, effectiveInstant: instantText(visit.start + 3),
    }),
  effectiveTiming: (chart, visit) =>
    observe(chart, visit, {
      code: vitals.temperature.code, category: 'vital-signs', valueQuantity: quantity(vitals.temperature, 37),
      effectiveDateTime: undefined,
      effectiveTiming: { event: [dateTimeText(visit.start, utc), dateTimeText(visit.start + 480, utc)] },
    }),
  occurrenceInWords: (chart, visit) => {
    chart.add({
      resourceType: 'Immunization', status: 'completed', vaccineCode: vaccines.covid, patient: chart.patient,
      encounter: visit.reference, occurrenceString: 'as a child, according to the patient', primarySource: false,
    });
  },
  performedByYear: (chart, visit) => {
    perform(chart, visit, {
      code: procedures.colonoscopy,
      elements: { performedPeriod: undefined, performedDateTime: dateText(visit.day - 1500).slice(0, 4) },
    });
  },
};
