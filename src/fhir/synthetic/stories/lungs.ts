/** Asthma with its emergencies, and chronic obstructive lung disease with its stays in hospital. */

import type { Day } from '../calendar.ts';
import { bodySites, careActivities, carePlans, encounterClasses, encounterTypes, procedures } from '../codes/care.ts';
import { ucum } from '../codes/coding.ts';
import { chronic, episodes } from '../codes/conditions.ts';
import { labs, spirometryRatio, vitals } from '../codes/measurements.ts';
import { medications } from '../codes/medications.ts';
import type { Reference } from '../facilities.ts';
import { bill } from '../resources/billing.ts';
import { diagnose, perform } from '../resources/clinical.ts';
import { visit } from '../resources/encounter.ts';
import { administer, prescribe } from '../resources/medication.ts';
import { measure } from '../resources/observation.ts';
import { image, modalities } from '../resources/report.ts';
import { beginIllness, dayWithin, type Course } from './course.ts';
import { hospitalStay, minutesPerDay } from './hospital-stay.ts';
import { bloodCount, briefVitalSigns } from './measurements.ts';

export function asthma(course: Course): void {
  const { chart } = course;
  const { opened, condition } = beginIllness(course, {
    illness: 'asthma', code: chronic.asthma, day: dayWithin(course, 0.3), specialty: 'pulmonology',
    type: encounterTypes.problem, plan: carePlans.asthma, activities: [careActivities.exercise],
    medications: [medications.fluticasone],
  });
  prescribe(chart, opened, { medication: medications.albuterol, reason: condition, active: true });
  measure(chart, opened, [vitals.oxygenSaturation, course.body.oxygenSaturation()]);
  measure(chart, opened, [labs.immunoglobulinE, chart.random.around(240, 50)]);
  bill(chart, opened);
  asthmaAttack(course, { day: dayWithin(course, 0.6), condition });
}

/** An attack: the emergency room, a nebulizer, and home again. */
function asthmaAttack(course: Course, { day, condition }: { day: Day; condition: Reference }): void {
  const { chart } = course;
  const opened = visit(chart, {
    day, class: encounterClasses.emergency, type: encounterTypes.emergency, reasonReference: condition, minutes: 185,
  });
  briefVitalSigns(course, opened);
  measure(chart, opened, [vitals.oxygenSaturation, 90]);
  perform(chart, opened, { code: procedures.nebulizer, reason: condition });
  const request = prescribe(chart, opened, { medication: medications.albuterolSolution, reason: condition });
  administer(chart, opened, {
    medication: medications.albuterolSolution, at: opened.start + 25, request,
    dosage: { text: 'One vial by nebulizer', dose: ucum(3, 'mL') },
  });
  bill(chart, opened);
}

export function obstructiveLungDisease(course: Course): void {
  const { chart } = course;
  const { opened, condition } = beginIllness(course, {
    illness: 'copd', code: chronic.copd, day: dayWithin(course, 0.1), specialty: 'pulmonology',
    type: encounterTypes.problem, plan: carePlans.other, activities: [careActivities.smokingCessation],
    medications: [medications.fluticasoneSalmeterol],
  });
  perform(chart, opened, { code: procedures.spirometry, reason: condition });
  measure(chart, opened, [spirometryRatio, chart.random.around(58, 4)]);
  bill(chart, opened);
  exacerbation(course, { day: dayWithin(course, 0.55), days: 4 });
  if (chart.person.death !== undefined) exacerbation(course, { day: chart.person.death - 7, days: 6, died: true });
}

/** A stay in hospital for an exacerbation, for some the last. */
function exacerbation(course: Course, stay: { day: Day; days: number; died?: boolean }): void {
  const { chart } = course;
  const opened = hospitalStay(course, { ...stay, specialty: 'pulmonology', reason: episodes.copdExacerbation });
  const reason = diagnose(chart, opened, { code: episodes.copdExacerbation, abated: stay.day + stay.days });
  briefVitalSigns(course, opened);
  measure(chart, opened, [vitals.oxygenSaturation, 86]);
  measure(chart, opened, [labs.reactiveProtein, chart.random.around(48, 12)]);
  bloodCount(course, opened);
  const procedure = perform(chart, opened, { code: procedures.chestXray, reason });
  image(chart, opened, {
    modality: modalities.radiography, bodySite: bodySites.chest, description: 'Chest X-ray, two views',
    conclusion: 'Hyperinflated lungs without consolidation.', procedure,
  });
  const request = prescribe(chart, opened, { medication: medications.prednisone, reason, timesDaily: 1 });
  for (let day = 0; day < stay.days; day++) {
    administer(chart, opened, { medication: medications.prednisone, at: opened.start + 60 + day * minutesPerDay, request });
  }
  bill(chart, opened);
}
