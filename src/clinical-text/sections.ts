/**
 * The headings of clinical notes, as US notes have them. A section tells what its sentences are about: whose illness it is,
 * whether it is past, whether a drug is one that is taken or one that is not tolerated.
 */
import { phrases } from './phrases.ts';
import type { Token } from './tokens.ts';

export type Section =
  | 'allergies' | 'assessment' | 'chief-complaint' | 'examination' | 'family-history' | 'instructions' | 'medications'
  | 'other' | 'past-history' | 'plan' | 'present-illness' | 'results' | 'review-of-systems' | 'social-history'
  | 'surgical-history' | 'vitals';

const headings: Readonly<Record<Exclude<Section, 'other'>, readonly string[]>> = {
  allergies: [
    'allergies', 'allergy', 'drug allergies', 'medication allergies', 'allergies and intolerances', 'adverse reactions', 'ALL',
  ],
  assessment: [
    'assessment', 'impression', 'impressions', 'diagnosis', 'diagnoses', 'final diagnosis', 'discharge diagnosis', 'problem list',
    'assessment and plan', 'assessment & plan', 'assessment/plan', 'A/P', 'A&P', 'active problems', 'clinical impression',
  ],
  'chief-complaint': ['chief complaint', 'CC', 'reason for visit', 'presenting complaint', 'reason for consultation'],
  examination: [
    'physical examination', 'physical exam', 'exam', 'examination', 'PE', 'objective', 'mental status exam',
    'mental status examination',
    'detailed exam', 'general examination',
  ],
  'family-history': ['family history', 'family medical history', 'FH', 'FHx', 'fam hx', 'family hx'],
  instructions: [
    'instructions', 'patient instructions', 'discharge instructions', 'follow up instructions', 'return precautions',
  ],
  medications: [
    'medications', 'medication', 'current medications', 'meds', 'home medications', 'home meds', 'medication list',
    'discharge medications',
    'prescriptions', 'outpatient medications', 'current meds',
  ],
  'past-history': [
    'past medical history', 'PMH', 'PMHx', 'medical history', 'past history', 'past psychiatric history',
    'obstetric history',
    'gynecologic history', 'past medical hx',
  ],
  plan: ['plan', 'orders', 'recommendations', 'treatment plan', 'plan of care', 'disposition', 'follow up'],
  'present-illness': ['history of present illness', 'HPI', 'interval history', 'history', 'subjective', 'history of the present illness',
  'hospital course'],
  results: [
    'results', 'labs', 'laboratory data', 'laboratory', 'laboratory results', 'imaging', 'studies', 'diagnostic studies',
    'lab results',
    'radiology', 'data', 'test results', 'findings', 'pertinent results',
  ],
  'review-of-systems': ['review of systems', 'ROS', 'review of symptoms'],
  'social-history': ['social history', 'SH', 'SHx', 'social hx', 'habits', 'lifestyle'],
  'surgical-history': ['past surgical history', 'surgical history', 'PSH', 'past surgeries', 'procedures', 'past procedures'],
  vitals: ['vitals', 'vital signs', 'vitals reviewed', 'VS'],
};

const known = phrases<{ readonly section: Section; readonly capitals: boolean }>();
for (const [section, names] of Object.entries(headings) as [Section, readonly string[]][]) {
  for (const name of names) known.add(name, { section, capitals: name === name.toUpperCase() });
}

/** An unknown heading of capitals has fewer words than this and more letters than an abbreviation: `NKDA` is none. */
const unknownHeading = { wordsMost: 6, lettersLeast: 7 };

export interface Heading {
  readonly section: Section;
  /** Tokens of the line that are the heading, its colon included. */
  readonly length: number;
  /** The line goes on behind it. */
  readonly inline: boolean;
}

/**
 * The heading at the begin of a line.
 * @param line its tokens without bullet and line end
 * @param bulleted an item of a list only counts as a heading where its name is known
 */
export function headingOf(line: readonly Token[], bulleted: boolean): Heading | undefined {
  const match = known.longestAt(line, 0, ({ capitals }, tokens) => !capitals || isUpperCase(tokens));
  const section = match?.values[0]?.section;
  const colon = match === undefined ? -1 : line.findIndex((token, at) => at >= match.end && token.text === ':');
  if (match !== undefined && section !== undefined && colon >= match.end && isAside(line, match.end, colon)) {
    return { section, length: colon + 1, inline: line.length > colon + 1 };
  }
  const alone = match?.end === line.length && line[0]?.text !== line[0]?.text.toLowerCase();
  if (section !== undefined && alone) return { section, length: line.length, inline: false };
  return !bulleted && isCapitalLine(line) ? { section: 'other', length: line.length, inline: false } : undefined;
}

/** Nothing, or a remark in brackets, between a heading and its colon: `Medications (current):`. */
function isAside(line: readonly Token[], from: number, colon: number): boolean {
  return from === colon || (line[from]?.text === '(' && line[colon - 1]?.text === ')');
}

function isCapitalLine(line: readonly Token[]): boolean {
  const words = line.filter(({ kind }) => kind === 'word');
  const letters = words.reduce((sum, { text }) => sum + text.length, 0);
  const others = line.filter(({ kind, text }) => kind !== 'word' && !'&/:-,'.includes(text));
  const fits = words.length > 0 && words.length <= unknownHeading.wordsMost && letters >= unknownHeading.lettersLeast;
  return fits && others.length === 0 && isUpperCase(words);
}

function isUpperCase(tokens: readonly Token[]): boolean {
  return tokens.every(({ text }) => text === text.toUpperCase());
}
