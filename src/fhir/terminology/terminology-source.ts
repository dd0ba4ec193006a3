/** Where value sets and code systems are looked up, and how it is said that one cannot be resolved. */
import type { FhirError } from '../outcome.ts';
import { notSupported } from '../outcome.ts';
import type { JsonObject } from '../json.ts';

/** A canonical URL, split (https://hl7.org/fhir/R4/references.html#canonical). */
export interface Canonical {
  readonly url: string;
  readonly version?: string;
}

/** Where definitions come from: those stored, and those of R4 itself. */
export interface TerminologySource {
  /** The resource, as stored; `undefined` when it is not known. Without a version, the newest. */
  codeSystem(canonical: Canonical): Promise<JsonObject | undefined>;
  valueSet(canonical: Canonical): Promise<JsonObject | undefined>;
}

/** `url|version`; a bar without a version behind it asks for none. */
export function parseCanonical(text: string): Canonical {
  const bar = text.lastIndexOf('|');
  if (bar < 0) return { url: text };
  const version = text.slice(bar + 1);
  return version === '' ? { url: text.slice(0, bar) } : { url: text.slice(0, bar), version };
}

/** One that asks first and, where that knows nothing, then. */
export function inTurn(first: TerminologySource, then: TerminologySource): TerminologySource {
  return {
    codeSystem: async (canonical) => (await first.codeSystem(canonical)) ?? then.codeSystem(canonical),
    valueSet: async (canonical) => (await first.valueSet(canonical)) ?? then.valueSet(canonical),
  };
}

/** What is shown of a URL: as much as tells which is meant. */
const maxShownUrl = 200;

/**
 * 400: a definition that would have to be known is not, or says what this server cannot evaluate. An answer without it
 * would be wrong, not short.
 *
 * @param urls of definitions, never of requests
 */
export function cannotResolve(reason: string, ...urls: readonly string[]): FhirError {
  return notSupported(urls.reduce((text, url) => text.replace('%', () => url.slice(0, maxShownUrl)), reason));
}
