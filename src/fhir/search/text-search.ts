/**
 * Searching in text (https://hl7.org/fhir/R4/search.html#text): `_text` in the narrative, `_content` in all of a
 * resource, and `:text` of a string.
 *
 * A text criterion is words, "phrases", AND, OR, NOT and parentheses; words side by side all have to be there. A word is
 * found at the start of a word of the text, regardless of case and accents; in quotes it is found whole.
 */
import type { Json } from '../json.ts';
import { isObject, isRawNumber } from '../json.ts';
import type { Resource } from '../resource.ts';
import { maxTextLength, normalizeText } from './normalized-text.ts';
import type { TextCriterion } from './criteria.ts';

/** Words, phrases and operators in one criterion; far more than anybody types, and each is a pass over the text. */
export const maxTextTerms = 50;
/** Parentheses and NOTs within each other. */
export const maxTextDepth = 10;

type Expression =
  | { readonly operator: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly operator: 'not'; readonly part: Expression }
  /** ` word` for the start of a word, ` some words ` for a phrase: texts are searched with a space on either side. */
  | { readonly operator: 'find'; readonly text: string };

/** `undefined` when the text is none of the grammar, or goes over its bounds. */
export function parseTextSearch(text: string): TextCriterion | undefined {
  const criterion: TextCriterion = { kind: 'text', text };
  const expression = new TextParser(text).parse();
  if (expression === undefined) return undefined;
  prepared.set(criterion, expression);
  return criterion;
}

/** Whether a text is what the criterion asks for. @param text normalised by `normalizeText`. */
export function satisfiesTextSearch(text: string, criterion: TextCriterion): boolean {
  const expression = expressionOf(criterion);
  return expression !== undefined && holds(expression, ` ${text} `);
}

const prepared = new WeakMap<TextCriterion, Expression>();

function expressionOf(criterion: TextCriterion): Expression | undefined {
  const known = prepared.get(criterion);
  if (known !== undefined) return known;
  const expression = new TextParser(criterion.text).parse();
  if (expression !== undefined) prepared.set(criterion, expression);
  return expression;
}

function holds(expression: Expression, text: string): boolean {
  switch (expression.operator) {
    case 'find':
      return text.includes(expression.text);
    case 'not':
      return !holds(expression.part, text);
    case 'and':
      return expression.parts.every((part) => holds(part, text));
    case 'or':
      return expression.parts.some((part) => holds(part, text));
  }
}

/** Parentheses, phrases, words; a quote without its end is one character that is no word. */
const tokenPattern = /[()]|"[^"]*"|[^\s()"]+|"/g;

/** AND binds closer than OR, as in OData's $search, which R4 names; words side by side are joined by AND. */
class TextParser {
  readonly #tokens: readonly string[];
  #position = 0;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = text.match(tokenPattern) ?? [];
  }

  parse(): Expression | undefined {
    if (this.#tokens.length === 0 || this.#tokens.length > maxTextTerms) return undefined;
    const expression = this.#either();
    return this.#position === this.#tokens.length ? expression : undefined;
  }

  #either(): Expression | undefined {
    const parts: Expression[] = [];
    do {
      const part = this.#all();
      if (part === undefined) return undefined;
      parts.push(part);
    } while (this.#accept('or'));
    return parts.length === 1 ? parts[0] : { operator: 'or', parts };
  }

  #all(): Expression | undefined {
    const parts: Expression[] = [];
    do {
      const part = this.#one();
      if (part === undefined) return undefined;
      parts.push(part);
    } while (this.#accept('and') || this.#isOperand());
    return parts.length === 1 ? parts[0] : { operator: 'and', parts };
  }

  #one(): Expression | undefined {
    if (this.#accept('not')) return this.#within(() => negated(this.#one()));
    if (this.#accept('(')) {
      const inner = this.#within(() => this.#either());
      return inner !== undefined && this.#accept(')') ? inner : undefined;
    }
    if (!this.#isOperand()) return undefined;
    return term(this.#tokens[this.#position++]!);
  }

  #within(read: () => Expression | undefined): Expression | undefined {
    if (this.#depth === maxTextDepth) return undefined;
    this.#depth++;
    const expression = read();
    this.#depth--;
    return expression;
  }

  #isOperand(): boolean {
    const token = this.#tokens[this.#position]?.toLowerCase();
    return token !== undefined && token !== ')' && token !== 'or' && token !== 'and';
  }

  #accept(token: string): boolean {
    if (this.#tokens[this.#position]?.toLowerCase() !== token) return false;
    this.#position++;
    return true;
  }
}

function negated(part: Expression | undefined): Expression | undefined {
  return part && { operator: 'not', part };
}

/** Punctuation alone is no word; what it parts (`follow-up`) is looked for side by side. */
function term(token: string): Expression | undefined {
  const isPhrase = token.startsWith('"');
  const words = normalizeText(token);
  if (words === '') return undefined;
  return { operator: 'find', text: isPhrase ? ` ${words} ` : ` ${words}` };
}

/** The visible text of the narrative, normalised; empty where there is none. */
export function narrativeText(resource: Resource): string {
  const { text } = resource;
  if (!isObject(text) || typeof text.div !== 'string') return '';
  return normalizeText(visibleText(text.div));
}

/**
 * All text of a resource, normalised: every string, the narrative without its markup. Binary data is no text, and
 * neither are numbers and booleans. What is behind the first `maxTextLength` characters is not searched.
 */
export function contentText(resource: Resource): string {
  const texts: string[] = [];
  let room = maxTextLength;
  const open: { readonly name: string; readonly value: Json | undefined }[] = [{ name: '', value: resource }];
  while (open.length > 0 && room > 0) {
    const { name, value } = open.pop()!;
    if (typeof value === 'string') {
      const text = textOf(name, value);
      texts.push(text);
      room -= text.length + 1;
    } else if (Array.isArray(value)) {
      for (let index = value.length - 1; index >= 0; index--) open.push({ name, value: value[index] });
    } else if (value !== null && typeof value === 'object' && !isRawNumber(value)) {
      for (const [member, inner] of Object.entries(value).reverse()) open.push({ name: member, value: inner });
    }
  }
  return normalizeText(texts.join('\n'));
}

const binaryMembers: ReadonlySet<string> = new Set(['data', 'valueBase64Binary']);

/** Sampled data is called `data` as well, but has spaces. */
function textOf(name: string, value: string): string {
  if (name === 'div') return visibleText(value);
  return binaryMembers.has(name) && !/\s/.test(value.slice(0, 100)) ? '' : value;
}

const entities: ReadonlyMap<string, string> = new Map([['amp', '&'], ['lt', '<'], ['gt', '>'], ['quot', '"'], ['apos', "'"], ['nbsp', ' ']]);

/** What a reader sees of XHTML: no tags, comments and attributes; elements that only format letters do not part words. */
function visibleText(xhtml: string): string {
  return xhtml
    .slice(0, 4 * maxTextLength)
    .replace(/<!--[^]*?(?:-->|$)/g, '')
    .replace(/<\/?(?:a|abbr|b|big|code|em|i|small|span|strong|sub|sup|tt|u)(?=[\s/>])[^<>]*>/gi, '')
    .replace(/<[^<>]*>/g, ' ')
    .replace(/&(#\d{1,7}|#x[\dA-Fa-f]{1,6}|[A-Za-z]{2,8});/g, (_entity, name: string) => characterOf(name));
}

/** An entity that XML does not know is no word either. */
function characterOf(name: string): string {
  if (!name.startsWith('#')) return entities.get(name) ?? ' ';
  const point = name.startsWith('#x') ? parseInt(name.slice(2), 16) : Number(name.slice(1));
  return point <= 0x10ffff ? String.fromCodePoint(point) : ' ';
}
