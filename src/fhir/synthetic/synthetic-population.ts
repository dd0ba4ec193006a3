/**
 * A synthetic population: seeded, the same on every machine and day, longitudinal, with the hard cases of real records.
 * All resources are FHIR R4 (https://hl7.org/fhir/R4/resourcelist.html) of the types that AWS HealthLake preloads
 * (https://docs.aws.amazon.com/healthlake/latest/devguide/reference-healthlake-preloaded-data-types.html).
 */

import type { Resource } from '../resource.ts';
import { ageAt, daysPerYear, parseDay, type Day } from './calendar.ts';
import { Chart, type World } from './chart.ts';
import { Facilities } from './facilities.ts';
import { hardCases } from './hard-cases/hard-cases.ts';
import { personAt, type Illness, type Person } from './person.ts';
import { Body } from './physiology.ts';
import { addPatient } from './resources/patient.ts';
import { sharedResources } from './resources/shared.ts';
import { cancer } from './stories/cancer.ts';
import type { Course, Story } from './stories/course.ts';
import { depression } from './stories/depression.ts';
import { followUp } from './stories/follow-up.ts';
import { fracture } from './stories/fracture.ts';
import { dialysis, heartFailure, kidneyDisease } from './stories/heart-and-kidneys.ts';
import { asthma, obstructiveLungDisease } from './stories/lungs.ts';
import { diabetes, hyperlipidemia, hypertension } from './stories/metabolic.ts';
import { pregnancy } from './stories/pregnancy.ts';
import { wellness } from './stories/wellness.ts';

/** The last day that a record covers, unless another is asked for: a population never looks at a clock. */
export const defaultPresent = '2025-06-30';

export interface PopulationOptions {
  /** How many patients; those of a smaller population are the first of a larger one. */
  readonly patients: number;
  /** Another seed, another population. */
  readonly seed: number;
  /** The last day of the records, YYYY-MM-DD. */
  readonly present?: string;
}

const illnessStories: readonly (readonly [illness: Illness, story: Story])[] = [
  ['diabetes', diabetes],
  ['hypertension', hypertension],
  ['hyperlipidemia', hyperlipidemia],
  ['asthma', asthma],
  ['copd', obstructiveLungDisease],
  ['heartFailure', heartFailure],
  ['kidneyDisease', kidneyDisease],
  ['depression', depression],
  ['pregnancy', pregnancy],
  ['fracture', fracture],
  ['cancer', cancer],
];

/** Records go back this many years: fewer for the chronically ill, who are seen more often. */
function yearsRecorded(person: Person): number {
  if (person.traits.has('inactiveDuplicate') || person.traits.has('nameless')) return 1;
  return Math.max(4, 7 - person.illnesses.size);
}

function writeRecord(world: World, person: Person): readonly Resource[] {
  const chart = new Chart(world, person);
  const { lastDay } = chart;
  const recorded = Math.min(yearsRecorded(person), ageAt(person.birth, lastDay));
  const firstDay: Day = Math.max(person.birth, lastDay - Math.floor(recorded * daysPerYear));
  const course: Course = { chart, body: new Body(chart), firstDay, lastDay, problems: new Map() };
  addPatient(chart);
  wellness(course);
  for (const [illness, story] of illnessStories) {
    if (person.illnesses.has(illness)) story(course);
  }
  followUp(course);
  if (person.illnesses.has('dialysis')) dialysis(course);
  hardCases(course);
  return chart.resources;
}

/**
 * Yields groups of at most 1,000 resources with fixed ids: first the shared organizations, locations, practitioners and
 * roles, then one group for each patient. A group refers only to itself and to earlier groups. The same options give the
 * same bytes on every machine and day. Resources share frozen tables: copy one deeply before changing it.
 *
 * Hard cases, all present with 20 patients (person.ts, resources/patient.ts and hard-cases/ write them):
 * - periods of days (hospital stays), without end (an admission in progress) and without start; effective periods of days
 * - dates to the year and to the month (birth, onset, values, procedures); onset as age, range, period or words; an
 *   immunization given at a time told in words; instants, timings, and dateTimes of several zones, `Z` and +05:30 among them
 * - quantities without unit, with a unit in words only, with units that do not convert (`[iU]/mL`, `{score}`), with other
 *   units than usual for their code, with comparators (`<0.10`, `>90`), with trailing zeros and with an exponent
 * - values of all types: quantity, concept, string, boolean, integer, range, ratio, sampled data, time, dateTime, period;
 *   a range with one end; values and components that are absent with a reason; an observation entered in error; members
 * - contained medications, practitioners and coverages; references that are logical, absolute, versioned or words alone
 * - names: several (maiden, nickname, with periods), none, apostrophes, hyphens, particles with their extension, decomposed
 *   accents, emoji, Chinese, Arabic, Hindi, Greek, Vietnamese; right-to-left text mixed with Latin and digits
 * - extensions (race, ethnicity, birth sex) and extensions on primitives, in lists with a gap too; data absent reasons
 * - several codings for one concept; concepts without code; narratives; tags and security labels; typed identifiers
 * - a record that replaces an inactive duplicate, a see-also link, twins at one address, gender other and unknown,
 *   death as a dateTime and as a boolean, and one history of more than 900 resources
 */
export function* syntheticPopulation({ patients, seed, present }: PopulationOptions): Generator<readonly Resource[]> {
  const facilities = new Facilities(seed);
  const world: World = { seed, present: parseDay(present ?? defaultPresent), facilities };
  yield sharedResources(facilities);
  for (let number = 0; number < patients; number++) yield writeRecord(world, personAt(seed, number, world.present));
}
