/** A broken forearm: emergency room, X-ray, cast, and the check afterwards. */

import { bodySites, careActivities, carePlans, encounterClasses, encounterTypes, procedures } from '../codes/care.ts';
import { episodes } from '../codes/conditions.ts';
import { painScore } from '../codes/measurements.ts';
import { medications } from '../codes/medications.ts';
import { planCare } from '../resources/care.ts';
import { bill } from '../resources/billing.ts';
import { diagnose, perform } from '../resources/clinical.ts';
import { visit } from '../resources/encounter.ts';
import { prescribe } from '../resources/medication.ts';
import { measure } from '../resources/observation.ts';
import { image, modalities } from '../resources/report.ts';
import { dayWithin, type Course } from './course.ts';

const daysToHeal = 60;

export function fracture(course: Course): void {
  const { chart } = course;
  const code = episodes.forearmFracture;
  const day = Math.min(dayWithin(course, 0.4), course.lastDay - daysToHeal - 1);
  const opened = visit(chart, {
    day, class: encounterClasses.emergency, type: encounterTypes.emergency, specialty: 'orthopedics', reason: code, minutes: 250,
  });
  const condition = diagnose(chart, opened, { code, abated: day + daysToHeal });
  measure(chart, opened, [painScore, chart.random.integer(6, 9)]);
  const procedure = perform(chart, opened, {
    code: procedures.immobilization, reason: condition, elements: { bodySite: [bodySites.forearm] },
  });
  image(chart, opened, {
    modality: modalities.radiography, bodySite: bodySites.forearm, description: 'Forearm X-ray, two views',
    conclusion: 'Fracture of the shaft without displacement.', procedure,
  });
  prescribe(chart, opened, { medication: medications.ibuprofen, reason: condition });
  prescribe(chart, opened, { medication: medications.acetaminophen, reason: condition, timesDaily: 4 });
  planCare(chart, opened, {
    category: carePlans.fracture, condition, activities: [careActivities.exercise], ended: day + daysToHeal,
  });
  bill(chart, opened);
  const after = visit(chart, {
    day: day + daysToHeal, type: encounterTypes.followUp, specialty: 'orthopedics', reasonReference: condition,
  });
  measure(chart, after, [painScore, 1]);
  bill(chart, after);
}
