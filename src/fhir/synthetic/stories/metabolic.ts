/** Diabetes, hypertension and hyperlipidemia: found at the general practice, treated for life. */

import { careActivities, carePlans, devices, encounterTypes } from '../codes/care.ts';
import { chronic } from '../codes/conditions.ts';
import { labs } from '../codes/measurements.ts';
import { medications } from '../codes/medications.ts';
import { addDevice } from '../resources/care.ts';
import { bill } from '../resources/billing.ts';
import { measure } from '../resources/observation.ts';
import { beginIllness, dayWithin, type Course } from './course.ts';
import { briefVitalSigns, lipidPanel, metabolicPanel } from './measurements.ts';

export function diabetes(course: Course): void {
  const { opened } = beginIllness(course, {
    illness: 'diabetes', code: chronic.diabetes, day: dayWithin(course, 0.06), specialty: 'family',
    type: encounterTypes.problem, plan: carePlans.diabetes, activities: [careActivities.diet, careActivities.exercise],
    medications: course.chart.random.chance(0.3) ? [medications.metformin, medications.insulin] : [medications.metformin],
  });
  briefVitalSigns(course, opened);
  measure(course.chart, opened, [labs.hba1c, course.body.hba1c(opened.day)]);
  measure(course.chart, opened, [labs.albuminRatio, course.chart.random.around(34, 10)]);
  addDevice(course.chart, opened, devices.glucoseMeter);
  bill(course.chart, opened);
}

export function hypertension(course: Course): void {
  const { opened } = beginIllness(course, {
    illness: 'hypertension', code: chronic.hypertension, day: dayWithin(course, 0.1), specialty: 'family',
    type: encounterTypes.problem, plan: carePlans.hypertension, activities: [careActivities.exercise],
    medications: course.chart.random.pick([
      [medications.lisinopril], [medications.amlodipine], [medications.lisinopril, medications.hydrochlorothiazide],
    ]),
  });
  briefVitalSigns(course, opened);
  metabolicPanel(course, opened);
  bill(course.chart, opened);
}

export function hyperlipidemia(course: Course): void {
  const { opened } = beginIllness(course, {
    illness: 'hyperlipidemia', code: chronic.hyperlipidemia, day: dayWithin(course, 0.2), specialty: 'family',
    type: encounterTypes.problem, medications: [medications.simvastatin],
  });
  lipidPanel(course, opened);
  bill(course.chart, opened);
}
