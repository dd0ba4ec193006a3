/** Cancer: how it is found, staged and treated over months, by its site. */

import { type Day } from '../calendar.ts';
import { bodySites, carePlans, encounterTypes, procedures } from '../codes/care.ts';
import { snomed, ucum, type Concept } from '../codes/coding.ts';
import { cancers } from '../codes/conditions.ts';
import { labs, panels } from '../codes/measurements.ts';
import { medications } from '../codes/medications.ts';
import { decimal } from '../decimal.ts';
import type { Reference } from '../facilities.ts';
import type { Person } from '../person.ts';
import { planCare } from '../resources/care.ts';
import { bill } from '../resources/billing.ts';
import { diagnose, perform } from '../resources/clinical.ts';
import { visit } from '../resources/encounter.ts';
import { administer, prescribe } from '../resources/medication.ts';
import { measure } from '../resources/observation.ts';
import { image, modalities, report } from '../resources/report.ts';
import { dayWithin, type Course } from './course.ts';
import { hospitalStay } from './hospital-stay.ts';
import { bloodCount } from './measurements.ts';

const stageTwo = snomed('60333009', 'Clinical stage II');
const cycles = 6;
const daysPerCycle = 21;

function siteOf({ gender, number }: Person): keyof typeof cancers {
  if (gender === 'female') return number % 3 === 2 ? 'colon' : 'breast';
  return gender === 'male' && number % 3 !== 2 ? 'prostate' : 'colon';
}

export function cancer(course: Course): void {
  const { chart } = course;
  const site = siteOf(chart.person);
  const day = dayWithin(course, 0.35);
  const condition = findCancer(course, { site, day });
  if (site === 'breast') removeTumor(course, { day: day + 24, condition, code: cancers.breast });
  for (let cycle = 0; cycle < cycles; cycle++) {
    const treated = day + 60 + cycle * daysPerCycle;
    if (treated < course.lastDay) treat(course, { day: treated, condition, radiation: site === 'prostate' });
  }
}

function findCancer(course: Course, { site, day }: { site: keyof typeof cancers; day: Day }): Reference {
  const { chart } = course;
  const opened = visit(chart, { day, type: encounterTypes.problem, specialty: 'oncology', minutes: 60 });
  const condition = diagnose(chart, opened, {
    code: cancers[site], elements: { stage: [{ summary: stageTwo }] },
  });
  planCare(chart, opened, { category: carePlans.cancer, condition, activities: [procedures.chemotherapy] });
  if (site === 'prostate') measure(chart, opened, [labs.prostateAntigen, chart.random.around(14, 3)]);
  if (site === 'colon') perform(chart, opened, { code: procedures.colonoscopy, reason: condition });
  if (site === 'breast') {
    const procedure = perform(chart, opened, { code: procedures.mammography, reason: condition });
    image(chart, opened, {
      modality: modalities.mammography, bodySite: bodySites.breast, description: 'Screening mammogram',
      conclusion: 'Spiculated mass, biopsy advised.', procedure,
    });
    perform(chart, opened, { code: procedures.breastBiopsy, reason: condition });
    prescribe(chart, opened, { medication: medications.tamoxifen, reason: condition, active: true, timesDaily: 2 });
  }
  const elements = { conclusion: 'Malignant cells seen.', conclusionCode: [cancers[site]] };
  report(chart, opened, { code: panels.pathology, elements });
  bill(chart, opened);
  return condition;
}

function removeTumor(course: Course, { day, condition, code }: { day: Day; condition: Reference; code: Concept }): void {
  const { chart } = course;
  const stay = hospitalStay(course, { day, days: 1, specialty: 'oncology', reason: code, condition });
  perform(chart, stay, { code: procedures.lumpectomy, reason: condition, elements: { bodySite: [bodySites.breast] } });
  bloodCount(course, stay);
  bill(chart, stay);
}

/** One cycle: radiation, or an infusion whose rate is a ratio. */
function treat(course: Course, { day, condition, radiation }: { day: Day; condition: Reference; radiation: boolean }): void {
  const { chart } = course;
  const opened = visit(chart, {
    day, type: encounterTypes.followUp, specialty: 'oncology', reasonReference: condition, minutes: 200,
  });
  perform(chart, opened, { code: radiation ? procedures.radiotherapy : procedures.chemotherapy, reason: condition });
  if (radiation) {
    measure(chart, opened, [labs.prostateAntigen, chart.random.around(6, 1)]);
  } else {
    const request = prescribe(chart, opened, { medication: medications.paclitaxel, reason: condition });
    const milligrams = ucum(decimal(chart.random.around(300, 10), 1), 'mg');
    administer(chart, opened, {
      medication: medications.paclitaxel, at: opened.start + 30, request,
      dosage: {
        dose: milligrams,
        rateRatio: { numerator: milligrams, denominator: ucum(3, 'h') },
      },
    });
  }
  bloodCount(course, opened);
  bill(chart, opened);
}
