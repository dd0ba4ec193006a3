/** The queries of one cell of the matrix: hits and near misses, told apart by the evaluator. */
import { parameterByUrl, resourceTypes, type Kind } from '../evaluator/definitions.ts';
import type { Resource, Verdict } from '../evaluator/json.ts';
import { clauseMatches, nameOf } from '../evaluator/matching.ts';
import type { NameValue, Population } from '../evaluator/population.ts';
import { literalOf } from '../evaluator/references.ts';
import { hierarchicalTypes } from '../evaluator/population.ts';
import { operatorsOf, reasonAgainst } from './cells.ts';
import { pickSite, type Site, type Sites } from './sites.ts';
import { valueFor, type Making } from './values.ts';

export interface Query {
  /** `kind type` and the operator, for the matrix. */
  readonly cell: string;
  readonly operator: string;
  readonly resourceType: string;
  readonly parameters: readonly NameValue[];
  /** The resource that the values are from. */
  readonly subject: Resource;
  /** Whether the subject is to be found; open where the specification does not say. */
  readonly expected: Verdict;
}

/** There are two questions on what is missing, each a hit for some resources and a near miss for others. */
function isOnMissing({ operator }: Query): boolean {
  return operator === ':missing';
}

/** Tries for each query that a cell should have: most values are near misses or hits by chance. */
const triesForEach = 200;

/** Up to `each` hits and as many near misses of a cell. */
export function cellQueries(byParameter: ReadonlyMap<string, readonly Site[]>, cell: { readonly kind: Kind; readonly type: string; readonly operator: string; readonly each: number }, given: { readonly population: Population; readonly making: Making }): Query[] {
  const queries: Query[] = [];
  const seen = new Set<string>();
  const counts = { hit: 0, miss: 0, open: 0 };
  for (let tries = 0; tries < cell.each * 2 * triesForEach && Math.min(counts.hit, counts.miss) < cell.each; tries += 1) {
    const query = propose(pickSite(given.making.random, byParameter), cell, given);
    if (query === undefined) continue;
    const outcome = query.expected === undefined ? 'open' : query.expected ? 'hit' : 'miss';
    const text = JSON.stringify([query.resourceType, query.parameters, isOnMissing(query) && outcome]);
    if (seen.has(text) || counts[outcome] >= cell.each) continue;
    seen.add(text);
    counts[outcome] += 1;
    queries.push(query);
  }
  return queries;
}

function propose(site: Site, { kind, type, operator }: { readonly kind: Kind; readonly type: string; readonly operator: string }, { population, making }: { readonly population: Population; readonly making: Making }): Query | undefined {
  const subject = operator === ':missing' ? making.random.pick(population.byType.get(site.resource.resourceType)!) : site.resource;
  const { resourceType } = subject;
  const made = clauseFor({ ...site, resource: subject }, operator, making);
  if (made === undefined) return undefined;
  const expected = clauseMatches(subject, nameOf(resourceType, made[0]), made[1], population.context);
  return { cell: `${kind} ${type}`, operator, resourceType, parameters: [made], subject, expected };
}

/** `name=value` for a site. */
export function clauseFor({ parameter, elements }: Site, operator: string, making: Making): NameValue | undefined {
  const { random } = making;
  if (operator === ':missing') return [`${parameter.code}:missing`, random.pick(['true', 'false'])];
  if (parameter.type === 'composite') {
    const parts = elements.map((element, index) => {
      const { type } = parameterByUrl(parameter.component![index]!.definition);
      const own = index === elements.length - 1 ? operator : '';
      return valueFor(type, element, { operator: ['number', 'date', 'quantity'].includes(type) && own === '' ? 'eq' : own, making });
    });
    return parts.includes(undefined) ? undefined : [parameter.code, parts.join('$')];
  }
  const [element] = elements;
  const value = valueFor(parameter.type, element!, { operator, making });
  if (value === undefined) return undefined;
  if (operator === ':[type]') return typed(parameter.code, { element: element!, value, targets: parameter.target ?? resourceTypes() }, making);
  if (parameter.type === 'reference' && (operator === ':above' || operator === ':below') && element!.type === 'Reference') {
    return hierarchical(parameter.code + operator, { value, targets: parameter.target ?? [] });
  }
  return [operator.startsWith(':') ? parameter.code + operator : parameter.code, value];
}

function typed(code: string, { element, value, targets }: { readonly element: Site['elements'][number]; readonly value: string; readonly targets: readonly string[] }, { random }: Making): NameValue | undefined {
  const written = /^([A-Z]\w+)\//.exec(value)?.[1];
  const type = written ?? (random.chance(0.7) ? literalOf(element)?.type : random.pick(targets));
  return type === undefined || !targets.includes(type) ? undefined : [`${code}:${type}`, value];
}

/** Only types whose resources can be part of one another are a hierarchy. */
function hierarchical(name: string, { value, targets }: { readonly value: string; readonly targets: readonly string[] }): NameValue | undefined {
  const type = value.split('/')[0]!;
  return hierarchicalTypes.has(type) && targets.includes(type) ? [name, value] : undefined;
}

/** Every cell that the data has an element for, with the reason where it has no query. */
export function cellsOf(sites: Sites): { readonly kind: Kind; readonly type: string; readonly operator: string; readonly reason: string | undefined }[] {
  return [...sites.keys()].sort().flatMap((key) => {
    const [kind, type] = key.split(' ') as [Kind, string];
    return operatorsOf(kind, type).map((operator) => ({ kind, type, operator, reason: reasonAgainst(kind, type, operator) }));
  });
}
