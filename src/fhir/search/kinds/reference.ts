/** The search parameter kind reference (https://hl7.org/fhir/R4/search.html#reference). */
import type { Json, JsonObject } from '../../json.ts';
import { isObject } from '../../json.ts';
import { isId } from '../../resource.ts';
import { splitEscaped, unescapeValue } from '../escapes.ts';
import type { ReferenceCriterion, TokenCriterion } from '../criteria.ts';
import type { ReferenceValue } from '../values.ts';

type Mutable<Type> = { -readonly [name in keyof Type]: Type[name] };

/** The parts of a literal reference or canonical URL (https://hl7.org/fhir/R4/references.html#literal). */
type Literal = Mutable<Omit<ReferenceValue, 'identifier'>>;

const versioned = /^(.+)\/_history\/([A-Za-z0-9\-.]{1,64})$/;
const relative = /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/;
const absolute = /^(https?:\/\/.+)\/([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/;

/**
 * The parts of a reference. One that does not end in `Type/id` (a URN, a canonical URL of another shape) has a `url`
 * only. Values and criteria are read by this one function, so equal references have equal parts.
 */
export function parseLiteral(reference: string): Literal {
  const withVersion = reference.includes('/_history/') ? versioned.exec(reference) : null;
  const literal: Literal = { kind: 'reference', url: withVersion?.[1] ?? reference };
  if (relative.test(literal.url)) {
    const slash = literal.url.indexOf('/');
    literal.type = literal.url.slice(0, slash);
    literal.id = literal.url.slice(slash + 1);
  } else addAbsolute(literal);
  if (withVersion !== null) literal.version = withVersion[2]!;
  return literal;
}

function addAbsolute(literal: Literal): void {
  const parts = absolute.exec(literal.url);
  if (parts === null) return;
  literal.type = parts[2]!;
  literal.id = parts[3]!;
  literal.base = parts[1]!;
}

/** `url|version`, as canonical references are written. */
function parseCanonical(canonical: string): Literal {
  const bar = canonical.lastIndexOf('|');
  const literal = parseLiteral(bar < 0 ? canonical : canonical.slice(0, bar));
  return bar < 0 || bar === canonical.length - 1 ? literal : { ...literal, version: canonical.slice(bar + 1) };
}

/**
 * `id`, `Type/id`, either with `/_history/version`, an absolute URL, a URN, or `url|version`. A URL of this server's
 * own base means the same as `Type/id`. `undefined` when the text is none of them.
 */
export function parseReference(text: string, baseUrl: string): ReferenceCriterion | undefined {
  const parts = splitEscaped(text, '|').map(unescapeValue);
  const [reference, canonicalVersion] = parts;
  if (!reference || parts.length > 2 || canonicalVersion === '') return undefined;
  if (isId(reference)) return canonicalVersion === undefined ? { kind: 'reference', id: reference } : undefined;
  const literal = parseLiteral(reference);
  const version = canonicalVersion ?? literal.version;
  const versionPart = version === undefined ? {} : { version };
  if (literal.id === undefined) return parseOtherForm(literal, versionPart);
  const { url, type, id, base } = literal;
  if (base === undefined) return { kind: 'reference', type: type!, id, ...versionPart };
  return { kind: 'reference', type: type!, id, url, ...(base === withoutSlash(baseUrl) ? {} : { base }), ...versionPart };
}

/** A URN, a URL without `Type/id`, or `id/_history/version`. */
function parseOtherForm(literal: Literal, version: { readonly version?: string }): ReferenceCriterion | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(literal.url)) return { kind: 'reference', url: literal.url, ...version };
  return isId(literal.url) ? { kind: 'reference', id: literal.url, ...version } : undefined;
}

/** By id and type where both have them, else by URL; a version must be equal where the criterion has one. */
export function satisfiesReference(
  value: ReferenceValue,
  criterion: ReferenceCriterion,
  context: { readonly baseUrl: string },
): boolean {
  if (criterion.version !== undefined && criterion.version !== value.version) return false;
  if (criterion.id === undefined) return criterion.url !== undefined && criterion.url === value.url;
  // A canonical may be no more than a name, which then looks like an id in the criterion.
  if (criterion.id !== (value.id ?? value.url)) return false;
  if (criterion.type !== undefined && criterion.type !== value.type) return false;
  const base = value.base === withoutSlash(context.baseUrl) ? undefined : value.base;
  return base === criterion.base;
}

/**
 * `:identifier` works as a token search on the reference's identifier
 * (https://hl7.org/fhir/R4/search.html#reference); as with tokens in doubt, case does not matter.
 */
export function satisfiesIdentifier({ identifier }: ReferenceValue, { system, code }: TokenCriterion): boolean {
  if (identifier === undefined) return false;
  if (system !== undefined && system !== (identifier.system ?? '')) return false;
  return code === undefined || identifier.value?.toLowerCase() === code.toLowerCase();
}

/**
 * `:below` on canonical references: the version of the criterion, or one that goes on from it, as 1.0 from 1
 * (https://hl7.org/fhir/R4/search.html#versions).
 */
export function isVersionBelow(value: ReferenceValue, { url, version }: ReferenceCriterion): boolean {
  if (url === undefined || url !== value.url) return false;
  return version === undefined || value.version === version || (value.version?.startsWith(`${version}.`) ?? false);
}

/**
 * What the index files a reference under: its id, or its URL where it has none. A value that satisfies a criterion has
 * the criterion's key. `undefined` for a reference that is logical only.
 */
export function referenceKey(reference: { readonly id?: string; readonly url?: string }): string | undefined {
  return reference.id ?? (reference.url || undefined);
}

function withoutSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url;
}

/** A reference into the same resource (`#…`) is no value, unless it has an identifier as well. `target` keeps one type only. */
export function fromReference(values: ReferenceValue[], element: Json | undefined, target?: string): void {
  if (!isObject(element)) return;
  const written = typeof element.reference === 'string' && !element.reference.startsWith('#') ? element.reference : '';
  const identifier = identifierOf(element.identifier);
  if (written === '' && identifier === undefined) return;
  const value: Mutable<ReferenceValue> = parseLiteral(written);
  const type = value.type ?? (typeof element.type === 'string' ? element.type : undefined);
  if (target !== undefined && type !== target) return;
  if (type !== undefined) value.type = type;
  if (identifier !== undefined) value.identifier = identifier;
  values.push(value);
}

/** canonical and uri. */
export function fromCanonical(values: ReferenceValue[], element: Json | undefined): void {
  if (typeof element !== 'string' || element === '' || element.startsWith('#')) return;
  values.push(parseCanonical(element));
}

/** The type that a Reference says it leads to, by its literal or beside it; `undefined` into the same resource. */
export function typeOfReference(element: JsonObject): string | undefined {
  const { reference, type } = element;
  const literal = typeof reference === 'string' && !reference.startsWith('#') ? parseLiteral(reference).type : undefined;
  return literal ?? (typeof type === 'string' ? type : undefined);
}

/** The type that a canonical URL ends in, if it does. */
export function typeOfCanonical(canonical: string): string | undefined {
  return parseCanonical(canonical).type;
}

/** A resource that stands where a reference could: the first entry of a document or message bundle. */
export function fromResource(values: ReferenceValue[], element: Json | undefined, ...targets: readonly string[]): void {
  if (!isObject(element) || typeof element.resourceType !== 'string' || !isId(element.id)) return;
  if (!targets.includes(element.resourceType)) return;
  values.push(parseLiteral(`${element.resourceType}/${element.id}`));
}

function identifierOf(element: Json | undefined): ReferenceValue['identifier'] {
  if (!isObject(element)) return undefined;
  const system = typeof element.system === 'string' ? { system: element.system } : {};
  const value = typeof element.value === 'string' ? { value: element.value } : {};
  const identifier = { ...system, ...value };
  return Object.keys(identifier).length === 0 ? undefined : identifier;
}
