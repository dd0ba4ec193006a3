/** What a clinical story gets to work with, and how a long illness begins. */

import type { Day } from '../calendar.ts';
import type { Chart } from '../chart.ts';
import type { Body } from '../physiology.ts';

/** One patient's record in the writing. */
export interface Course {
  readonly chart: Chart;
  readonly body: Body;
  /** The first day that the record covers. */
  readonly firstDay: Day;
  readonly lastDay: Day;
}

export type Story = (course: Course) => void;

/** A day at this share of the time that the record covers. */
export function dayWithin({ firstDay, lastDay }: Course, share: number): Day {
  return firstDay + Math.floor((lastDay - firstDay) * share);
}
