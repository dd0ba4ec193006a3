/** Deals the hard cases out: each is somewhere among any twenty patients in a row, a few to each patient. */

import { encounterTypes } from '../codes/care.ts';
import { bill } from '../resources/billing.ts';
import { visit } from '../resources/encounter.ts';
import { dayWithin, type Course } from '../stories/course.ts';
import type { HardCase } from './hard-case.ts';
import { referenceCases } from './references.ts';
import { timeCases } from './times.ts';
import { valueCases } from './values.ts';

/** How many patients share one full set of cases. */
export const patientsPerSet = 20;

const cases: readonly HardCase[] = [...Object.values(valueCases), ...Object.values(timeCases), ...Object.values(referenceCases)];

/** One visit with the cases that are this patient's. */
export function hardCases(course: Course): void {
  const { chart } = course;
  const place = chart.person.number % patientsPerSet;
  const opened = visit(chart, { day: dayWithin(course, 0.9), type: encounterTypes.problem });
  cases.forEach((write, index) => {
    if (index % patientsPerSet === place) write(chart, opened);
  });
  bill(chart, opened);
}
