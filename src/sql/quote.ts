/** How names, texts and numbers stand in a statement: the same in Athena and in DuckDB. */

/** Names of functions are written as they are: only such as need no quotes. */
const plainName = /^[a-z_][a-z0-9_]*$/;

const numeral = /^-?(?:\d+|\d+\.\d*|\.\d+|(?:\d+(?:\.\d*)?|\.\d+)[eE][+-]?\d+)$/;

/** @throws Error for what UTF-8 or C cannot hold: no reader of ours gives such a tree */
function writable(text: string): string {
  if (/\0|\p{Surrogate}/u.test(text)) throw new Error('A statement cannot hold this character.');
  return text;
}

export function quotedName(name: string): string {
  if (name === '') throw new Error('A name has at least one character.');
  return `"${writable(name).replaceAll('"', '""')}"`;
}

export function quotedText(text: string): string {
  return `'${writable(text).replaceAll("'", "''")}'`;
}

export function functionName(name: string): string {
  if (!plainName.test(name)) throw new Error('No function is named so.');
  return name;
}

export function numberText(text: string): string {
  if (!numeral.test(text)) throw new Error('This is no number.');
  return text;
}

/** A number of rows, or a precision. */
export function wholeNumber(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error('This is no whole number.');
  return String(value);
}
