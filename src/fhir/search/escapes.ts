/** Escaping in search values: `\,` `\|` `\$` and `\\` (https://hl7.org/fhir/R4/search.html#escaping). */

/** The parts between unescaped separators, still escaped. */
export function splitEscaped(text: string, separator: ',' | '|' | '$'): string[] {
  if (!text.includes('\\')) return text.split(separator);
  const parts: string[] = [];
  let start = 0;
  for (let position = 0; position < text.length; position++) {
    if (text[position] === '\\') position++;
    else if (text[position] === separator) {
      parts.push(text.slice(start, position));
      start = position + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/** Whether every backslash escapes something: `xx\xx` is no legal value. */
export function isEscapedWell(text: string): boolean {
  return !text.includes('\\') || !text.replace(/\\[,|$\\]/g, '').includes('\\');
}

/** @param text escaped well; any other backslash stands for itself. */
export function unescapeValue(text: string): string {
  return text.includes('\\') ? text.replace(/\\([,|$\\])/g, '$1') : text;
}

export function escapeValue(text: string): string {
  return text.replace(/[,|$\\]/g, '\\$&');
}
