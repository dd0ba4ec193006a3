/** `_text` and `_content` (https://hl7.org/fhir/R4/search.html#text): words, "phrases" and OR, as the platform documents them. */
import type { Json, Resource, Verdict } from './json.ts';
import { unescape } from './escapes.ts';
import { fold } from './strings.ts';

export function textMatches(resource: Resource, parameter: '_text' | '_content', text: string): Verdict {
  const sources = parameter === '_text' ? narratives(resource) : contents(resource);
  const [first, ...others] = sources.map((source) => holds(` ${fold(source)} `, unescape(text)));
  return others.every((other) => other === first) ? first : undefined;
}

/** OR of words that all have to be there. */
function holds(text: string, wanted: string): boolean {
  return wanted.split(/ OR /i).some((part) => (part.match(/"[^"]*"|\S+/g) ?? []).every((term) => contains(text, term)));
}

function contains(text: string, term: string): boolean {
  return text.includes(term.startsWith('"') ? ` ${fold(term)} ` : ` ${fold(term)}`);
}

/** Tags part words or do not: nothing is said of it, so that both readings have to agree. */
function narratives(resource: Resource): readonly string[] {
  const div: unknown = resource['text']?.div;
  return typeof div === 'string' ? visible(div) : [''];
}

function visible(xhtml: string): readonly string[] {
  const open = xhtml.replace(/<!--[^]*?-->/g, '');
  return [open.replace(/<[^>]*>/g, ' '), open.replace(/<[^>]*>/g, '')].map(entities);
}

function entities(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hexadecimal: string, number: string, name: string) => {
    if (name !== undefined) return named[name] ?? whole;
    return String.fromCodePoint(hexadecimal === undefined ? Number(number) : parseInt(hexadecimal, 16));
  });
}

function contents(resource: Resource): readonly string[] {
  const texts: string[] = [];
  const divs: string[] = [];
  const visit = (name: string, value: Json): void => {
    if (typeof value === 'string' && name === 'div') divs.push(value);
    else if (typeof value === 'string' && name !== 'data') texts.push(value);
    else if (typeof value === 'object' && value !== null) for (const [key, inner] of Object.entries(value)) visit(Array.isArray(value) ? name : key, inner);
  };
  visit('', resource);
  const written = texts.join(' \n ');
  const [parted = '', joined = ''] = visible(divs.join(' \n '));
  return [`${written} \n ${parted}`, `${written} \n ${joined}`];
}
