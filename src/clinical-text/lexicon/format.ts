/**
 * The text form of a lexicon, ours and the user's own (docs/clinical-lexicon.md): headings in square brackets, a concept a line,
 * its terms and its codes divided by bars.
 */
import { maxPhraseTokens } from '../phrases.ts';
import { tokensOf } from '../tokens.ts';
import type { Code, CodeSystem, Kind, LexiconEntry } from './entry.ts';
import { kinds } from './entry.ts';

/** A lexicon is held in memory by every process that reads notes; 100,000 concepts take some 50 MB. */
export const maxLexiconLines = 100_000;
/** No name is longer; a line that is has no line ends. */
export const maxLexiconLineCharacters = 4_000;
/** So many mistakes are told at once. */
const maxProblems = 20;

export interface ParsedLexicon {
  readonly entries: readonly LexiconEntry[];
  /** What is wrong, by line; nothing of a lexicon with problems is used. */
  readonly problems: readonly string[];
}

interface Shape {
  readonly name: string;
  readonly form: string;
  is(code: string): boolean;
}

/** Shapes of codes: ICD-10-CM (https://www.cdc.gov/nchs/icd/icd-10-cm), RxCUI, SNOMED CT identifiers of 6 to 18 digits. */
const shapes: Readonly<Record<CodeSystem, Shape>> = {
  icd10cm: {
    name: 'ICD-10-CM',
    is: (code) => /^[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?$/.test(code),
    form: 'a letter, a digit, a digit or letter, and up to four more behind a point',
  },
  rxnorm: { name: 'RxNorm', is: (code) => /^[1-9]\d{0,7}$/.test(code), form: 'up to eight digits' },
  snomedct: {
    name: 'SNOMED CT',
    is: (code) => /^[1-9]\d{5,17}$/.test(code) && hasVerhoeffDigit(code),
    form: '6 to 18 digits, of which the last is the check digit of the others',
  },
};

/** Reads a lexicon. Every line that is wrong is told with its number and what to do about it. */
export function parseLexicon(text: string): ParsedLexicon {
  const entries: LexiconEntry[] = [];
  const problems: string[] = [];
  let kind: Kind | undefined;
  const lines = text.split('\n');
  if (lines.length > maxLexiconLines) return { entries, problems: [`A lexicon has at most ${maxLexiconLines} lines.`] };
  for (const { number, line } of joined(lines)) {
    const found = line.startsWith('[') ? kindOf(line) : entryOf(line, kind);
    if (typeof found !== 'string') entries.push(found);
    else if (Object.hasOwn(kinds, found)) kind = found as Kind;
    else problems.push(`Line ${number}: ${found}`);
    if (problems.length === maxProblems) break;
  }
  return { entries, problems };
}

interface NumberedLine {
  readonly number: number;
  readonly line: string;
}

/** The lines that say something; one goes on with a bar at the begin of the next, or a comma at its own end. */
function joined(lines: readonly string[]): readonly NumberedLine[] {
  const whole: NumberedLine[] = [];
  for (const [index, written] of lines.entries()) {
    const line = written.trim();
    const last = whole.at(-1);
    const continued = last !== undefined && (line.startsWith('|') || last.line.endsWith(','));
    if (continued) whole[whole.length - 1] = { number: last.number, line: `${last.line} ${line}` };
    else if (line !== '' && !line.startsWith('#')) whole.push({ number: index + 1, line });
  }
  return whole;
}

/** The kind that a heading names, or what is wrong. */
function kindOf(line: string): string {
  const name = line.slice(1, -1).trim();
  return line.endsWith(']') && Object.hasOwn(kinds, name) ? name : `a heading is one of [${Object.keys(kinds).join('], [')}].`;
}

/** The concept of a line, or what is wrong. */
function entryOf(line: string, kind: Kind | undefined): LexiconEntry | string {
  if (kind === undefined) return 'a heading such as [diagnosis] must come first.';
  if (line.length > maxLexiconLineCharacters) return `a line has at most ${maxLexiconLineCharacters} characters.`;
  const [names = '', ...written] = line.split('|').map((part) => part.trim());
  const bracket = /^([^()]*)(?:\(([^()]*)\))?$/.exec(names);
  if (bracket === null) return 'brand names stand in one pair of brackets at the end of the terms.';
  const terms = listOf(bracket[1]);
  const brands = listOf(bracket[2]);
  if (brands.length > 0 && kind !== 'medication') return 'only a [medication] has brand names in brackets.';
  const all = [...terms, ...brands];
  if (all.length === 0) return 'a concept needs a term.';
  if (!all.every(isMatchable)) return `a term begins with a letter or digit and has at most ${maxPhraseTokens} words.`;
  return coded({ kind, terms, brands }, written);
}

function listOf(written: string | undefined): readonly string[] {
  return (written ?? '').split(',').map((term) => term.trim()).filter((term) => term !== '');
}

function isMatchable(term: string): boolean {
  const tokens = tokensOf(term);
  return tokens[0]?.kind !== 'mark' && tokens.length <= maxPhraseTokens;
}

function coded(entry: Omit<LexiconEntry, 'codes'>, written: readonly string[]): LexiconEntry | string {
  const codes: Record<CodeSystem, Code[]> = { icd10cm: [], rxnorm: [], snomedct: [] };
  for (const part of written) {
    const [system = '', code = '', ...description] = part.split(/\s+/);
    if (!Object.hasOwn(shapes, system)) return 'a code begins with icd10cm, rxnorm or snomedct.';
    const shape = shapes[system as CodeSystem];
    if (!shape.is(code)) return `a code of ${shape.name} has ${shape.form}.`;
    if (description.length === 0) return `the code of ${shape.name} needs a description behind it.`;
    codes[system as CodeSystem].push({ code, description: description.join(' ') });
  }
  return { ...entry, codes };
}

/** Products in the dihedral group of order 10, and the permutation of places (Verhoeff 1969). */
const products = [
  '0123456789', '1234067895', '2340178956', '3401289567', '4012395678', '5987604321', '6598710432', '7659821043', '8765932104',
  '9876543210',
];
const places = ['0123456789', '1576283094', '5803796142', '8916043527', '9453126870', '4286573901', '2793806415', '7046913258'];

/** The check digit of SNOMED CT identifiers (https://confluence.ihtsdotools.org/display/DOCRELFMT/6.3+Check-digit). */
function hasVerhoeffDigit(code: string): boolean {
  let sum = 0;
  for (let at = 0; at < code.length; at += 1) {
    const digit = Number(code[code.length - 1 - at]);
    sum = Number(products[sum]?.[Number(places[at % 8]?.[digit])]);
  }
  return sum === 0;
}
