/**
 * The search parameter kind token (https://hl7.org/fhir/R4/search.html#token).
 *
 * Case: R4 wants a case-sensitive match where the meaning of the token is known to depend on case, and in doubt
 * a case-insensitive one, because too much is safer than too little. So ids, uris, elements of type `code`, UCUM
 * and the code systems that HL7 defines as case-sensitive compare case for case; identifiers, strings, contact
 * points and all other code systems do not.
 */
import type { Json, JsonObject } from '../../json.ts';
import { isObject } from '../../json.ts';
import { foldCode, isCaseSensitive } from '../case-sensitivity.ts';
import { splitEscaped, unescapeValue } from '../escapes.ts';
import { hasWordStart, normalizedCriterion, normalizeOnce, normalizeString, searchedPart } from '../normalized-text.ts';
import type { CodeSetCriterion, IdentifierTypeCriterion, TextCriterion, TokenCriterion } from '../criteria.ts';
import type { Coding, TokenValue } from '../values.ts';

type Mutable<Type> = { -readonly [name in keyof Type]: Type[name] };

/** `code`, `system|code`, `|code` or `system|`; `undefined` when the text is none of them. */
export function parseToken(text: string): TokenCriterion | undefined {
  const parts = splitEscaped(text, '|').map(unescapeValue);
  const [first, second] = parts;
  if (parts.length === 1 && first) return { kind: 'token', code: first };
  if (parts.length !== 2 || first === undefined || !(first || second)) return undefined;
  return { kind: 'token', system: first, ...(second ? { code: second } : {}) };
}

/** `:of-type`: `type system|type code|value`, all three of them. */
export function parseIdentifierType(text: string): IdentifierTypeCriterion | undefined {
  const [system, code, value, ...rest] = splitEscaped(text, '|').map(unescapeValue);
  if (!system || !code || !value || rest.length > 0) return undefined;
  return { kind: 'identifier-type', system, code, value };
}

/** `:text`: what a string search would look for in displays. `undefined` when the text has no letter or digit. */
export function parseTokenText(text: string): TextCriterion | undefined {
  const unescaped = unescapeValue(text);
  return normalizeString(unescaped) === '' ? undefined : { kind: 'text', text: unescaped };
}

/**
 * `|code` asks for values whose system is not written. `system|code` and `system|` also find a `code` element whose
 * required binding implies that system.
 */
export function satisfiesToken(value: TokenValue, criterion: TokenCriterion): boolean {
  const { system, code } = criterion;
  if (system === '' && value.system !== undefined && !value.systemImplied) return false;
  if (system && value.system !== system) return false;
  if (code === undefined) return true;
  if (value.code === undefined) return false;
  return sameCode(value, code, criterion.anyCase);
}

function sameCode(value: TokenValue, code: string, anyCase?: boolean): boolean {
  if (value.code === code) return true;
  return value.code !== undefined && (anyCase === true || !value.caseSensitive) && foldCode(value.code) === foldCode(code);
}

/** `:of-type`: the value, and one of the codings of the identifier's type; their case does not matter, as in doubt. */
export function satisfiesIdentifierType(value: TokenValue, { system, code, value: wanted }: IdentifierTypeCriterion): boolean {
  if (value.types === undefined || !sameCode(value, wanted)) return false;
  const folded = foldCode(code);
  return value.types.some((type) => type.code !== undefined && foldCode(type.code) === folded && (system === undefined || type.system === system));
}

/** `:text` works as a string search: a word of the text starts so. */
export function satisfiesTokenText(value: TokenValue, criterion: TextCriterion): boolean {
  return value.text !== undefined && hasWordStart(normalizeOnce(searchedPart(value.text)), normalizedCriterion(criterion));
}

/** `:in`, `:above` and `:below`: the coding is one of the set. */
export function satisfiesCodeSet(value: TokenValue, { codes }: CodeSetCriterion): boolean {
  return value.code !== undefined && codes.includes({ system: value.system, code: value.code }, value.systemImplied);
}

/** Each coding is a value; the text is one without a code. */
export function fromCodeableConcept(values: TokenValue[], element: Json | undefined): void {
  if (!isObject(element)) return;
  if (Array.isArray(element.coding)) for (const coding of element.coding) fromCoding(values, coding);
  const written = text(element.text);
  if (written !== undefined) values.push({ kind: 'token', systemImplied: false, caseSensitive: false, text: written });
}

export function fromCoding(values: TokenValue[], element: Json | undefined): void {
  if (!isObject(element)) return;
  const system = text(element.system);
  const display = text(element.display);
  const value = pair(system, text(element.code), system !== undefined && isCaseSensitive(system));
  if (display !== undefined) value.text = display;
  pushWritten(values, value);
}

export function fromIdentifier(values: TokenValue[], element: Json | undefined): void {
  if (!isObject(element)) return;
  const value = pair(text(element.system), text(element.value), false);
  if (isObject(element.type)) addType(value, element.type);
  pushWritten(values, value);
}

/** The text and the codings of an identifier's type (https://hl7.org/fhir/R4/datatypes.html#Identifier). */
function addType(value: Mutable<TokenValue>, type: JsonObject): void {
  const written = text(type.text);
  if (written !== undefined) value.text = written;
  if (!Array.isArray(type.coding)) return;
  const types: Coding[] = [];
  for (const coding of type.coding) {
    if (!isObject(coding)) continue;
    const { system, code } = pair(text(coding.system), text(coding.code), false);
    if (code !== undefined) types.push(system === undefined ? { code } : { system, code });
  }
  if (types.length > 0) value.types = types;
}

/** The value alone: a contact point's system (phone, email) is no namespace. */
export function fromContactPoint(values: TokenValue[], element: Json | undefined): void {
  if (isObject(element)) fromString(values, element.value);
}

/** `impliedSystem` is the one code system of the element's required binding. */
export function fromCode(values: TokenValue[], element: Json | undefined, impliedSystem?: string): void {
  const code = text(element);
  if (code === undefined) return;
  if (impliedSystem === undefined) values.push({ kind: 'token', code, systemImplied: true, caseSensitive: true });
  else values.push({ kind: 'token', system: impliedSystem, code, systemImplied: true, caseSensitive: true });
}

/** uri, url, canonical, oid, uuid and id. */
export function fromUri(values: TokenValue[], element: Json | undefined): void {
  fromCode(values, element);
}

export function fromString(values: TokenValue[], element: Json | undefined): void {
  const code = text(element);
  if (code !== undefined) values.push({ kind: 'token', code, systemImplied: true, caseSensitive: false });
}

export function fromBoolean(values: TokenValue[], element: Json | undefined): void {
  if (typeof element === 'boolean') values.push({ kind: 'token', code: String(element), systemImplied: true, caseSensitive: true });
}

function pair(system: string | undefined, code: string | undefined, caseSensitive: boolean): Mutable<TokenValue> {
  const value: Mutable<TokenValue> = { kind: 'token', systemImplied: false, caseSensitive };
  if (system !== undefined) value.system = system;
  if (code !== undefined) value.code = code;
  return value;
}

/** An element of which nothing can be searched is no value. */
function pushWritten(values: TokenValue[], value: TokenValue): void {
  if (value.system !== undefined || value.code !== undefined || value.text !== undefined) values.push(value);
}

function text(element: Json | undefined): string | undefined {
  return typeof element === 'string' && element !== '' ? element : undefined;
}
