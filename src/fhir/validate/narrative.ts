/**
 * The XHTML of a narrative (https://hl7.org/fhir/R4/narrative.html#rules): one well-formed `<div>` made of R4's basic
 * formatting elements (invariants txt-1 and txt-2) and nothing that a browser would run.
 *
 * One pass over the text; an unknown element, attribute or URL scheme is refused rather than known bad ones looked for.
 */

const namespace = 'http://www.w3.org/1999/xhtml';

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

/** Those of invariant txt-1. */
const allowedElements = words(
  'a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p ' +
    'pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var',
);

/** Those of invariant txt-1, with what XML itself adds. */
const allowedAttributes = words(
  'abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite class ' +
    'colspan compact coords dir frame headers height href hreflang hspace id lang longdesc name nowrap rel rev rowspan rules ' +
    'scope shape span src start style summary tabindex title type valign value vspace width xml:lang xml:space xmlns',
);

const urlAttributes = words('cite href longdesc src');
const allowedSchemes = words('http https mailto tel ftp urn cid');

/** An image inside the text itself; SVG can hold scripts. */
const inlineImage = /^data:\s*image\/(?:png|jpeg|jpg|gif|bmp|webp);/;

const openingTag = /<([A-Za-z][A-Za-z0-9]*)((?:\s+[A-Za-z_:][\w:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const closingTag = /<\/([A-Za-z][A-Za-z0-9]*)\s*>/y;
const attribute = /([A-Za-z_:][\w:.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const strayAmpersand = /&(?!(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#x[0-9A-Fa-f]+);)/;
/** Style values by which old browsers ran code. */
const activeStyle = /expression|javascript|behaviou?r|-moz-binding|@import|\\|&/i;

const notWellFormed = 'must be well-formed XHTML: every tag closed, attributes quoted, & written as &amp;.';
const notSingleDiv = `must be a single <div xmlns="${namespace}"> element.`;
const notAllowed = 'must hold only the elements and attributes that a FHIR narrative allows: basic formatting, links and images.';
const active = 'must not hold active content: scripts, event handlers, or links other than to web, mail and phone addresses.';
const empty = 'must hold some text or an image.';

/** @returns what is wrong with the div; undefined when nothing is. */
export function narrativeComplaint(div: string): string | undefined {
  const html = div.trim();
  if (!/^<div[\s>]/.test(html)) return notSingleDiv;
  return new NarrativeScan(html).run();
}

class NarrativeScan {
  readonly #html: string;
  readonly #open: string[] = [];
  #position = 0;
  #hasContent = false;

  constructor(html: string) {
    this.#html = html;
  }

  run(): string | undefined {
    do {
      const complaint = this.#tag() ?? this.#text();
      if (complaint !== undefined) return complaint;
    } while (this.#open.length > 0);
    if (this.#position < this.#html.length) return notSingleDiv;
    return this.#hasContent ? undefined : empty;
  }

  /** Up to the next tag. */
  #text(): string | undefined {
    if (this.#open.length === 0) return undefined;
    const next = this.#html.indexOf('<', this.#position);
    if (next < 0) return notWellFormed;
    const text = this.#html.slice(this.#position, next);
    this.#position = next;
    if (/\S/.test(text)) this.#hasContent = true;
    return strayAmpersand.test(text) ? notWellFormed : undefined;
  }

  #tag(): string | undefined {
    if (this.#html.startsWith('<!--', this.#position)) return this.#comment();
    if (this.#html.startsWith('</', this.#position)) return this.#closing();
    openingTag.lastIndex = this.#position;
    const match = openingTag.exec(this.#html);
    if (match === null) return notWellFormed;
    const [tag, name = '', attributes = '', selfClosing] = match;
    this.#position += tag.length;
    if (name.toLowerCase() === 'script') return active;
    if (!allowedElements.has(name)) return notAllowed;
    const complaint = this.#attributes(attributes);
    if (selfClosing === '') this.#open.push(name);
    if (name === 'img' && /\ssrc\s*=/.test(attributes)) this.#hasContent = true;
    return complaint;
  }

  #attributes(source: string): string | undefined {
    const isRoot = this.#open.length === 0;
    let hasNamespace = false;
    for (const [, name = '', double, single] of source.matchAll(attribute)) {
      const value = double ?? single ?? '';
      if (/^on/i.test(name)) return active;
      if (!allowedAttributes.has(name)) return notAllowed;
      if (strayAmpersand.test(value)) return notWellFormed;
      if (urlAttributes.has(name) && !isHarmlessUrl(value)) return active;
      if (name === 'style' && activeStyle.test(value)) return active;
      if (name === 'xmlns') hasNamespace = value === namespace;
    }
    return isRoot && !hasNamespace ? notSingleDiv : undefined;
  }

  #closing(): string | undefined {
    closingTag.lastIndex = this.#position;
    const match = closingTag.exec(this.#html);
    if (match === null || this.#open.pop() !== match[1]) return notWellFormed;
    this.#position += match[0].length;
    return undefined;
  }

  #comment(): string | undefined {
    const end = this.#html.indexOf('-->', this.#position + 4);
    if (end < 0) return notWellFormed;
    this.#position = end + 3;
    return undefined;
  }
}

/** Character references other than `&amp;` could hide a scheme, and no URL needs them. */
function isHarmlessUrl(value: string): boolean {
  const plain = value.replaceAll('&amp;', '').trim();
  if (plain.includes('&')) return false;
  const [scheme] = /^[^/?#]*?(?=:)/.exec(plain) ?? [];
  if (scheme === undefined) return true;
  return allowedSchemes.has(scheme.toLowerCase()) || inlineImage.test(plain);
}
