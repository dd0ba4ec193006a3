/**
 * What a search asks of other resources, found first: where few satisfy it, their ids lead to the matches as if they had
 * been asked for (https://hl7.org/fhir/R4/search.html#chaining, https://hl7.org/fhir/R4/search.html#has).
 *
 * Inside out: an inner search is narrowed by its own inner searches in the same way. A set that is not whole, being too
 * large or not found in time, is not used at all.
 */
import { containedResources, extractParameter } from '../fhir/search/extract.ts';
import { searchParameter } from '../fhir/search/parameters.ts';
import type { Condition, Criterion } from '../fhir/search/criteria.ts';
import type { Chain, Join, ReverseChain, SearchQuery } from '../fhir/search/search-query.ts';
import type { JoinedMatching, Match } from './candidate-acceptance.ts';
import { intersectionWith } from './index-intersection.ts';
import { isEmbedded, joinedMatching, localKey, nameOf } from './joined-matching.ts';
import { chooseDriver } from './search-driver-choice.ts';
import { matchesOf, maxWalks } from './search-matches.ts';
import { drivers } from './search-plan.ts';
import type { StoreContext } from './store-context.ts';
import type { ResourceKey } from './version-reader.ts';

/** Matches of an inner search: each is read, and becomes a range of the index to walk. */
export const maxJoined = 1000;
/** The resources that so many may refer to: a Group has thousands of members. */
const maxReferred = 50_000;
/** Inner searches side by side, where a reference may lead to many types. */
const targetsTogether = 16;
/** A set so small narrows enough: the others are held against what it leads to. */
const smallSet = 100;

interface JoinedSet {
  readonly keys: readonly ResourceKey[];
  /** True when a contained resource satisfies the join as well, which no id leads to. */
  readonly hasInside: boolean;
}

export interface SetsRequest {
  /** The instant of the first page, ms. */
  readonly instant: number;
  /** Of the whole answer, ms. */
  readonly deadline: number;
}

export interface Finding {
  /** What is not found by then is left, ms. */
  readonly until: number;
  /** As `maxJoined`. */
  readonly most: number;
  /** Of the query's joins those that have to be found; absent: any that can be. */
  readonly numbers?: readonly number[];
}

/** What the query's plan may build on. */
export interface Narrowing {
  /** Hold for every match. */
  readonly conditions: readonly Condition[];
  /** The query's joins that they stand for. */
  readonly numbers: readonly number[];
}

/** The sets of one page. */
export class JoinedSets {
  /** Holds candidates against the query, by the sets where they are known. */
  readonly matching: JoinedMatching;
  readonly #context: StoreContext;
  readonly #request: SetsRequest;
  readonly #known = new Map<Join, ReadonlySet<string>>();
  readonly #found = new Map<Join, Promise<JoinedSet | undefined>>();

  constructor(context: StoreContext, request: SetsRequest) {
    this.#context = context;
    this.#request = request;
    this.matching = joinedMatching(context, { ...request, known: this.#known });
  }

  /** @returns `undefined` when one that has to be found was not */
  async narrow(query: SearchQuery, finding: Finding): Promise<Narrowing | undefined> {
    const { numbers: wanted } = finding;
    const conditions: Condition[] = [];
    const numbers: number[] = [];
    for (const [number, join] of (query.joins ?? []).entries()) {
      if (wanted !== undefined && !wanted.includes(number)) continue;
      const set = await this.#setOf(join, finding);
      if (set === undefined && wanted !== undefined) return undefined;
      // What contained resources satisfy is not led to by ids; on later pages it would have come to match meanwhile.
      if (set === undefined || (set.hasInside && wanted === undefined)) continue;
      conditions.push(conditionOf(query, join, set));
      numbers.push(number);
      if (set.keys.length <= smallSet && wanted === undefined) break;
    }
    return { conditions, numbers };
  }

  async #setOf(join: Join, finding: Finding): Promise<JoinedSet | undefined> {
    const known = this.#found.get(join) ?? this.#find(join, finding);
    this.#found.set(join, known);
    const set = await known;
    if (set !== undefined) this.#known.set(join, new Set(set.keys.map(nameOf)));
    return set;
  }

  #find(join: Join, finding: Finding): Promise<JoinedSet | undefined> {
    return join.direction === 'forward' ? this.#targets(join, finding) : this.#referred(join, finding);
  }

  async #targets(chain: Chain, finding: Finding): Promise<JoinedSet | undefined> {
    if (isEmbedded(chain)) return undefined;
    const { targets } = chain;
    const keys: ResourceKey[] = [];
    let hasInside = false;
    for (let from = 0; from < targets.length; from += targetsTogether) {
      const some = targets.slice(from, from + targetsTogether);
      const found = await Promise.all(some.map((target) => this.#matches(target, finding)));
      for (const [position, matches] of found.entries()) {
        if (matches === undefined || keys.length + matches.length > finding.most) return undefined;
        keys.push(...matches.flatMap(({ version: { type, id, contained } }) => (contained === undefined ? [{ type, id }] : [])));
        hasInside ||= matches.some((match) => isInside(match, some[position]!.type));
      }
    }
    return { keys, hasInside };
  }

  async #referred({ parameter, referring }: ReverseChain, finding: Finding): Promise<JoinedSet | undefined> {
    const matches = await this.#matches(referring, finding, false);
    if (matches === undefined) return undefined;
    const keys = new Map<string, ResourceKey>();
    for (const { resource } of matches) {
      for (const value of extractParameter(resource, parameter)) {
        const key = value.kind === 'reference' ? localKey(value, referring.baseUrl) : undefined;
        if (key !== undefined) keys.set(nameOf(key), key);
      }
      if (keys.size > maxReferred) return undefined;
    }
    return { keys: [...keys.values()], hasInside: false };
  }

  /** All matches of an inner search, those within other resources too; `undefined` when there are too many or no time is left. */
  async #matches(query: SearchQuery, finding: Finding, withInside = true): Promise<readonly Match[] | undefined> {
    const { index, rules, clock } = this.#context;
    const { instant } = this.#request;
    const narrowing = await this.narrow(query, { until: finding.until, most: finding.most });
    // Nothing refers to contained resources that `_has` would look at.
    const searchesInside = withInside && !(query.joins ?? []).some(({ direction }) => direction === 'reverse');
    const searched: SearchQuery = searchesInside ? { ...query, contained: { of: 'both', answer: 'container' } } : query;
    const possible = drivers({ ...searched, conditions: [...searched.conditions, ...narrowing!.conditions] }, rules, instant);
    const { chosen, begun } = await chooseDriver(index, possible);
    const driver = possible[chosen]!;
    const request = { query: searched, instant, driver, ...(query.joins === undefined ? {} : { joined: this.matching }) };
    const start = { request, intersection: intersectionWith(index, driver, possible) };
    for (let walks = 1; ; walks += 1) {
      const steps = matchesOf(this.#context, walks === 1 && begun !== undefined ? { ...start, begun } : start, finding.most + 1);
      const matches: Match[] = [];
      for (let step = await steps.next(); step !== undefined; step = await steps.next()) {
        if ('match' in step) matches.push(step.match);
        if (matches.length > finding.most || clock.now() >= finding.until) return undefined;
      }
      if (!steps.passedOver() || walks >= maxWalks) return matches;
    }
  }
}

function isInside({ resource, version: { contained } }: Match, type: string): boolean {
  return contained !== undefined || containedResources(resource).some(({ resourceType }) => resourceType === type);
}

/** Of each type by itself, so that the plan is the same on every page, whichever types there are. */
function conditionOf({ type }: SearchQuery, join: Join, { keys }: JoinedSet): Condition {
  if (join.direction === 'reverse') {
    const criteria = keys.filter((key) => key.type === type).map(({ id }): Criterion => ({ kind: 'token', code: id }));
    return { operator: 'clause', clause: { parameter: searchParameter(type, '_id')!, criteria } };
  }
  const conditions = join.targets.map((target): Condition => {
    const criteria = keys.filter((key) => key.type === target.type).map((key): Criterion => ({ kind: 'reference', ...key }));
    return { operator: 'clause', clause: { parameter: join.parameter, criteria } };
  });
  return conditions.length === 1 ? conditions[0]! : { operator: 'or', conditions };
}
