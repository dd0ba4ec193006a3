/** What a clinical story gets to work with, and how a long illness begins. */

import type { Day } from '../calendar.ts';
import type { Chart } from '../chart.ts';
import type { Concept } from '../codes/coding.ts';
import type { Specialty } from '../facilities.ts';
import type { Illness } from '../person.ts';
import type { Body } from '../physiology.ts';
import { planCare } from '../resources/care.ts';
import { diagnose } from '../resources/clinical.ts';
import { visit, type Visit } from '../resources/encounter.ts';
import type { Reference } from '../facilities.ts';
import { prescribe } from '../resources/medication.ts';

/** One patient's record in the writing. */
export interface Course {
  readonly chart: Chart;
  readonly body: Body;
  /** The first day that the record covers. */
  readonly firstDay: Day;
  readonly lastDay: Day;
  /** The chronic illnesses found so far, which later visits attend to. */
  readonly problems: Map<Illness, Problem>;
}

export interface Problem {
  readonly condition: Reference;
  readonly since: Day;
  readonly medications: readonly Concept[];
}

export type Story = (course: Course) => void;

/** A day at this share of the time that the record covers. */
export function dayWithin({ firstDay, lastDay }: Course, share: number): Day {
  return firstDay + Math.floor((lastDay - firstDay) * share);
}

export interface Beginning {
  readonly illness: Illness;
  readonly code: Concept;
  readonly day: Day;
  readonly specialty: Specialty;
  readonly type: Concept;
  readonly plan?: Concept;
  readonly activities?: readonly Concept[];
  readonly medications: readonly Concept[];
}

/** The visit at which a chronic illness is found: its condition, plan and first prescriptions. The caller bills the visit. */
export function beginIllness(course: Course, beginning: Beginning): { opened: Visit; condition: Reference } {
  const { chart } = course;
  const { illness, code, day, specialty, medications } = beginning;
  const opened = visit(chart, { day, type: beginning.type, specialty, reason: code, minutes: 40 });
  const condition = diagnose(chart, opened, { code });
  if (beginning.plan) {
    planCare(chart, opened, { category: beginning.plan, condition, activities: beginning.activities ?? [] });
  }
  for (const medication of medications) {
    prescribe(chart, opened, { medication, reason: condition, active: chart.person.death === undefined, timesDaily: 1 });
  }
  course.problems.set(illness, { condition, since: day, medications });
  return { opened, condition };
}
