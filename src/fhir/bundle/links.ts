/**
 * Where the links of a transaction's resources lead: from fullUrl to the resource that the entry writes
 * (https://hl7.org/fhir/R4/bundle.html#references, https://hl7.org/fhir/R4/http.html#trules).
 */

/** The resource that an entry with a fullUrl writes. */
export interface LinkTarget {
  readonly type: string;
  readonly id: string;
  /** True for POST: its only version will be 1, whatever version a reference guessed. */
  readonly created: boolean;
  /**
   * True when the fullUrl is also the resource's canonical URL. In a uri it then names the definition, as in
   * `Extension.url` and `Coding.system`, and stays.
   */
  readonly canonical: boolean;
}

/** By `linkKey` of the fullUrl. */
export type Links = ReadonlyMap<string, LinkTarget>;

export interface ResolvedLink {
  readonly url: string;
  readonly target: LinkTarget;
}

export interface RestfulUrl {
  readonly base: string;
  readonly type: string;
  readonly id: string;
  readonly version?: string;
}

/** https://hl7.org/fhir/R4/references.html#regex, without the list of types. */
const restfulPattern = /^(https?:\/\/.+)\/([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/([A-Za-z0-9\-.]{1,64}))?$/;

/** The parts of an absolute RESTful URL; `undefined` for any other. */
export function restfulUrl(url: string): RestfulUrl | undefined {
  const match = restfulPattern.exec(url);
  if (match === null) return undefined;
  const [, base, type, id, version] = match;
  return { base: base as string, type: type as string, id: id as string, version };
}

const relativePattern = /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/;
const schemePattern = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const historySegment = '/_history/';

/**
 * The form under which fullUrls are compared. URIs are compared character by character, but for UUIDs: FHIR wants
 * them in lower case, RFC 4122 has both cases mean the same, and senders mix them.
 */
export function linkKey(url: string): string {
  return /^urn:uuid:/i.test(url) ? url.toLowerCase() : url;
}

/**
 * The absolute form of a fullUrl; `Patient/1` counts as one of the base. `undefined` when it has no absolute form.
 */
export function absoluteFullUrl(fullUrl: string, baseUrl: string): string | undefined {
  if (schemePattern.test(fullUrl)) return fullUrl;
  return relativePattern.test(fullUrl) ? `${baseUrl}/${fullUrl}` : undefined;
}

/**
 * What becomes of a link: `Type/id`, with its `/_history/n` and `#fragment` when it had them.
 *
 * @param base to which relative links are relative: the fullUrl's own, else this server's
 * @returns `undefined` when the link leads to no resource of the bundle
 */
export function resolveLink(link: string, base: string, links: Links): ResolvedLink | undefined {
  const hash = link.indexOf('#');
  const whole = hash < 0 ? link : link.slice(0, hash);
  const history = whole.indexOf(historySegment);
  const plain = history < 0 ? whole : whole.slice(0, history);
  const absolute = schemePattern.test(plain) ? plain : relativePattern.test(plain) ? `${base}/${plain}` : undefined;
  if (absolute === undefined) return undefined;
  const target = links.get(linkKey(absolute));
  if (target === undefined) return undefined;
  const version = history < 0 ? '' : historySegment + (target.created ? '1' : whole.slice(history + historySegment.length));
  return { url: `${target.type}/${target.id}${version}${hash < 0 ? '' : link.slice(hash)}`, target };
}
