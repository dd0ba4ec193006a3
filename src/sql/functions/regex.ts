/**
 * Regular expressions that mean the same to Trino (Joni, Java's syntax) and to DuckDB (RE2): a literal of ordinary characters, `.`,
 * classes of single characters, ranges and `\d \w \s`, groups, alternatives, and greedy or reluctant repetition.
 */
import { type Call, literalOperand, quoted } from './rule.ts';

/** Longer patterns make RE2 refuse, or slow. */
const maxPattern = 1_000;

/** RE2 takes no higher count. */
const maxRepetition = 1_000;

const piece = /\\[dDwWsSbB]|\\[^A-Za-z0-9]|\\[tnr]|\(\?:|\(\?i\)|\[\^?(?:\\[dDwWsStnr]|\\[^A-Za-z0-9]|[^\\\]&[])+\]|\{\d{1,4}(?:,\d{0,4})?\}\??|[*+?]\??|[.^$|()]|[^\\[\]{}()*+?.^$|]/uy;

export function regexLiteral(call: Call, operand: number): string {
  const pattern = literalOperand(call, operand, 'A regular expression');
  const refuse = (reason: string) => call.fault(reason, operand);
  if (pattern.length > maxPattern) throw refuse(`A regular expression has at most ${maxPattern} characters.`);
  let before = '';
  for (let at = 0; at < pattern.length;) {
    piece.lastIndex = at;
    const found = piece.exec(pattern)?.[0];
    if (found === undefined) throw refuse(`The regular expression has something at its character ${at + 1} that is not offered.`);
    if (found === '(?i)' && at > 0) throw refuse('(?i) stands at the beginning of a regular expression.');
    const counts = /^\{(\d+)(?:,(\d*))?\}/.exec(found)?.slice(1).map(Number) ?? [];
    if (counts.some((count) => count > maxRepetition)) throw refuse(`A repetition is at most ${maxRepetition} times.`);
    if (isRepetition(found) && isRepetition(before)) throw refuse('Possessive and doubled repetitions are not offered in regular expressions.');
    if (isRepetition(found) && ['', '(', '(?:', '(?i)', '|', '^'].includes(before)) throw refuse('Something to repeat stands in front of *, + and ? in a regular expression; of (?…), (?: and (?i) are offered.');
    before = found;
    at = piece.lastIndex;
  }
  return quoted(pattern);
}

const isRepetition = (found: string) => /^(?:[*+?]\??|\{)/.test(found) && found !== '';

/** `$1` of Trino is `\1` of RE2. */
export function replacementLiteral(call: Call, operand: number): string {
  const text = literalOperand(call, operand, 'A replacement');
  if (/\\|\$(?!\d)|\$\d\d/.test(text)) throw call.fault('A replacement has groups as $1 to $9, and no backslash.', operand);
  return quoted(text.replaceAll(/\$(\d)/g, String.raw`\$1`));
}
