/** The regular visits of the chronically ill: one visit attends to all illnesses, with the measurements each needs. */

import { encounterTypes } from '../codes/care.ts';
import { filtrationRate, labs, vitals } from '../codes/measurements.ts';
import type { Illness } from '../person.ts';
import { bill } from '../resources/billing.ts';
import { visit, type Visit } from '../resources/encounter.ts';
import { prescribe } from '../resources/medication.ts';
import { measure } from '../resources/observation.ts';
import type { Course } from './course.ts';
import { briefVitalSigns } from './measurements.ts';

const daysBetween = 180;

type Round = (course: Course, opened: Visit) => void;

function kidneyValues({ chart, body }: Course, opened: Visit): void {
  const rate = body.filtrationRate(opened.day);
  measure(chart, opened, [labs.creatinine, body.creatinine(rate)]);
  measure(chart, opened, [filtrationRate, rate]);
  measure(chart, opened, [labs.potassium, body.potassium(rate)]);
}

const rounds: Partial<Record<Illness, Round>> = {
  diabetes: ({ chart, body }, opened) => {
    measure(chart, opened, [labs.hba1c, body.hba1c(opened.day)]);
    measure(chart, opened, [labs.glucose, body.glucose(opened.day)]);
  },
  kidneyDisease: kidneyValues,
  heartFailure: ({ chart }, opened) => measure(chart, opened, [labs.ntProBnp, chart.random.around(1500, 300)]),
  copd: ({ chart, body }, opened) => measure(chart, opened, [vitals.oxygenSaturation, body.oxygenSaturation()]),
  asthma: ({ chart, body }, opened) => measure(chart, opened, [vitals.oxygenSaturation, body.oxygenSaturation()]),
};

/** The problems known at the visit, each with its measurements and a renewed prescription. */
function attend(course: Course, opened: Visit): void {
  for (const [illness, { condition, since, medications }] of course.problems) {
    if (since >= opened.day) continue;
    opened.diagnoses.push(condition);
    rounds[illness]?.(course, opened);
    const [medication] = medications;
    if (medication) prescribe(course.chart, opened, { medication, reason: condition, timesDaily: 1 });
  }
}

export function followUp(course: Course): void {
  const { chart, lastDay } = course;
  if (course.problems.size === 0) return;
  const began = Math.min(...[...course.problems.values()].map(({ since }) => since));
  for (let day = began + daysBetween; day < lastDay; day += daysBetween + chart.random.integer(-9, 9)) {
    const opened = visit(chart, { day, type: encounterTypes.followUp });
    briefVitalSigns(course, opened);
    attend(course, opened);
    bill(chart, opened);
  }
}
