/**
 * The form in which texts are compared, regardless of case, accents, punctuation and white space
 * (https://hl7.org/fhir/R4/search.html#string).
 */

/** How many words of one field can be found by their start; bounds the index entries of long prose. */
export const maxWordStarts = 100;
/** How many characters of a word start the index keeps; what is longer is settled by matching. */
export const maxWordStartLength = 64;

/** Marks that the scripts of Europe and the Near East leave out in ordinary writing. Elsewhere a mark is part of the letter. */
const optionalMarks = /[[\p{Mn}&&[\p{Script=Inherited}\p{Script=Hebrew}]]--[\u3099\u309a]]/gv;
/**
 * Unicode's normal forms sort the marks behind a letter, in quadratic time: a megabyte of them takes minutes. No writing
 * has more than these (Stream-Safe Text Format, https://www.unicode.org/reports/tr15/#Stream_Safe_Text_Format).
 */
export const maxMarks = 30;
const excessMarks = new RegExp(`(\\p{M}{${maxMarks}})\\p{M}+`, 'gu');
const apostrophes = /['’‘ʼʹ`´]/gu;
const notWord = /[^\p{L}\p{N}\p{M}]+/gu;
/** Letters with a stroke and ligatures, which Unicode does not decompose. */
const plainLetters: Readonly<Record<string, string>> = { ł: 'l', ø: 'o', đ: 'd', ð: 'd', ħ: 'h', æ: 'ae', œ: 'oe', ς: 'σ' };
const strokedLetters = /[łøđðħæœς]/gu;

/** What is behind is not searched by word starts: room for `maxWordStarts` long words, where a megabyte would take seconds. */
export const maxSearchedLength = 16 * 1024;
/** R4's own limit of a string (https://hl7.org/fhir/R4/datatypes.html#string): all of it is searched where no index helps. */
export const maxTextLength = 1024 * 1024;

/**
 * Compatibility forms and accents resolved, lower case, apostrophes gone, other punctuation and white space one space
 * between words; of the first `maxSearchedLength` characters.
 */
export function normalizeString(text: string): string {
  if (/^[a-z0-9]*$/.test(text)) return searchedPart(text);
  return normalizePiece(searchedPart(text)).trim();
}

/** What of a text `normalizeString` looks at. */
export function searchedPart(text: string): string {
  return text.length <= maxSearchedLength ? text : text.slice(0, maxSearchedLength);
}

/** The same of the first `maxTextLength` characters, and to about as many: some characters stand for eighteen. */
export function normalizeText(text: string): string {
  if (text.length <= maxSearchedLength) return normalizeString(text);
  const pieces: string[] = [];
  let length = 0;
  const end = Math.min(text.length, maxTextLength);
  for (let start = 0; start < end && length < maxTextLength;) {
    const cut = pieceEnd(text, start, end);
    const piece = normalizePiece(text.slice(start, cut));
    pieces.push(piece);
    length += piece.length;
    start = cut;
  }
  return pieces.join('').replace(/ {2,}/g, ' ').trim();
}

/** One piece is as long as normalises well at once, and ends where neither a letter and its marks nor a pair is parted. */
function pieceEnd(text: string, start: number, end: number): number {
  const limit = start + maxSearchedLength;
  if (limit >= end) return end;
  for (let cut = limit; cut > limit - 2 * maxMarks; cut--) {
    if (/^[\s!-~]/.test(text[cut]!)) return cut;
  }
  return /^[\uDC00-\uDFFF]/.test(text[limit]!) ? limit - 1 : limit;
}

function normalizePiece(text: string): string {
  // Most text is ASCII, which needs none of what follows.
  if (/^[\0-\x7f]*$/.test(text)) return text.toLowerCase().replace(/['`]+/g, '').replace(/[^a-z0-9]+/g, ' ');
  // Apostrophes go first: decomposed, an acute that stands alone would become a space and part the word.
  const letters = text.replace(apostrophes, '').replace(excessMarks, '$1').normalize('NFKD').replace(optionalMarks, '');
  // Upper case first: it spells out ß and joins the forms that lower case alone keeps apart.
  const folded = letters.toUpperCase().toLowerCase().replace(optionalMarks, '');
  const plain = folded.replace(strokedLetters, (letter) => plainLetters[letter]!);
  return plain.replace(notWord, ' ').normalize('NFC');
}

/** A character's canonical forms have at most so many times the length of each other. */
const maxCanonicalGrowth = 4;

/** Whether two texts are the same character for character, however their accents are encoded. */
export function areCanonicallyEqual(one: string, other: string): boolean {
  if (one === other) return true;
  if (one.length > maxCanonicalGrowth * other.length || other.length > maxCanonicalGrowth * one.length) return false;
  if (/^[\0-\x7f]*$/.test(one) || one.search(excessMarks) >= 0 || other.search(excessMarks) >= 0) return false;
  return one.normalize() === other.normalize();
}

/**
 * What the index keeps of a text: from each word's start on, cut to `maxWordStartLength`. A text has a word that starts
 * as a criterion says only if one of its word starts begins with the criterion's normalised text, cut to the same length.
 */
export function wordStarts(text: string): string[] {
  const normalized = normalizeString(text);
  const starts = startPositions(normalized).map((position) => normalized.slice(position, position + maxWordStartLength));
  return [...new Set(starts)];
}

/** Whether one of the indexed words of a text, or several from one on, start so. Both are normalised. */
export function hasWordStart(normalized: string, wanted: string): boolean {
  if (normalized.startsWith(wanted)) return true;
  const found = normalized.indexOf(` ${wanted}`);
  // The first that starts so is among the indexed words, or none is.
  return found >= 0 && (found < minWordsLength || startPositions(normalized).at(-1)! > found);
}

/** Shorter texts have no more words than are indexed. */
const minWordsLength = 2 * maxWordStarts - 2;

function startPositions(normalized: string): number[] {
  const positions: number[] = [];
  let position = 0;
  while (position < normalized.length && positions.length < maxWordStarts) {
    positions.push(position);
    const space = normalized.indexOf(' ', position);
    if (space < 0) break;
    position = space + 1;
  }
  return positions;
}

const prepared = new WeakMap<object, string>();

/** The normalised text of a criterion, which is the same for every resource that it is held against. */
export function normalizedCriterion(criterion: { readonly text: string }): string {
  let normalized = prepared.get(criterion);
  if (normalized === undefined) {
    normalized = normalizeText(criterion.text);
    prepared.set(criterion, normalized);
  }
  return normalized;
}

/** One after another, criteria ask for the same long text. */
let latest = { text: '', normalized: '' };

/** As `normalizeText`; of the text that was asked for before, what was found then. */
export function normalizeOnce(text: string): string {
  if (text !== latest.text) latest = { text, normalized: normalizeText(text) };
  return latest.normalized;
}
