/** Media types with their parameters, and lists of them with q-values (https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1). */

export interface MediaType {
  /** `type/subtype` in lower case. */
  readonly name: string;
  /** Names in lower case, values without quotes. */
  readonly parameters: Readonly<Record<string, string>>;
}

export function parseMediaType(text: string): MediaType {
  const [name = '', ...rest] = text.split(';');
  const parameters: Record<string, string> = {};
  for (const part of rest) {
    const equals = part.indexOf('=');
    if (equals === -1) continue;
    parameters[part.slice(0, equals).trim().toLowerCase()] = part.slice(equals + 1).trim().replace(/^"(.*)"$/, '$1');
  }
  return { name: name.trim().toLowerCase(), parameters };
}

/** The acceptable types, the most wanted first; those with `q=0` are left out. */
export function parseAccept(text: string): readonly MediaType[] {
  return text
    .split(',')
    .map(parseMediaType)
    .filter((type) => type.name !== '' && quality(type) > 0)
    .sort((left, right) => quality(right) - quality(left));
}

function quality(type: MediaType): number {
  const q = type.parameters['q'];
  if (q === undefined) return 1;
  const value = Number(q);
  return value >= 0 && value <= 1 ? value : 1;
}
