/**
 * One resource and those contained in it: what `#fragment` references may lead to, and who is referred to
 * (https://hl7.org/fhir/R4/references.html#contained; invariants dom-2 to dom-5 of
 * https://hl7.org/fhir/R4/domainresource.html).
 */
import type { Json, JsonObject } from '../json.ts';
import { isObject } from '../json.ts';
import type { Findings } from './findings.ts';

export class ResourceScope {
  readonly #typesById = new Map<string, string>();
  readonly #referredTo = new Set<string>();
  readonly #referringBack = new Set<number>();
  readonly #contained: readonly Json[];
  /** Place of the contained resource being checked; undefined in the container. */
  containedIndex: number | undefined;

  constructor(resource: JsonObject) {
    this.#contained = Array.isArray(resource.contained) ? resource.contained : [];
    for (const contained of this.#contained) {
      if (!isObject(contained)) continue;
      const { id, resourceType } = contained;
      if (typeof id === 'string' && typeof resourceType === 'string') this.#typesById.set(id, resourceType);
    }
  }

  get isContained(): boolean {
    return this.containedIndex !== undefined;
  }

  /** Type of the contained resource that a `#fragment` leads to; `#` alone leads to the container. */
  typeOf(fragment: string): string | undefined {
    return this.#typesById.get(fragment.slice(1));
  }

  /** Takes note of a reference, canonical, uri or url that begins with `#`. */
  note(fragment: string): void {
    if (fragment !== '#') this.#referredTo.add(fragment.slice(1));
    else if (this.containedIndex !== undefined) this.#referringBack.add(this.containedIndex);
  }

  /** To be called when the whole resource has been looked at. */
  report(findings: Findings): void {
    if (this.#contained.length === 0) return;
    const seen = new Set<string>();
    this.#contained.forEach((contained, index) => {
      if (!isObject(contained) || typeof contained.resourceType !== 'string') return;
      findings.enter('contained');
      findings.enter(index);
      this.#reportContained(contained, index, { findings, seen });
      findings.leave();
      findings.leave();
    });
  }

  #reportContained(contained: JsonObject, index: number, { findings, seen }: { findings: Findings; seen: Set<string> }): void {
    const { id, meta } = contained;
    if (typeof id !== 'string') findings.add('required', 'A contained resource must have an id to be referred to by.');
    else if (seen.has(id)) findings.add('duplicate', 'Contained resources must have different ids.');
    else if (!this.#referredTo.has(id) && !this.#referringBack.has(index)) findings.add('invariant', unreferenced);
    if (typeof id === 'string') seen.add(id);
    if (contained.contained !== undefined)
      findings.add('invariant', 'A contained resource must not contain others (dom-2).', 'contained');
    if (!isObject(meta)) return;
    for (const name of ['versionId', 'lastUpdated']) {
      if (meta[name] !== undefined) findings.add('invariant', `A contained resource must not have meta.${name} (dom-4).`, 'meta');
    }
    if (meta.security !== undefined)
      findings.add('invariant', 'A contained resource must not have meta.security (dom-5).', 'meta');
  }
}

const unreferenced =
  'A contained resource must be referred to from within the resource, or refer to it with "#" (dom-3). ' +
  'Add the reference, or leave the contained resource out.';
