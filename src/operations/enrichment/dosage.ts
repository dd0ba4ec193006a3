/** The sig of a medication as FHIR's Dosage (https://hl7.org/fhir/R4/dosage.html). What has no structure stays as its words. */
import type { JsonObject } from '../../fhir/json.ts';
import type { AttributeType, EntityAttribute } from '../../ports/clinical-nlp.ts';
import { systems } from './system-names.ts';

/** Units of UCUM by how they are written; a tablet or a puff has none there. */
const units: Readonly<Record<string, string>> = {
  mg: 'mg', mgs: 'mg', milligram: 'mg', milligrams: 'mg', mcg: 'ug', microgram: 'ug', micrograms: 'ug', g: 'g', gm: 'g', gram: 'g',
  grams: 'g',
  ml: 'mL', cc: 'mL', unit: '[iU]', units: '[iU]', meq: 'meq', '%': '%', iu: '[iU]',
};

/** How often, of what is written without a number: times, in a period, of a unit of time. */
const repeats: readonly (readonly [number, number, string, readonly string[]])[] = [
  [1, 1, 'd', [
    'daily', 'once daily', 'once a day', 'once per day', 'every day', 'a day', 'per day', 'qd', 'nightly', 'at night', 'at bedtime', 'qhs',
    'every morning', 'each morning', 'every night', 'in the morning', 'in the evening',
  ]],
  [2, 1, 'd', ['bid', 'b.i.d.', 'twice daily', 'twice a day', 'twice per day', 'two times a day', '2 times a day', '2 times per day']],
  [3, 1, 'd', ['tid', 't.i.d.', 'three times daily', 'three times a day', 'three times per day', '3 times a day', '3 times per day']],
  [4, 1, 'd', ['qid', 'q.i.d.', 'four times daily', 'four times a day', 'four times per day', '4 times a day', '4 times per day']],
  [1, 1, 'wk', ['weekly', 'once weekly', 'once a week', 'a week']],
  [2, 1, 'wk', ['twice a week', 'twice weekly']],
  [1, 1, 'mo', ['monthly', 'once a month']],
  [1, 2, 'd', ['every other day', 'qod']],
  ...[4, 6, 8, 12, 24].map((hours) => [1, hours, 'h', [`q${hours}h`, `every ${hours} hours`]] as const),
];
const repeatOf = new Map(repeats.flatMap(([frequency, period, periodUnit, words]) => {
  return words.map((word) => [word, { frequency, period, periodUnit }] as const);
}));

const asNeeded = /\s*\b(?:prn|p\.r\.n\.|as needed|when needed)$/i;

/** The Dosage of a medication, or nothing where the note says nothing. */
export function dosageOf(attributes: readonly EntityAttribute[]): readonly JsonObject[] {
  const by = (type: AttributeType): string | undefined => attributes.find(({ Type }) => Type === type)?.Text;
  const frequency = by('FREQUENCY');
  const [dose, route, strength] = [by('DOSAGE'), by('ROUTE_OR_MODE'), by('STRENGTH')];
  const texts = [strength, dose, by('FORM'), route, frequency, by('DURATION'), by('RATE')].filter((text) => text !== undefined);
  if (texts.length === 0) return [];
  const quantity = dose === undefined ? undefined : doseQuantity(dose);
  return [{
    text: texts.join(' '),
    ...(frequency !== undefined && { timing: timingOf(frequency) }),
    ...(frequency !== undefined && asNeeded.test(frequency) && { asNeededBoolean: true }),
    ...(route !== undefined && { route: { text: route } }),
    ...(quantity !== undefined && { doseAndRate: [{ doseQuantity: quantity }] }),
  }];
}

function timingOf(written: string): JsonObject {
  const repeat = repeatOf.get(written.replace(asNeeded, '').toLowerCase());
  return { ...(repeat !== undefined && { repeat: { ...repeat } }), code: { text: written } };
}

/** `40 mg` and `2 tablets`; a range or a word for a number stays in the text. */
function doseQuantity(written: string): JsonObject | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)\s*([A-Za-z%]{1,20})$/.exec(written);
  if (match === null) return undefined;
  const [, value, unit = ''] = match;
  const code = units[unit.toLowerCase()];
  return { value: Number(value), unit, ...(code !== undefined && { system: systems.ucum, code }) };
}
