/** The words of a FHIRPath (https://hl7.org/fhirpath/N1/#lexical-elements). */
import { PathError } from './path-error.ts';

export interface Token {
  /** `root` is `$this`, `%context` and their like; a date is without its `@`. */
  readonly kind: 'name' | 'text' | 'number' | 'date' | 'root' | 'sign';
  /** Without quotes and escapes. */
  readonly text: string;
  /** Where it stands in the path, from 0. */
  readonly at: number;
}

const pattern =
  /\s*(?:(?<name>[A-Za-z_][A-Za-z0-9_]*)|`(?<quoted>(?:[^`\\]|\\.)*)`|'(?<text>(?:[^'\\]|\\.)*)'|(?<number>\d+(?:\.\d+)?)|@T?(?<date>\d[\d:.TZ+-]*)|(?<root>[$%][A-Za-z_][A-Za-z0-9_]*)|(?<sign>!=|!~|<=|>=|[.()[\]=|,<>~&+\-*/{}]))/y;

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' };

/** @throws PathError for a character that begins no word, a text without its end included */
export function tokenize(path: string): readonly Token[] {
  const tokens: Token[] = [];
  const end = path.trimEnd().length;
  pattern.lastIndex = 0;
  while (pattern.lastIndex < end) {
    const from = pattern.lastIndex;
    const groups = pattern.exec(path)?.groups;
    const at = path.length - path.slice(from).trimStart().length;
    if (groups === undefined) throw new PathError('a character', at, 'which begins no word of FHIRPath');
    tokens.push({ ...wordOf(groups), at });
  }
  return tokens;
}

function wordOf(groups: Readonly<Record<string, string | undefined>>): Pick<Token, 'kind' | 'text'> {
  if (groups['quoted'] !== undefined) return { kind: 'name', text: unescaped(groups['quoted']) };
  if (groups['text'] !== undefined) return { kind: 'text', text: unescaped(groups['text']) };
  const kind = (['name', 'number', 'date', 'root', 'sign'] as const).find((each) => groups[each] !== undefined) ?? 'sign';
  return { kind, text: groups[kind] ?? '' };
}

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_all, code: string | undefined, character: string) =>
    code === undefined ? (escapes[character] ?? character) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
