/** Functions of texts (https://trino.io/docs/435/functions/string.html, https://trino.io/docs/435/functions/regexp.html). */
import { bound, guarded } from '../typed.ts';
import { regexLiteral, replacementLiteral } from './regex.ts';
import { type FunctionRule, quoted, same } from './rule.ts';

/** What `trim` takes off: what Java calls white space. */
const blanks = quoted(' \t\n\v\f\r\u001c\u001d\u001e\u001f\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000');

/** `substr`: places from 1, or from the end where negative; nothing where there is no such place. */
const substring: FunctionRule['duckDb'] = ([text, start, length], { operands }) => {
  const count = length === undefined ? '' : `, greatest(${length}, 0)`;
  const from = operands[1]?.expression;
  if (from?.kind === 'number' && /^[1-9]\d*$/.test(from.text)) return `substr(${text}, ${start}${count})`;
  return bound([text!, start!], ([whole, place]) =>
    `CASE WHEN ${place} = 0 OR abs(${place}) > length(${whole}) THEN '' ELSE substr(${whole}, ${place}${count}) END`);
};

const pad = (name: string): FunctionRule['duckDb'] => ([text, size, filler]) =>
  `${name}(${text}, CAST(${guarded(size!, (v) => `${v} < 0`, 'A length is not negative')} AS INTEGER), ${guarded(filler!, (v) => `${v} = ''`, 'Padding is not empty')})`;

const substringSignatures = ['(varchar, bigint): varchar', '(varchar, bigint, bigint): varchar'];

export const textFunctions: readonly FunctionRule[] = [
  {
    name: 'concat', signatures: ['(varchar, varchar...): varchar', '(array(T), array(T)...): array(T)'],
    duckDb: (operands, { result }) => result.kind === 'array'
      ? operands.reduce((joined, next) => `list_concat(${joined}, ${next})`)
      : `(${operands.join(' || ')})`,
  },
  { name: 'concat_ws', signatures: ['(varchar, varchar...): varchar'], duckDb: same('concat_ws') },
  { name: 'length', signatures: ['(varchar): bigint'], duckDb: same('length') },
  { name: 'lower', signatures: ['(varchar): varchar'], duckDb: same('lower') },
  { name: 'upper', signatures: ['(varchar): varchar'], note: '`ß` stays, and `ẞ` becomes one on DuckDB', duckDb: ([text]) => `replace(upper(${text}), 'ẞ', 'ß')` },
  { name: 'trim', signatures: ['(varchar): varchar'], duckDb: ([text]) => `trim(${text}, ${blanks})` },
  { name: 'ltrim', signatures: ['(varchar): varchar'], duckDb: ([text]) => `ltrim(${text}, ${blanks})` },
  { name: 'rtrim', signatures: ['(varchar): varchar'], duckDb: ([text]) => `rtrim(${text}, ${blanks})` },
  { name: 'substr', signatures: substringSignatures, duckDb: substring },
  { name: 'substring', signatures: substringSignatures, duckDb: substring },
  { name: 'strpos', signatures: ['(varchar, varchar): bigint'], duckDb: same('strpos') },
  { name: 'starts_with', signatures: ['(varchar, varchar): boolean'], duckDb: same('starts_with') },
  {
    name: 'replace', signatures: ['(varchar, varchar): varchar', '(varchar, varchar, varchar): varchar'],
    note: 'what is sought is a literal, and not empty',
    duckDb: ([text, sought, other], { operands, fault }) => {
      if (operands[1]?.expression?.kind !== 'string' || operands[1].expression.value === '') throw fault('What is sought is a literal, and not empty.', 1);
      return `replace(${text}, ${sought}, ${other ?? "''"})`;
    },
  },
  { name: 'reverse', signatures: ['(varchar): varchar', '(array(T)): array(T)'], duckDb: ([value], { result }) => `${result.kind === 'array' ? 'list_reverse' : 'reverse'}(${value})` },
  { name: 'lpad', signatures: ['(varchar, bigint, varchar): varchar'], duckDb: pad('lpad') },
  { name: 'rpad', signatures: ['(varchar, bigint, varchar): varchar'], duckDb: pad('rpad') },
  {
    name: 'split', signatures: ['(varchar, varchar): array(varchar)'],
    duckDb: ([text, by]) => `string_split(${text}, ${guarded(by!, (v) => `${v} = ''`, 'The delimiter is not empty')})`,
  },
  {
    name: 'split_part', signatures: ['(varchar, varchar, bigint): varchar'],
    duckDb: ([text, by, place]) => `list_extract(string_split(${text}, ${guarded(by!, (v) => `${v} = ''`, 'The delimiter is not empty')}), ${guarded(place!, (v) => `${v} <= 0`, 'Parts are counted from 1')})`,
  },
  { name: 'levenshtein_distance', signatures: ['(varchar, varchar): bigint'], duckDb: same('levenshtein') },
  {
    name: 'regexp_like', signatures: ['(varchar, varchar): boolean'], note: 'see regular expressions',
    duckDb: ([text], call) => `regexp_matches(${text}, ${regexLiteral(call, 1)})`,
  },
  {
    name: 'regexp_extract', signatures: ['(varchar, varchar): varchar', '(varchar, varchar, bigint): varchar'], note: 'see regular expressions',
    duckDb: ([text, , group], call) => {
      if (group !== undefined && call.operands[2]?.expression?.kind !== 'number') throw call.fault('The number of a group is a literal.', 2);
      const found = group === undefined ? '0' : call.operands[2]!.expression!.kind === 'number' ? call.operands[2]!.expression!.text : '0';
      return `list_extract(regexp_extract_all(${text}, ${regexLiteral(call, 1)}, ${found}), 1)`;
    },
  },
  {
    name: 'regexp_extract_all', signatures: ['(varchar, varchar): array(varchar)'], note: 'see regular expressions',
    duckDb: ([text], call) => `regexp_extract_all(${text}, ${regexLiteral(call, 1)})`,
  },
  {
    name: 'regexp_count', signatures: ['(varchar, varchar): bigint'], note: 'see regular expressions',
    duckDb: ([text], call) => `len(regexp_extract_all(${text}, ${regexLiteral(call, 1)}))`,
  },
  {
    name: 'regexp_replace', signatures: ['(varchar, varchar): varchar', '(varchar, varchar, varchar): varchar'],
    note: 'see regular expressions; the replacement is a literal, `$1` in it a group',
    duckDb: ([text, , other], call) => `regexp_replace(${text}, ${regexLiteral(call, 1)}, ${other === undefined ? "''" : replacementLiteral(call, 2)}, 'g')`,
  },
];
