/** The rounds of measurements that visits share: vital signs and laboratory panels, with their reports. */

import { ageAt } from '../calendar.ts';
import { smoking } from '../codes/care.ts';
import { filtrationRate, labs, panels, smokingStatus, vitals } from '../codes/measurements.ts';
import type { Visit } from '../resources/encounter.ts';
import { measure, measureBloodPressure, observe } from '../resources/observation.ts';
import { report } from '../resources/report.ts';
import type { Course } from './course.ts';

/** The few signs taken at every visit. */
export function briefVitalSigns({ chart, body }: Course, visit: Visit): void {
  measureBloodPressure(chart, visit, body.bloodPressure(visit.day));
  measure(chart, visit, [vitals.heartRate, body.heartRate(visit.day)]);
  measure(chart, visit, [vitals.weight, body.weight(visit.day)]);
}

/** All signs, as at a yearly examination. */
export function fullVitalSigns(course: Course, visit: Visit): void {
  const { chart, body } = course;
  const age = ageAt(chart.person.birth, visit.day);
  briefVitalSigns(course, visit);
  measure(chart, visit, [vitals.height, body.height(visit.day)]);
  measure(chart, visit, [vitals.bmi, body.bodyMassIndex(visit.day)]);
  measure(chart, visit, [vitals.respiratoryRate, body.respiratoryRate(visit.day)]);
  measure(chart, visit, [vitals.temperature, body.temperature()]);
  if (age < 3) measure(chart, visit, [vitals.headCircumference, body.headCircumference(visit.day)]);
  if (age >= 18) {
    const status = chart.person.illnesses.has('copd') ? smoking.former : smoking.never;
    observe(chart, visit, { code: smokingStatus, category: 'social-history', valueCodeableConcept: status });
  }
}

export function metabolicPanel({ chart, body }: Course, visit: Visit): void {
  const rate = body.filtrationRate(visit.day);
  const { random } = chart;
  const results = [
    measure(chart, visit, [labs.glucose, body.glucose(visit.day)]),
    measure(chart, visit, [labs.ureaNitrogen, body.ureaNitrogen(rate)]),
    measure(chart, visit, [labs.creatinine, body.creatinine(rate)]),
    measure(chart, visit, [filtrationRate, rate]),
    measure(chart, visit, [labs.sodium, random.around(140, 1.6)]),
    measure(chart, visit, [labs.potassium, body.potassium(rate)]),
    measure(chart, visit, [labs.chloride, random.around(103, 1.6)]),
    measure(chart, visit, [labs.bicarbonate, random.around(25, 1.3)]),
    measure(chart, visit, [labs.calcium, random.around(9.5, 0.25)]),
  ];
  report(chart, visit, { code: panels.metabolic, results });
}

export function lipidPanel({ chart, body }: Course, visit: Visit): void {
  const [total, triglyceride, hdl, ldl] = body.lipids(visit.day);
  const results = [
    measure(chart, visit, [labs.cholesterol, total]),
    measure(chart, visit, [labs.triglyceride, triglyceride]),
    measure(chart, visit, [labs.hdl, hdl]),
    measure(chart, visit, [labs.ldl, ldl]),
  ];
  report(chart, visit, { code: panels.lipid, results });
}

export function bloodCount({ chart, body }: Course, visit: Visit): void {
  const hemoglobin = body.hemoglobin(visit.day);
  const { random } = chart;
  const results = [
    measure(chart, visit, [labs.leukocytes, random.around(7, 1.2)]),
    measure(chart, visit, [labs.erythrocytes, hemoglobin / 3]),
    measure(chart, visit, [labs.hemoglobin, hemoglobin]),
    measure(chart, visit, [labs.hematocrit, hemoglobin * 2.95]),
    measure(chart, visit, [labs.platelets, random.around(250, 35)]),
  ];
  report(chart, visit, { code: panels.bloodCount, results });
}
