/**
 * Value sets (https://hl7.org/fhir/R4/valueset.html#compositions) and subsumption
 * (https://hl7.org/fhir/R4/codesystem.html#subsumption), over R4's own definitions and those that are stored.
 */
import { definedTerminology } from './definitions.ts';
import { allOf, anyOf, list, not, type Json, type Resource, type Verdict } from './json.ts';
import type { Token } from './tokens.ts';

export interface Terminology {
  /** Whether the token is in the value set that a URL or `ValueSet/id` names; open where that cannot be told. */
  isIn(token: Token, valueSet: string): Verdict;
  /** Whether `lower` is `upper` or subsumed by it. */
  subsumes(system: string, upper: string, lower: string): Verdict;
  /** Whether every part of the value set is known, so that a search has no reason to refuse it. */
  isResolvable(valueSet: string): boolean;
  /** The value set that a search would find under this name. */
  valueSet(name: string): Json;
  codeSystem(url: string): Json;
}

interface Concept {
  readonly code: string;
  readonly parents: ReadonlySet<string>;
}

const conceptsOf = new WeakMap<Json, ReadonlyMap<string, Concept>>();

/** Every concept with the codes right above it: nesting, and the properties `parent` and `child`. */
function concepts(codeSystem: Json): ReadonlyMap<string, Concept> {
  const known = conceptsOf.get(codeSystem);
  if (known !== undefined) return known;
  const parents = new Map<string, Set<string>>();
  const visit = (concept: Json, parent?: string): void => {
    const above = parents.get(concept.code) ?? new Set<string>();
    parents.set(concept.code, above);
    if (parent !== undefined) above.add(parent);
    for (const property of list(concept.property)) {
      const named = property.valueCode ?? property.valueString;
      if (property.code === 'parent' || property.code === 'subsumedBy') above.add(named);
      if (property.code === 'child') parents.set(named, new Set([...(parents.get(named) ?? []), concept.code]));
    }
    for (const inner of list(concept.concept)) visit(inner, concept.code);
  };
  for (const concept of list(codeSystem.concept)) visit(concept);
  const found = new Map([...parents].map(([code, above]): [string, Concept] => [code, { code, parents: above }]));
  conceptsOf.set(codeSystem, found);
  return found;
}

function isUnder(all: ReadonlyMap<string, Concept>, upper: string, lower: string): boolean {
  const open = [lower];
  const seen = new Set<string>();
  while (open.length > 0) {
    const code = open.pop()!;
    if (code === upper) return true;
    if (seen.has(code)) continue;
    seen.add(code);
    open.push(...(all.get(code)?.parents ?? []));
  }
  return false;
}

export function terminologyOf(stored: readonly Resource[]): Terminology {
  const byName = new Map<string, Json>(definedTerminology());
  for (const one of stored) {
    if (one.resourceType !== 'ValueSet' && one.resourceType !== 'CodeSystem') continue;
    byName.set(`${one.resourceType}/${one.id}`, one);
    byName.set(`${one.resourceType} ${one['url']}`, one);
  }
  const codeSystem = (url: string): Json => byName.get(`CodeSystem ${url}`);
  const valueSet = (name: string): Json => byName.get(name) ?? byName.get(`ValueSet ${name.split('|')[0]}`);

  const subsumes: Terminology['subsumes'] = (system, upper, lower) => {
    const found = codeSystem(system);
    if (found?.concept === undefined) return upper === lower ? true : undefined;
    return isUnder(concepts(found), upper, lower);
  };

  const includes = (include: Json, token: Token): Verdict => {
    const inSets = allOf(list(include.valueSet), (name: string) => isIn(token, name));
    if (include.system === undefined) return inSets;
    if (token.system === undefined && token.implied) return undefined;
    if (token.system !== include.system) return false;
    return allOf([inSets, listed(include, token)], (verdict) => verdict);
  };

  const listed = (include: Json, token: Token): Verdict => {
    if (include.concept !== undefined) return anyOf(list(include.concept), ({ code }: Json) => sameCode(token, code));
    if (include.filter !== undefined) return allOf(list(include.filter), (filter: Json) => filtered(include.system, filter, token));
    const all = codeSystem(include.system);
    if (all?.content !== 'complete') return true;
    return anyOf(concepts(all).keys(), (code) => sameCode(token, code));
  };

  const filtered = (system: string, { property, op, value }: Json, { code }: Token): Verdict => {
    if (property !== 'concept' || code === undefined) return undefined;
    const under = subsumes(system, value, code);
    if (op === 'is-a') return under;
    if (op === 'descendent-of') return code === value ? false : under;
    return op === 'is-not-a' ? not(under) : undefined;
  };

  const isIn: Terminology['isIn'] = (token, name) => {
    const set = valueSet(name);
    if (set === undefined || token.code === undefined) return set === undefined ? undefined : false;
    if (set.compose === undefined) return undefined;
    const within = anyOf(list(set.compose.include), (include) => includes(include, token));
    const without = anyOf(list(set.compose.exclude), (exclude) => includes(exclude, token));
    return allOf([within, not(without)], (verdict) => verdict);
  };
  const isKnown = (include: Json): boolean => {
    if (!list(include.valueSet).every((name: string) => isResolvable(name))) return false;
    if (include.system === undefined || include.concept !== undefined) return true;
    if (include.filter === undefined) return true;
    return codeSystem(include.system)?.content === 'complete' && list(include.filter).every(({ property }) => property === 'concept');
  };

  const isResolvable: Terminology['isResolvable'] = (name) => {
    const compose = valueSet(name)?.compose;
    return compose !== undefined && [...list(compose.include), ...list(compose.exclude)].every(isKnown);
  };
  return { isIn, isResolvable, subsumes, valueSet, codeSystem };
}

function sameCode({ code, caseSensitive }: Token, wanted: string): Verdict {
  if (code === wanted) return true;
  if (code?.toLowerCase() !== wanted.toLowerCase()) return false;
  return caseSensitive === true ? false : undefined;
}
