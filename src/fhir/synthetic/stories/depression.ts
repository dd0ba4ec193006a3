/** Depression: scores over time, therapy in person and by telephone, records labelled as restricted where asked for. */

import { careActivities, carePlans, encounterClasses, encounterTypes, procedures } from '../codes/care.ts';
import { coding, systems } from '../codes/coding.ts';
import { chronic } from '../codes/conditions.ts';
import { depressionScore } from '../codes/measurements.ts';
import { medications } from '../codes/medications.ts';
import { bill } from '../resources/billing.ts';
import { perform } from '../resources/clinical.ts';
import { visit } from '../resources/encounter.ts';
import { measure } from '../resources/observation.ts';
import { beginIllness, dayWithin, type Course } from './course.ts';

const restricted = coding(systems.confidentiality, 'R', 'restricted');
const sessions = 6;

export function depression(course: Course): void {
  const { chart } = course;
  const firstResource = chart.resources.length;
  const { opened, condition } = beginIllness(course, {
    illness: 'depression', code: chronic.depression, day: dayWithin(course, 0.25), specialty: 'psychiatry',
    type: encounterTypes.problem, plan: carePlans.other, activities: [careActivities.therapy],
    medications: [medications.sertraline],
  });
  perform(chart, opened, { code: procedures.depressionScreening });
  measure(chart, opened, [depressionScore, chart.random.integer(14, 21)]);
  bill(chart, opened);
  for (let session = 1; session <= sessions; session++) {
    const byTelephone = session % 3 === 0;
    const therapy = visit(chart, {
      day: opened.day + session * 21, specialty: 'psychiatry', reasonReference: condition, minutes: 50,
      type: byTelephone ? encounterTypes.telephone : encounterTypes.followUp,
      ...(byTelephone && { class: encounterClasses.virtual }),
    });
    perform(chart, therapy, { code: procedures.behavioralTherapy, reason: condition });
    measure(chart, therapy, [depressionScore, Math.max(3, 17 - session * 2 + chart.random.integer(-1, 1))]);
    bill(chart, therapy);
  }
  if (!chart.person.traits.has('restricted')) return;
  for (const resource of chart.resources.slice(firstResource)) resource.meta = { security: [restricted] };
}
