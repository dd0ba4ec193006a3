/**
 * The value and the unit of a test (https://docs.aws.amazon.com/comprehend-medical/latest/dev/textanalysis-entitiesv2.html):
 * `hemoglobin A1c of 8.1%`, `blood pressure is 150/90`, `elevated glucose`.
 */
import type { Token } from '../tokens.ts';
import type { FoundAttribute } from './grammar.ts';
import { amountEnd, phraseEnd, phraseSet } from './grammar.ts';

const units = phraseSet([
  '%', 'percent', 'mmhg', 'mm hg', 'bpm', 'beats per minute', 'breaths per minute', 'mg/dl', 'g/dl', 'gm/dl', 'mcg/dl',
  'ng/ml', 'pg/ml', 'ng/dl',
  'mmol/l', 'meq/l', 'u/l', 'iu/l', 'miu/l', 'uiu/ml', 'ml/min', 'k/ul', 'f', '\u00b0f', '\u00b0 f', 'c', '\u00b0c',
  '\u00b0 c', 'degrees', 'degrees fahrenheit',
  'kg', 'kilograms', 'lb', 'lbs', 'pounds', 'inches', 'feet', 'cm', 'mm/hr', 'kg/m2',
]);
const lengths = phraseSet(['mm', 'millimeters', 'cm', 'centimeters', 'inches', 'feet']);
const words = phraseSet([
  'normal', 'abnormal', 'elevated', 'high', 'low', 'positive', 'negative', 'stable', 'unremarkable', 'within normal limits',
  'wnl', 'decreased', 'increased',
  'reduced', 'normal limits', 'slightly elevated', 'mildly elevated', 'slightly low', 'borderline', 'afebrile', 'clear',
  'inconclusive', 'pending',
]);
/** A number in front of these counts time, or goes on as a date. */
const timeWords = phraseSet([
  'day', 'week', 'month', 'year', 'hour', 'minute', 'time', 'st', 'nd', 'rd', 'th', 'am', 'pm', 'o clock', 'view', 'mg', 'mcg',
]);

/** `blood pressure today in the office was still 150/90` has six words between. */
const maxGap = 7;

/** Where a test stands in its sentence, and where the next entity begins. */
export interface MeasurementPlace {
  readonly begin: number;
  readonly end: number;
  readonly before: number;
  /** It is a length itself; a length beside any other test is that of something it shows. */
  readonly length: boolean;
}

/** Value and unit of a test; nothing where the sentence gives none. */
export function measurementOf(tokens: readonly Token[], place: MeasurementPlace): readonly FoundAttribute[] {
  const { begin, end } = place;
  const last = lastOf(tokens, place);
  for (let at = end; at < last; at += 1) {
    const value = numericEnd(tokens, at);
    const ofItself = value !== undefined && (place.length || phraseEnd(lengths, tokens, value) === undefined);
    if (ofItself) return withUnit(tokens, at, value);
    if (tokens[at]?.kind === 'number') return [];
  }
  for (let at = end; at < last; at += 1) {
    const value = phraseEnd(words, tokens, at);
    if (value !== undefined) return value === place.before ? [] : [{ type: 'TEST_VALUE', begin: at, end: value }];
  }
  const front = [2, 1].find((length) => begin >= length && phraseEnd(words, tokens, begin - length) === begin);
  return front === undefined ? [] : [{ type: 'TEST_VALUE', begin: begin - front, end: begin }];
}

/** Where to look no further: the next entity, a semicolon, or the next of a list, `CBC, chem 12`. */
function lastOf(tokens: readonly Token[], { end, before }: MeasurementPlace): number {
  const most = Math.min(before, end + maxGap + 1);
  for (let at = end; at < most; at += 1) {
    const listed = tokens[at]?.text === ',' && tokens[at + 1]?.kind === 'word' && phraseEnd(words, tokens, at + 1) === undefined;
    if (listed || tokens[at]?.text === ';') return at;
  }
  return most;
}

function withUnit(tokens: readonly Token[], begin: number, end: number): readonly FoundAttribute[] {
  const unit = phraseEnd(units, tokens, end);
  const value: FoundAttribute = { type: 'TEST_VALUE', begin: withComparator(tokens, begin), end };
  return unit === undefined ? [value] : [value, { type: 'TEST_UNIT', begin: end, end: unit }];
}

/** `< 3` is no 3. */
function withComparator(tokens: readonly Token[], begin: number): number {
  let from = begin;
  while (from > 0 && '<>=\u2264\u2265'.includes(tokens[from - 1]?.text ?? '?')) from -= 1;
  return '<>\u2264\u2265'.includes(tokens[from]?.text ?? '?') ? from : begin;
}

/** `8.1`, `150/90`, `60-65`; not the 3 of `3 months ago`, no date. */
function numericEnd(tokens: readonly Token[], at: number): number | undefined {
  if (tokens[at]?.kind !== 'number') return undefined;
  const end = amountEnd(tokens, at);
  if (end === undefined || phraseEnd(timeWords, tokens, end) !== undefined) return undefined;
  return tokens[end]?.text === '/' && tokens[end + 1]?.kind === 'number' ? undefined : end;
}
