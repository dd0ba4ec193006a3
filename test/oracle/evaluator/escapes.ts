/** Separators and their escapes in search values (https://hl7.org/fhir/R4/search.html#escaping). */

/** The parts between separators that no backslash stands before; each still escaped. */
export function split(text: string, separator: string): string[] {
  const parts: string[] = [''];
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]!;
    if (character === '\\' && index + 1 < text.length) {
      parts[parts.length - 1] += character + text[index + 1]!;
      index += 1;
    } else if (character === separator) {
      parts.push('');
    } else {
      parts[parts.length - 1] += character;
    }
  }
  return parts;
}

export function unescape(text: string): string {
  return text.replace(/\\([\\$|,])/g, (_, character: string) => character);
}

export function escape(text: string): string {
  return ['\\', '$', '|', ','].reduce((escaped, character) => escaped.replaceAll(character, `\\${character}`), text);
}
