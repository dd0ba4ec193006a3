/** A stay of days in hospital: an encounter whose period has several dates, with its discharge. */

import type { Day } from '../calendar.ts';
import { encounterClasses, encounterTypes } from '../codes/care.ts';
import { coding, concept, hl7, ucum, type Concept } from '../codes/coding.ts';
import type { Reference, Specialty } from '../facilities.ts';
import { visit, type Visit } from '../resources/encounter.ts';
import type { Course } from './course.ts';

const dispositionSystem = 'http://terminology.hl7.org/CodeSystem/discharge-disposition';
const dispositions = {
  home: concept('Home', coding(dispositionSystem, 'home', 'Home')),
  expired: concept('Expired', coding(dispositionSystem, 'exp', 'Expired')),
} as const;
const dischargeDiagnosis = hl7('diagnosis-role', 'DD', 'Discharge diagnosis');

export interface Stay {
  readonly day: Day;
  readonly days: number;
  readonly specialty: Specialty;
  readonly reason: Concept;
  readonly condition?: Reference;
  readonly died?: boolean;
}

export const minutesPerDay = 1440;

/** Opens the stay. The caller writes what happens in it and bills it. */
export function hospitalStay({ chart }: Course, stay: Stay): Visit {
  return visit(chart, {
    day: stay.day, class: encounterClasses.inpatient, type: encounterTypes.admission, specialty: stay.specialty,
    reason: stay.reason, reasonReference: stay.condition, minutes: stay.days * minutesPerDay + 190,
    elements: {
      length: ucum(stay.days, 'd', 'day'),
      hospitalization: { dischargeDisposition: stay.died ? dispositions.expired : dispositions.home },
      ...(stay.condition && { diagnosis: [{ condition: stay.condition, use: dischargeDiagnosis, rank: 1 }] }),
    },
  });
}
