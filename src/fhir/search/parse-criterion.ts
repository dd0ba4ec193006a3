/** From the text of one value to its criterion, by the kind of the parameter (https://hl7.org/fhir/R4/search.html#ptypes). */
import { badRequest } from '../outcome.ts';
import { splitEscaped, unescapeValue } from './escapes.ts';
import { parseDate } from './kinds/date.ts';
import { parseNumber } from './kinds/number.ts';
import { parsePosition } from './kinds/position.ts';
import { parseQuantity } from './kinds/quantity.ts';
import { parseReference } from './kinds/reference.ts';
import { parseExactString, parseString } from './kinds/string.ts';
import { parseIdentifierType, parseToken, parseTokenText } from './kinds/token.ts';
import { parseUri } from './kinds/uri.ts';
import { isMimeType, mimeTypesBelow } from './mime-types.ts';
import { parseTextSearch } from './text-search.ts';
import type { Criterion, Modifier, UriCriterion } from './criteria.ts';
import type { ComponentParameter, SearchParameter, SearchParameterType } from './values.ts';

/** What a value is read for. */
export interface Asked {
  readonly parameter: ComponentParameter & Partial<Pick<SearchParameter, 'components' | 'url'>>;
  readonly modifier?: Modifier;
  /** The store's base URL. */
  readonly baseUrl: string;
}

interface Reading {
  readonly criterion: Criterion | undefined;
  /** What the value should have been. */
  readonly form: string;
}

/** @throws FhirError 400 for a value that is not of the form that the parameter and its modifier ask for; it is not repeated. */
export function parseCriterion(text: string, asked: Asked): Criterion {
  const { criterion, form } = read(text, asked);
  if (criterion !== undefined) return criterion;
  const { parameter, modifier } = asked;
  const name = modifier === undefined ? parameter.code : `${parameter.code}:${modifier}`;
  throw badRequest(`A value of the search parameter ${name} is not ${form}.`);
}

function read(text: string, asked: Asked): Reading {
  const { parameter, modifier } = asked;
  if (modifier !== undefined) return byModifier(text, asked, modifier);
  if (isFullText(parameter)) return { criterion: parseTextSearch(unescapeValue(text)), form: textForm };
  if (parameter.type === 'composite') return { criterion: composite(text, asked), form: compositeForm(parameter.components ?? []) };
  if (parameter.type === 'reference') return { criterion: parseReference(text, asked.baseUrl), form: 'an id, Type/id or an absolute URL' };
  if (parameter.code === '_profile') return { criterion: profile(text, asked.baseUrl), form: uriForm };
  return byKind[parameter.type](text);
}

/** The parameters that search text as a whole, not elements (https://hl7.org/fhir/R4/search.html#text). */
export function isFullText({ code }: Pick<SearchParameter, 'code'>): boolean {
  return code === '_text' || code === '_content';
}

const prefixes = 'with or without one of the prefixes eq, ne, gt, lt, ge, le, sa, eb, ap';
const textForm = 'a text search: words and "phrases", joined by AND, OR and NOT, with parentheses that are closed';
const tokenForm = 'of the form code, system|code, |code or system|';
const wordForm = 'text with at least one letter or digit';
const uriForm = 'a URI, or of the form url|version';

const byKind: Readonly<Record<Exclude<SearchParameterType, 'composite' | 'reference'>, (text: string) => Reading>> = {
  string: (text) => ({ criterion: parseString(text), form: wordForm }),
  token: (text) => ({ criterion: parseToken(text), form: tokenForm }),
  number: (text) => ({ criterion: parseNumber(text), form: `a number as 5, 5.40 or 1e2, ${prefixes}` }),
  quantity: (text) => ({ criterion: parseQuantity(text), form: `of the form number, number|system|code or number||code, ${prefixes}` }),
  uri: (text) => ({ criterion: parseUri(text), form: uriForm }),
  special: (text) => ({ criterion: parsePosition(text), form: 'of the form latitude|longitude, with |distance or |distance|units behind' }),
  date: (text) => ({
    criterion: parseDate(text),
    form: text.includes(' ')
      ? 'a date: it has a space where a plus sign may have been meant, which is written %2B in a URL'
      : `a date as 2024, 2024-05, 2024-05-17 or 2024-05-17T10:30:00Z, ${prefixes}`,
  }),
};

function byModifier(text: string, { parameter, baseUrl }: Asked, modifier: Modifier): Reading {
  switch (modifier) {
    case 'missing':
      return { criterion: missing(text), form: 'true or false' };
    case 'exact':
      return { criterion: parseExactString(text), form: 'text' };
    case 'text':
      return parameter.type === 'string'
        ? { criterion: parseTextSearch(unescapeValue(text)), form: textForm }
        : { criterion: parseTokenText(text), form: wordForm };
    case 'not':
    case 'identifier':
      return { criterion: parseToken(text), form: tokenForm };
    case 'in':
    case 'not-in':
      return { criterion: { kind: 'value-set', valueSet: unescapeValue(text) }, form: 'the canonical URL of a value set, or ValueSet/id' };
    case 'of-type':
      return { criterion: parseIdentifierType(text), form: 'of the form system|code|value: the identifier’s type and its value' };
    case 'below':
      if (isMimeType(parameter)) return mimeTypes(text);
      return hierarchy(text, parameter, baseUrl);
    case 'above':
      return hierarchy(text, parameter, baseUrl);
    default:
      return byKind.string(text);
  }
}

function mimeTypes(text: string): Reading {
  const token = parseToken(text);
  return { criterion: token?.code === undefined ? undefined : { kind: 'code-set', codes: mimeTypesBelow(token) }, form: 'a MIME type' };
}

function hierarchy(text: string, { type }: ComponentParameter, baseUrl: string): Reading {
  if (type === 'uri') return { criterion: parseUri(text), form: uriForm };
  if (type === 'reference') return { criterion: parseReference(text, baseUrl), form: 'an id, Type/id, an absolute URL or url|version' };
  const token = parseToken(text);
  return { criterion: token?.code === undefined ? undefined : token, form: 'of the form code or system|code' };
}

function missing(text: string): Criterion | undefined {
  return text === 'true' || text === 'false' ? { kind: 'missing', missing: text === 'true' } : undefined;
}

/** A relative reference is to a profile of this server (https://hl7.org/fhir/R4/search.html#profile). */
function profile(text: string, baseUrl: string): UriCriterion | undefined {
  const criterion = parseUri(text);
  if (criterion === undefined || /^[a-z][a-z0-9+.-]*:/i.test(criterion.uri)) return criterion;
  return { ...criterion, uri: `${baseUrl.replace(/\/$/, '')}/${criterion.uri}` };
}

/** https://hl7.org/fhir/R4/search.html#composite: one value for each component, joined by `$`. */
function composite(text: string, { parameter: { components = [] }, baseUrl }: Asked): Criterion | undefined {
  const parts = splitEscaped(text, '$');
  if (parts.length !== components.length || parts.includes('')) return undefined;
  return { kind: 'composite', components: parts.map((part, position) => parseCriterion(part, { parameter: components[position]!, baseUrl })) };
}

function compositeForm(components: readonly ComponentParameter[]): string {
  return `one value for each component, joined by $: ${components.map(({ code, type }) => `${code} (${type})`).join('$')}`;
}
