/** A pregnancy from its first visit to the birth and the visit after it. */

import { dateText, type Day } from '../calendar.ts';
import { bloodGroups, carePlans, encounterTypes, procedures } from '../codes/care.ts';
import { loinc, snomed, ucum } from '../codes/coding.ts';
import { episodes } from '../codes/conditions.ts';
import { labs } from '../codes/measurements.ts';
import type { Reference } from '../facilities.ts';
import { planCare } from '../resources/care.ts';
import { bill } from '../resources/billing.ts';
import { diagnose, perform } from '../resources/clinical.ts';
import { visit } from '../resources/encounter.ts';
import { measure, observe } from '../resources/observation.ts';
import { image, modalities } from '../resources/report.ts';
import { dayWithin, type Course } from './course.ts';
import { hospitalStay } from './hospital-stay.ts';
import { bloodCount, briefVitalSigns } from './measurements.ts';

const codes = {
  lastPeriod: loinc('8665-2', 'Last menstrual period start date'),
  dueDate: loinc('11778-8', 'Delivery date Estimated'),
  pregnancies: loinc('11996-6', '[#] Pregnancies'),
  gestationalAge: loinc('18185-9', 'Gestational age'),
  bloodGroup: loinc('883-9', 'ABO group [Type] in Blood'),
  rhesus: loinc('10331-7', 'Rh [Type] in Blood'),
  uterus: snomed('35039007', 'Uterine structure'),
} as const;
const rhesusPositive = snomed('165747007', 'RhD positive');

const daysOfPregnancy = 280;
/** Weeks of pregnancy at which the mother is seen after the first visit. */
const visitWeeks: readonly number[] = [12, 16, 20, 24, 28, 32, 36, 38];

export function pregnancy(course: Course): void {
  const { chart } = course;
  const lastPeriod = Math.min(dayWithin(course, 0.5), course.lastDay - daysOfPregnancy - 60);
  const condition = firstVisit(course, lastPeriod);
  for (const week of visitWeeks) prenatalVisit(course, { day: lastPeriod + week * 7, week, condition });
  const birth = hospitalStay(course, {
    day: lastPeriod + daysOfPregnancy - 4, days: 2, specialty: 'obstetrics', reason: episodes.pregnancy, condition,
  });
  perform(chart, birth, { code: procedures.childbirth, reason: condition });
  bloodCount(course, birth);
  bill(chart, birth);
  const after = visit(chart, { day: birth.day + 42, type: encounterTypes.postnatal, specialty: 'obstetrics' });
  briefVitalSigns(course, after);
  bill(chart, after);
}

function firstVisit(course: Course, lastPeriod: Day): Reference {
  const { chart } = course;
  const opened = visit(chart, { day: lastPeriod + 56, type: encounterTypes.prenatalFirst, specialty: 'obstetrics', minutes: 45 });
  const condition = diagnose(chart, opened, {
    code: episodes.pregnancy, abated: lastPeriod + daysOfPregnancy, elements: { onsetDateTime: dateText(lastPeriod) },
  });
  planCare(chart, opened, {
    category: carePlans.antenatal, condition, activities: [procedures.fetalHeart], ended: lastPeriod + daysOfPregnancy,
  });
  observe(chart, opened, { code: codes.lastPeriod, category: 'exam', valueDateTime: dateText(lastPeriod) });
  observe(chart, opened, { code: codes.dueDate, category: 'exam', valueDateTime: dateText(lastPeriod + daysOfPregnancy) });
  observe(chart, opened, { code: codes.pregnancies, category: 'social-history', valueInteger: chart.random.integer(1, 3) });
  observe(chart, opened, { code: codes.bloodGroup, valueCodeableConcept: chart.random.pick(bloodGroups) });
  observe(chart, opened, { code: codes.rhesus, valueCodeableConcept: rhesusPositive });
  bloodCount(course, opened);
  measure(chart, opened, [labs.thyrotropin, chart.random.around(1.8, 0.4)]);
  bill(chart, opened);
  return condition;
}

function prenatalVisit(course: Course, { day, week, condition }: { day: Day; week: number; condition: Reference }): void {
  const { chart } = course;
  const opened = visit(chart, { day, type: encounterTypes.prenatal, specialty: 'obstetrics', reasonReference: condition });
  briefVitalSigns(course, opened);
  observe(chart, opened, {
    code: codes.gestationalAge, category: 'exam',
    valueQuantity: ucum(week, 'wk'),
  });
  const procedure = perform(chart, opened, { code: procedures.fetalHeart, reason: condition });
  if (week === 20) {
    image(chart, opened, {
      modality: modalities.ultrasound, bodySite: codes.uterus, description: 'Obstetric ultrasound, second trimester',
      conclusion: 'Normal growth for gestational age.', procedure,
    });
  }
  bill(chart, opened);
}
