/** reference (https://hl7.org/fhir/R4/search.html#reference). */
import type { Element } from './elements.ts';
import { split, unescape } from './escapes.ts';
import type { Json, Verdict } from './json.ts';

/** A literal reference taken apart (https://hl7.org/fhir/R4/references.html#literal). */
export interface Literal {
  /** Without its version. */
  readonly url: string;
  readonly base: string | undefined;
  readonly type: string | undefined;
  readonly id: string | undefined;
  readonly version: string | undefined;
}

export function literal(written: string): Literal {
  const [, url = written, version] = /^(.+)\/_history\/([A-Za-z0-9\-.]{1,64})$/.exec(written) ?? [];
  const match = /^(?:(https?:\/\/.+)\/)?([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/.exec(url);
  return { url, base: match?.[1], type: match?.[2], id: match?.[3], version };
}

function canonical(written: string): Literal {
  const bar = written.lastIndexOf('|');
  const parts = literal(bar < 0 ? written : written.slice(0, bar));
  return bar < 0 ? parts : { ...parts, version: written.slice(bar + 1) };
}

/** What an element points at; `undefined` for one that points nowhere a search could name. */
export function literalOf({ type, data }: Pick<Element, 'type' | 'data'>): Literal | undefined {
  if (type === 'Reference') {
    const written: Json = data.reference;
    return typeof written !== 'string' || written === '' || written.startsWith('#') ? undefined : literal(written);
  }
  if (typeof data === 'string') return data.startsWith('#') ? undefined : canonical(data);
  // A resource that lies inside another: the first of a document or message.
  if (typeof data?.resourceType === 'string' && typeof data.id === 'string') return literal(`${data.resourceType}/${data.id}`);
  return undefined;
}

const isId = /^[A-Za-z0-9\-.]{1,64}$/;

export function referenceMatches(element: Element, text: string, { baseUrl, type }: { readonly baseUrl: string; readonly type?: string }): Verdict {
  const target = literalOf(element);
  if (target === undefined) return false;
  const [written = '', canonicalVersion] = split(text, '|').map(unescape);
  const plain = literal(written);
  const version = canonicalVersion ?? plain.version;
  if (version !== undefined && version !== target.version) return false;
  if (type !== undefined && (plain.type ?? type) !== type) return false;
  const local = target.base === undefined || target.base === baseUrl;
  if (isId.test(plain.url)) {
    if (target.id === undefined) return target.url === plain.url ? undefined : false;
    return local && target.id === plain.url && (type === undefined || target.type === type);
  }
  if (plain.id === undefined || target.id === undefined) return plain.url === target.url;
  const askedLocally = plain.base === undefined || plain.base === baseUrl;
  if (plain.id !== target.id || plain.type !== target.type) return false;
  return askedLocally ? local : plain.base === target.base;
}

/** As a token on the reference's own identifier. */
export function referenceIdentifierMatches({ type, data }: Element, text: string): boolean {
  const identifier: Json = type === 'Reference' ? data.identifier : undefined;
  if (identifier === undefined) return false;
  const [first = '', second] = split(text, '|').map(unescape);
  const [system, value] = second === undefined ? [undefined, first] : [first, second];
  if (system !== undefined && system !== (identifier.system ?? '')) return false;
  return value === '' || identifier.value?.toLowerCase() === value.toLowerCase();
}

/** `url|version` of a canonical: that version, or one that goes on from it. */
export function canonicalBelow({ type, data }: Element, text: string): Verdict {
  if (type === 'Reference' || typeof data !== 'string') return undefined;
  const target = canonical(data);
  const [url = '', version] = split(text, '|').map(unescape);
  if (url !== target.url) return false;
  if (version === undefined || target.version === version) return true;
  if (!target.version?.startsWith(version)) return false;
  return target.version[version.length] === '.' ? true : undefined;
}
