/**
 * What a search reads of one resource: each parameter's values and each text once, however many clauses ask for them.
 * Whoever writes a resource decides how often it says the same, so what is said again is left out where it would count.
 */
import type { Resource } from '../resource.ts';
import { extractParameter } from './extract.ts';
import { contentText, narrativeText } from './text-search.ts';
import type { Clause } from './criteria.ts';
import type { SearchParameter, SearchValue } from './values.ts';

export interface Reading {
  readonly resource: Resource;
  values(parameter: SearchParameter): readonly SearchValue[];
  /** The values that a clause has to be held against: of many, none twice. */
  distinctValues(clause: Clause): readonly SearchValue[];
  /** What `_text` and `_content` search. */
  fullText(parameter: SearchParameter): string;
}

/** Comparisons of a clause's criteria with a parameter's values. Beyond that finding equal values is quicker than comparing them. */
export const maxComparisons = 20_000;
/** For fewer criteria than this comparing is quicker, however many values there are. */
const minCriteria = 10;

/** @param lastUpdated when the version was made (ms), if it is kept apart from the resource */
export function readingOf(resource: Resource, lastUpdated: number | undefined): Reading {
  const known = new Map<string, readonly SearchValue[]>();
  const distinctOnes = new Map<string, readonly SearchValue[]>();
  const texts = new Map<string, string>();

  function values(parameter: SearchParameter): readonly SearchValue[] {
    let found = known.get(parameter.url);
    if (found === undefined) known.set(parameter.url, found = valuesOf(resource, parameter, lastUpdated));
    return found;
  }

  return {
    resource,
    values,
    distinctValues({ parameter, criteria, modifier }) {
      const all = values(parameter);
      if (criteria.length < minCriteria || sizeOf(all) * criteria.length <= maxComparisons) return all;
      const key = modifier === 'text' ? `${parameter.url}:text` : parameter.url;
      let found = distinctOnes.get(key);
      if (found === undefined) distinctOnes.set(key, found = distinct(all, modifier === 'text'));
      return found;
    },
    fullText(parameter) {
      let text = texts.get(parameter.code);
      if (text === undefined) texts.set(parameter.code, text = parameter.code === '_text' ? narrativeText(resource) : contentText(resource));
      return text;
    },
  };
}

/** What a resource has for a parameter; the time of its last update is the store's to say. */
export function valuesOf(resource: Resource, parameter: SearchParameter, lastUpdated: number | undefined): readonly SearchValue[] {
  if (parameter.code === '_lastUpdated' && lastUpdated !== undefined) return [{ kind: 'date', low: lastUpdated, high: lastUpdated + 1 }];
  return extractParameter(resource, parameter);
}

function sizeOf(values: readonly SearchValue[]): number {
  return values.reduce((sum, value) => sum + (value.kind === 'composite' ? value.components.reduce((most, { length }) => Math.max(most, length), 1) : 1), 0);
}

/** @param byText whether displays are searched; else codes that differ in them alone are the same */
function distinct(values: readonly SearchValue[], byText: boolean): readonly SearchValue[] {
  const byKey = new Map<string, SearchValue>();
  for (const value of values) {
    const one = value.kind === 'composite' ? { ...value, components: value.components.map((some) => distinct(some, byText)) } : value;
    const seen = one.kind === 'token' && !byText ? { ...one, text: undefined } : one;
    byKey.set(JSON.stringify(seen, infinityAsText), one);
  }
  return [...byKey.values()];
}

/** JSON would make the ends of open ranges `null`, either way. */
function infinityAsText(_name: string, part: unknown): unknown {
  return part === Infinity || part === -Infinity ? String(part) : part;
}
