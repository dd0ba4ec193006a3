/**
 * Whether a text is in English, by its little words and its letters: cheap, and sure enough to spare an engine, which reads English
 * alone, a text that is plainly in another language. In doubt it is.
 */

/** Words that are frequent in one of the languages and not in the others (nor in the abbreviations of clinicians). */
const littleWords: Readonly<Record<string, readonly string[]>> = {
  en: ['the', 'and', 'of', 'with', 'for', 'was', 'is', 'has', 'had', 'he', 'she', 'her', 'his', 'patient', 'denies', 'no', 'not', 'to', 'from', 'history', 'daily', 'pain', 'today', 'this', 'that', 'year', 'old', 'exam', 'by', 'takes', 'reports'],
  es: ['el', 'los', 'las', 'del', 'y', 'por', 'con', 'una', 'paciente', 'presenta', 'sin', 'años', 'dolor', 'tratamiento', 'se', 'su', 'desde', 'hace', 'refiere'],
  pt: ['os', 'não', 'uma', 'com', 'do', 'da', 'dos', 'das', 'ao', 'em', 'sem', 'dor', 'paciente', 'apresenta', 'há', 'anos', 'foi', 'refere'],
  fr: ['le', 'les', 'des', 'du', 'et', 'une', 'est', 'avec', 'pour', 'sans', 'dans', 'depuis', 'patiente', 'douleur', 'ans', 'sur', 'aux', 'présente', 'par'],
  de: ['der', 'die', 'und', 'mit', 'das', 'bei', 'nicht', 'ist', 'keine', 'kein', 'patientin', 'seit', 'wurde', 'im', 'zum', 'zur', 'eine', 'nach', 'auf', 'des'],
  it: ['il', 'di', 'che', 'gli', 'della', 'del', 'con', 'una', 'per', 'non', 'paziente', 'dolore', 'anni', 'alla', 'nel', 'da'],
  nl: ['het', 'een', 'van', 'en', 'met', 'voor', 'niet', 'geen', 'patiënt', 'sinds', 'bij', 'werd', 'heeft', 'naar', 'ook'],
};

/** Words that are looked at: the language of a note is told by its beginning. */
const maxWords = 2_000;
/** Of another language, before it is believed: a list of drugs has no little words at all. */
const leastLittleWords = 8;
/** The share of letters of another script from which on the text is in it. */
const foreignShare = 0.3;
/** Letters that are looked at. */
const maxLetters = 5_000;

const languageOf = new Map<string, string[]>();
for (const [language, words] of Object.entries(littleWords)) {
  for (const word of words) languageOf.set(word, [...(languageOf.get(word) ?? []), language]);
}

/** @returns false where it is plainly in another language */
export function isEnglish(text: string): boolean {
  const beginning = text.slice(0, maxLetters);
  const letters = beginning.match(/\p{L}/gu)?.length ?? 0;
  const latin = beginning.match(/\p{Script=Latin}|\p{Script=Greek}/gu)?.length ?? 0;
  if (letters >= leastLittleWords && letters - latin > letters * foreignShare) return false;
  const counts = new Map<string, number>();
  let seen = 0;
  for (const [word] of text.matchAll(/\p{L}+/gu)) {
    if ((seen += 1) > maxWords) break;
    for (const language of languageOf.get(word.toLowerCase()) ?? []) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  const english = counts.get('en') ?? 0;
  counts.delete('en');
  const other = Math.max(0, ...counts.values());
  return other < leastLittleWords || other < 2 * english;
}
