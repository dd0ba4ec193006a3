/**
 * The promise of the index: whatever a search asks, every walk that may answer it holds an entry of every resource that
 * matches. The searches are made from the resources, so that they match as they are, narrowly, or not.
 */
import { describe, expect, test } from '@jest/globals';
import { FhirError } from '../../../src/fhir/outcome.ts';
import type { Resource } from '../../../src/fhir/resource.ts';
import { containedResources } from '../../../src/fhir/search/extract.ts';
import { matchesQuery } from '../../../src/fhir/search/match.ts';
import { baseParameters } from '../../../src/fhir/search/parameters.ts';
import { parseSearch, type NameValue } from '../../../src/fhir/search/parse.ts';
import type { Clause, Condition } from '../../../src/fhir/search/criteria.ts';
import type { SearchQuery } from '../../../src/fhir/search/search-query.ts';
import { familyEntries, searchEntries, type Entry } from '../../../src/store/entries.ts';
import type { EntryRules } from '../../../src/store/entry-partitions.ts';
import { drivers, sortedDriver, type Driver } from '../../../src/store/search-plan.ts';
import { driverKinds } from '../../../src/store/search-plan-scope.ts';
import { seededRandom, type Random } from '../model/random.ts';
import { sampleResources } from './sample-resources.ts';
import { searchesFor } from './sample-searches.ts';

const now = Date.UTC(2025, 5, 30);
const baseUrl = 'http://store.example';
const rules: EntryRules = { generation: 2, shards: 3, omitted: new Set(), hash: (...parts) => parts.join('|') };
const resources = sampleResources();
const byType = Map.groupBy(resources, ({ resourceType }) => resourceType);

const subjectOf = (resource: Resource) => ({ type: resource.resourceType, id: resource.id as string, lastUpdated: now - 5, created: now - 50 });

const searches = new Map(resources.map((resource) => [resource, searchesFor(resource)]));

/** `undefined` for a search that is refused or not resolved. */
function parsed(type: string, parameters: readonly NameValue[]): SearchQuery | undefined {
  try {
    return parseSearch(type, parameters, { baseUrl, searchParameters: baseParameters });
  } catch (error) {
    if (error instanceof FhirError) return undefined;
    throw error;
  }
}

function matches(resource: Resource, query: SearchQuery): boolean {
  const context = { now, baseUrl };
  const of = query.contained?.of;
  if (of !== 'contained' && resource.resourceType === query.type && matchesQuery(resource, query, { ...context, lastUpdated: now - 5 })) return true;
  return of !== undefined && containedResources(resource).some((one) => one.resourceType === query.type && matchesQuery(one, query, context));
}

function isMet({ walk }: Driver, entries: readonly Entry[]): boolean {
  const byPartition = Map.groupBy(walk.stages.flat(), ({ pk }) => pk);
  return entries.some(({ pk, position }) => (byPartition.get(pk) ?? []).some((range) => {
    const from = range.dateClass + range.from;
    return position >= from && position < range.dateClass + range.to && (walk.keep?.(position) ?? true);
  }));
}

const known = new Map<Resource, readonly Entry[]>();
function entriesOf(resource: Resource): readonly Entry[] {
  const entries = known.get(resource) ?? searchEntries(resource, subjectOf(resource), rules);
  known.set(resource, entries);
  return entries;
}

/** The ways that lead past the resource although it matches, as text. */
function missing(resource: Resource, query: SearchQuery): readonly string[] {
  const sorted = sortedDriver(query, rules, now);
  return [...drivers(query, rules, now), ...(sorted === undefined ? [] : [sorted])].flatMap((driver) => {
    if (driver.ids !== undefined) return driver.ids.includes(resource.id as string) ? [] : [`ids: ${describeQuery(query)}`];
    const own = familyEntries(resource, driver.families, { subject: subjectOf(resource), rules });
    const isFiled = isMet(driver, entriesOf(resource));
    const isRecomputed = isMet(driver, own);
    return isFiled && isRecomputed ? [] : [`${driver.family}${isFiled ? ' (recomputed)' : ''}: ${describeQuery(query)} for ${resource.resourceType}/${resource.id}`];
  });
}

const describeQuery = ({ type, applied }: SearchQuery): string => `${type}?${applied.map(([name, value]) => `${name}=${value}`).join('&')}`;

interface Tried {
  readonly query: SearchQuery;
  readonly resource: Resource;
}

function* single(): Generator<Tried> {
  for (const resource of resources) {
    const others = byType.get(resource.resourceType)!;
    for (const [place, parameter] of searches.get(resource)!.entries()) {
      const query = parsed(resource.resourceType, [parameter]);
      if (query === undefined) continue;
      yield { query, resource };
      if (place % 3 === 0) yield { query, resource: others[place % others.length]! };
    }
  }
}

/** Some of the searches that a resource satisfies, and of those that it may not. */
function* combined(random: Random, rounds: number): Generator<Tried> {
  for (let round = 0; round < rounds; round += 1) {
    const resource = random.pick(resources);
    const own = searches.get(resource)!;
    const some = Array.from({ length: 2 + random.below(3) }, () => random.pick(own));
    const query = parsed(resource.resourceType, some);
    if (query === undefined) continue;
    const dateKeys = own.filter(([name, value]) => !name.includes(':') && /^\w*\d{4}-\d\d/.test(value)).map(([name]) => name);
    const key = dateKeys.length > 0 && random.chance(0.3) ? random.pick(dateKeys) : undefined;
    const sort = key === undefined ? [] : parsed(resource.resourceType, [['_sort', `-${key}`]])?.sort ?? [];
    const clauses = query.clauses.slice(0, random.chance(0.5) ? 1 : query.clauses.length);
    const rest = query.clauses.slice(clauses.length);
    yield { query: { ...query, sort, clauses, conditions: rest.length === 0 ? [] : [tree(random, rest)] }, resource };
  }
}

function tree(random: Random, clauses: readonly Clause[]): Condition {
  const leaves = clauses.map((clause): Condition => (random.chance(0.15)
    ? { operator: 'not', condition: { operator: 'clause', clause } }
    : { operator: 'clause', clause }));
  const operator = random.chance(0.7) ? 'or' : 'and';
  const half = Math.ceil(leaves.length / 2);
  return leaves.length < 3 ? { operator, conditions: leaves } : {
    operator, conditions: [...leaves.slice(0, half), { operator: operator === 'or' ? 'and' : 'or', conditions: leaves.slice(half) }],
  };
}

function* inside(): Generator<Tried> {
  const pairs = resources.flatMap((container) => containedResources(container).map((one) => ({ container, one })));
  for (const { container, one } of pairs) {
    const alike = byType.get(one.resourceType) ?? [];
    for (const [place, parameter] of searchesFor(one).entries()) {
      const query = parsed(one.resourceType, [parameter]);
      if (query === undefined) continue;
      const contained = { of: place % 2 === 0 ? 'contained' : 'both', answer: 'container' } as const;
      const resource = place % 3 === 0 ? alike[place % alike.length] ?? container : container;
      yield { query: { ...query, contained }, resource };
    }
  }
}

function tally(tried: Iterable<Tried>) {
  let matched = 0;
  let refused = 0;
  const faults = new Set<string>();
  const walked = new Set<string>();
  for (const { query, resource } of tried) {
    if (!matches(resource, query)) {
      refused += 1;
      continue;
    }
    matched += 1;
    walked.add(drivers(query, rules, now)[0]!.kind);
    for (const fault of missing(resource, query)) faults.add(fault);
  }
  return { matched, refused, walked, faults: [...faults].slice(0, 20) };
}

describe('every walk that may answer a search holds an entry of every resource that matches', () => {
  test('one clause: every kind, prefix and modifier', () => {
    const { matched, refused, walked, faults } = tally(single());
    expect(faults).toEqual([]);
    expect([matched > 10_000, refused > 10_000]).toEqual([true, true]);
    expect(driverKinds.filter((kind) => !walked.has(kind))).toEqual(['patient-code', 'last-updated']);
  });

  test('several clauses and trees of conditions', () => {
    const { matched, refused, faults } = tally(combined(seededRandom(5), 5000));
    expect(faults).toEqual([]);
    expect([matched > 500, refused > 500]).toEqual([true, true]);
  });

  test('what other resources contain', () => {
    const { matched, refused, faults } = tally(inside());
    expect(faults).toEqual([]);
    expect([matched > 100, refused > 100]).toEqual([true, true]);
  });
});
