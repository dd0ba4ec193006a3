/** The visits of the healthy: well-child checks with vaccines, yearly examinations, and passing illnesses. */

import { ageAt, daysPerYear, type Day } from '../calendar.ts';
import { allergens, encounterTypes, procedures, reactions } from '../codes/care.ts';
import { minorIllnesses } from '../codes/conditions.ts';
import { childhoodVaccines, medications, vaccines } from '../codes/medications.ts';
import { addProvenance } from '../resources/care.ts';
import { bill } from '../resources/billing.ts';
import { addAllergy, diagnose, immunize, perform } from '../resources/clinical.ts';
import { visit, type Visit } from '../resources/encounter.ts';
import { prescribe } from '../resources/medication.ts';
import type { Course } from './course.ts';
import { bloodCount, fullVitalSigns, lipidPanel, metabolicPanel } from './measurements.ts';

const daysPerMonth = daysPerYear / 12;
/** Ages in months at which a child is seen; from then on once a year. */
const childVisits: readonly number[] = [0, 1, 2, 4, 6, 9, 12, 15, 18, 24, 36, 48];

/** A child is seen by the schedule, an adult once a year. */
function examinationDays({ chart, firstDay, lastDay }: Course): { day: Day; month: number }[] {
  const { birth } = chart.person;
  const days = childVisits.map((month) => ({ month, day: birth + Math.ceil(month * daysPerMonth) + (month > 0 ? 3 : 1) }));
  for (let year = 5; year < 120; year++) days.push({ month: year * 12, day: birth + Math.ceil(year * daysPerYear) + 20 });
  return days.filter(({ day }) => day >= firstDay && day < lastDay);
}

function vaccinate(course: Course, opened: Visit, month: number): void {
  const { chart } = course;
  for (const { vaccine, months } of childhoodVaccines) {
    if (months.includes(month)) immunize(chart, opened, vaccine);
  }
  if (month >= 12) immunize(chart, opened, vaccines.influenza);
  const age = month / 12;
  if (age > 18 && age % 10 === 0) immunize(chart, opened, vaccines.tetanus);
  if (age === 51) immunize(chart, opened, vaccines.zoster);
  if (age === 66) immunize(chart, opened, vaccines.pneumococcal);
}

function allergies(course: Course, opened: Visit): void {
  const { chart } = course;
  switch (chart.person.number % 5) {
    case 0:
      addAllergy(chart, opened, { substance: allergens.penicillin, category: 'medication', reactions: [reactions.urticaria] });
      break;
    case 1:
      addAllergy(chart, opened, {
        substance: allergens.peanut, category: 'food', reactions: [reactions.anaphylaxis], severe: true,
      });
      addAllergy(chart, opened, { substance: allergens.mite, category: 'environment', reactions: [reactions.sneezing] });
      break;
    case 2:
      addAllergy(chart, opened, {
        substance: allergens.pollen, category: 'environment', reactions: [reactions.sneezing, reactions.dyspnea],
      });
      break;
    default:
      addAllergy(chart, opened, { substance: allergens.none });
  }
}

/** Laboratory work of a yearly examination: panels in turn, not all each year. */
function routineLaboratory(course: Course, opened: Visit, age: number): void {
  if (age < 18) return;
  const year = Math.floor(age);
  if (year % 2 === 0) metabolicPanel(course, opened);
  if (year % 3 === 0) lipidPanel(course, opened);
  if (year % 4 === 1) bloodCount(course, opened);
}

function examine(course: Course, day: Day, month: number): Visit {
  const { chart } = course;
  const age = ageAt(chart.person.birth, day);
  const opened = visit(chart, {
    day, type: age < 18 ? encounterTypes.wellChild : encounterTypes.checkUp,
    specialty: age < 18 ? 'pediatrics' : 'family', minutes: 30,
  });
  fullVitalSigns(course, opened);
  vaccinate(course, opened, month);
  routineLaboratory(course, opened, age);
  if (age >= 50 && Math.floor(age) % 10 === 0) perform(chart, opened, { code: procedures.colonoscopy });
  if (age >= 18 && chart.random.chance(0.4)) perform(chart, opened, { code: procedures.reconciliation });
  return opened;
}

function passingIllness(course: Course, day: Day): void {
  const { chart } = course;
  const code = chart.random.pick(minorIllnesses);
  const opened = visit(chart, { day, type: encounterTypes.symptom, reason: code });
  const reason = diagnose(chart, opened, { code, abated: day + chart.random.integer(6, 20) });
  const child = ageAt(chart.person.birth, day) < 12;
  const medication = child ? medications.amoxicillin : chart.random.pick([medications.amoxicillin, medications.acetaminophen]);
  prescribe(chart, opened, { medication, reason, timesDaily: 3 });
  bill(chart, opened);
}

/** Everybody's story. */
export function wellness(course: Course): void {
  const { chart, lastDay } = course;
  examinationDays(course).forEach(({ day, month }, index) => {
    const opened = examine(course, day, month);
    if (index === 0) {
      allergies(course, opened);
      addProvenance(chart, opened);
    }
    bill(chart, opened);
    const later = day + chart.random.integer(30, 300);
    if (chart.random.chance(0.4) && later < lastDay) passingIllness(course, later);
  });
}
