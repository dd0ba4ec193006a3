/** Heart failure with its stays in hospital, chronic kidney disease, and dialysis several times a week. */

import type { Day } from '../calendar.ts';
import { bodySites, careActivities, carePlans, devices, encounterTypes, procedures } from '../codes/care.ts';
import { ucum } from '../codes/coding.ts';
import { chronic } from '../codes/conditions.ts';
import { ejectionFraction, labs, vitals } from '../codes/measurements.ts';
import { medications } from '../codes/medications.ts';
import type { Reference } from '../facilities.ts';
import { addDevice } from '../resources/care.ts';
import { bill } from '../resources/billing.ts';
import { perform } from '../resources/clinical.ts';
import { visit } from '../resources/encounter.ts';
import { administer, prescribe } from '../resources/medication.ts';
import { measure, measureBloodPressure } from '../resources/observation.ts';
import { image, modalities } from '../resources/report.ts';
import { beginIllness, dayWithin, type Course } from './course.ts';
import { hospitalStay, minutesPerDay } from './hospital-stay.ts';
import { briefVitalSigns, metabolicPanel } from './measurements.ts';

export function heartFailure(course: Course): void {
  const { chart } = course;
  const { opened, condition } = beginIllness(course, {
    illness: 'heartFailure', code: chronic.heartFailure, day: dayWithin(course, 0.15), specialty: 'cardiology',
    type: encounterTypes.problem, plan: carePlans.other, activities: [careActivities.exercise],
    medications: [medications.metoprolol, medications.furosemide],
  });
  measure(chart, opened, [labs.ntProBnp, chart.random.around(1900, 400)]);
  const procedure = perform(chart, opened, { code: procedures.echocardiography, reason: condition });
  measure(chart, opened, [ejectionFraction, chart.random.around(37, 4)]);
  image(chart, opened, {
    modality: modalities.ultrasound, bodySite: bodySites.heart, description: 'Transthoracic echocardiogram',
    conclusion: 'Reduced left ventricular function.', procedure,
  });
  bill(chart, opened);
  decompensation(course, { day: dayWithin(course, 0.5), condition });
  if (chart.person.number % 2 === 0) decompensation(course, { day: dayWithin(course, 0.8), condition });
}

function decompensation(course: Course, { day, condition }: { day: Day; condition: Reference }): void {
  const { chart } = course;
  const days = chart.random.integer(3, 7);
  const opened = hospitalStay(course, { day, days, specialty: 'cardiology', reason: chronic.heartFailure, condition });
  briefVitalSigns(course, opened);
  measure(chart, opened, [labs.ntProBnp, chart.random.around(5200, 900)]);
  metabolicPanel(course, opened);
  perform(chart, opened, { code: procedures.electrocardiography, reason: condition });
  const request = prescribe(chart, opened, { medication: medications.furosemideInjection, reason: condition, timesDaily: 2 });
  for (let dose = 0; dose < days; dose++) {
    administer(chart, opened, {
      medication: medications.furosemideInjection, at: opened.start + 90 + dose * minutesPerDay, request,
      dosage: { dose: ucum(40, 'mg') },
    });
  }
  if (chart.person.number % 3 === 1) addDevice(chart, opened, devices.pacemaker);
  bill(chart, opened);
}

export function kidneyDisease(course: Course): void {
  const { opened } = beginIllness(course, {
    illness: 'kidneyDisease', code: chronic.kidneyDisease, day: dayWithin(course, 0.12), specialty: 'nephrology',
    type: encounterTypes.problem, plan: carePlans.other, activities: [careActivities.diet],
    medications: [medications.lisinopril],
  });
  metabolicPanel(course, opened);
  measure(course.chart, opened, [labs.albuminRatio, course.chart.random.around(320, 60)]);
  bill(course.chart, opened);
}

/** Resources that a dialysis story leaves free in its group, for the stories that follow it. */
const spaceLeftFree = 60;
const sessionsAtMost = 160;

/** Sessions on every second or third day up to the last: the one huge history that a record system must bear. */
export function dialysis(course: Course): void {
  const { chart, body, lastDay } = course;
  const reason = course.problems.get('kidneyDisease')?.condition;
  for (let session = 0; session < sessionsAtMost && chart.hasRoomFor(spaceLeftFree); session++) {
    const day = lastDay - 1 - Math.floor((session * 7) / 3);
    const opened = visit(chart, {
      day, type: encounterTypes.followUp, specialty: 'nephrology', minutes: 245, ...(reason && { reasonReference: reason }),
    });
    if (session === 0) addDevice(chart, opened, devices.dialysisMachine);
    measureBloodPressure(chart, opened, body.bloodPressure(day));
    measure(chart, opened, [vitals.weight, body.weight(day)]);
    measure(chart, opened, [labs.potassium, body.potassium(12)]);
    perform(chart, opened, { code: procedures.dialysis, ...(reason && { reason }) });
    bill(chart, opened);
  }
}
