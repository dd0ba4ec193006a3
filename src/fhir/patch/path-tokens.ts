/** The words of a FHIRPath (https://hl7.org/fhirpath/N1/#lexical-elements), as far as patch paths have them. */

export interface Token {
  /** `root` is `$this`, `%context` or `%resource`; a date is without its `@`. */
  readonly kind: 'name' | 'text' | 'number' | 'date' | 'root' | 'sign';
  /** Without quotes and escapes. */
  readonly text: string;
}

const pattern =
  /\s*(?:(?<name>[A-Za-z_][A-Za-z0-9_]*)|`(?<quoted>(?:[^`\\]|\\.)*)`|'(?<text>(?:[^'\\]|\\.)*)'|(?<number>\d+(?:\.\d+)?)|@T?(?<date>\d[\d:.TZ+-]*)|(?<root>\$this|%context|%resource)|(?<sign>!=|[.()[\]=]))\s*/y;

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' };

/** @returns `undefined` when the text holds anything else */
export function tokenize(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.length) {
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) return undefined;
    tokens.push(tokenOf(groups));
  }
  return tokens;
}

function tokenOf(groups: Readonly<Record<string, string | undefined>>): Token {
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
