/**
 * Whether a resource is what a search asks for where it asks something of other resources too: of those it refers to
 * (https://hl7.org/fhir/R4/search.html#chaining) and of those that refer to it (https://hl7.org/fhir/R4/search.html#has).
 *
 * What it refers to is read and held against the inner search. What refers to it is searched for, and one match will do.
 */
import { tooCostly } from '../fhir/outcome.ts';
import { isObject, type Json } from '../fhir/json.ts';
import type { Resource } from '../fhir/resource.ts';
import { insideTarget, withInsideReferences } from '../fhir/search/contained-references.ts';
import { extractParameter } from '../fhir/search/extract.ts';
import { matchesAlone } from '../fhir/search/match.ts';
import type { Clause } from '../fhir/search/criteria.ts';
import type { Chain, Join, ReverseChain, SearchQuery } from '../fhir/search/search-query.ts';
import type { ReferenceValue } from '../fhir/search/values.ts';
import type { JoinedMatching, Subject } from './candidate-acceptance.ts';
import { intersectionWith } from './index-intersection.ts';
import { resourceLoader } from './resource-loader.ts';
import { chooseDriver } from './search-driver-choice.ts';
import { matchesOf, maxWalks } from './search-matches.ts';
import { drivers } from './search-plan.ts';
import type { StoreContext } from './store-context.ts';
import type { ResourceKey } from './version-reader.ts';

/** References of one resource that are followed side by side: as many as a batch read takes. */
const followedTogether = 100;
/** Answers that are remembered; beyond it they are found anew, which costs time and nothing else. */
const maxRemembered = 50_000;

export interface JoiningRequest {
  /** The instant of the first page, ms. */
  readonly instant: number;
  /** When what is asked of others has to be answered, ms: no part of it can be left out. */
  readonly deadline: number;
  /** The resources that satisfy a join, where all are known: by name those that are referred to, or that are. */
  readonly known: ReadonlyMap<Join, ReadonlySet<string>>;
}

/** For one page: each question is asked once. */
export function joinedMatching(context: StoreContext, request: JoiningRequest): JoinedMatching {
  return new Matching(context, request);
}

/** A subject whose references into itself are written out. */
type Whole = Pick<Subject, 'resource' | 'key'> & { readonly container: Resource };

class Matching implements JoinedMatching {
  readonly #context: StoreContext;
  readonly #request: JoiningRequest;
  readonly #load: ReturnType<typeof resourceLoader>;
  readonly #answers = new Map<object, Map<string, Promise<boolean>>>();
  readonly #answersInside = new Map<SearchQuery, WeakMap<Resource, Promise<boolean>>>();

  constructor(context: StoreContext, request: JoiningRequest) {
    this.#context = context;
    this.#request = request;
    this.#load = resourceLoader(context);
  }

  async matches({ resource, key, lastUpdated, container }: Subject, query: SearchQuery): Promise<boolean> {
    const { baseUrl, joins = [] } = query;
    const now = this.#request.instant;
    if (!matchesAlone(resource, query, { now, baseUrl, ...(lastUpdated === undefined ? {} : { lastUpdated }) })) return false;
    const whole = withInsideReferences(container ?? resource);
    const subject: Whole = { resource: container === undefined ? whole : resource, key, container: whole };
    for (const join of joins) {
      const holds = join.direction === 'forward' ? this.#refersToMatch(subject, join, baseUrl) : this.#isReferredTo(key, join);
      if (!(await holds)) return false;
    }
    return true;
  }

  async #refersToMatch(subject: Whole, chain: Chain, baseUrl: string): Promise<boolean> {
    if (isEmbedded(chain)) return this.#insideMatches(embeddedIn(subject.resource), chain);
    const values = extractParameter(subject.resource, chain.parameter).filter((value) => value.kind === 'reference');
    const inside = values.flatMap((value) => insideTarget(value, subject.container) ?? []);
    if (await this.#insideMatches(inside, chain, subject.container)) return true;
    const keys = new Map(values.flatMap((value) => localKey(value, baseUrl) ?? []).map((key) => [nameOf(key), key]));
    const complete = this.#request.known.get(chain);
    if (complete !== undefined) return keys.keys().some((name) => complete.has(name));
    const followed = [...keys.values()].filter(({ type }) => targetOf(chain, type) !== undefined);
    for (let from = 0; from < followed.length; from += followedTogether) {
      this.#checkTime();
      const some = await Promise.all(followed.slice(from, from + followedTogether).map((key) => this.#targetMatches(key, chain)));
      if (some.includes(true)) return true;
    }
    return false;
  }

  /** @param container of resources that are contained */
  async #insideMatches(resources: readonly Resource[], chain: Chain, container?: Resource): Promise<boolean> {
    for (const resource of resources) {
      const target = targetOf(chain, resource.resourceType);
      if (target === undefined) continue;
      const ofTarget = this.#answersInside.get(target) ?? new WeakMap<Resource, Promise<boolean>>();
      this.#answersInside.set(target, ofTarget);
      const answer = ofTarget.get(resource) ?? this.matches({ resource, ...(container && { container }) }, target);
      ofTarget.set(resource, answer);
      if (await answer) return true;
    }
    return false;
  }

  #targetMatches(key: ResourceKey, chain: Chain): Promise<boolean> {
    const target = targetOf(chain, key.type)!;
    return this.#remembered(target, key, async () => {
      const loaded = await this.#load(key);
      return loaded !== undefined && this.matches({ ...loaded, key }, target);
    });
  }

  async #isReferredTo(key: ResourceKey | undefined, join: ReverseChain): Promise<boolean> {
    // Nothing but its container can refer to a contained resource.
    if (key === undefined) return false;
    const complete = this.#request.known.get(join);
    if (complete !== undefined) return complete.has(nameOf(key));
    return this.#remembered(join, key, () => this.#hasMatch(referringTo(key, join)));
  }

  async #hasMatch(query: SearchQuery): Promise<boolean> {
    const { index, rules } = this.#context;
    const { instant } = this.#request;
    const possible = drivers(query, rules, instant);
    const { chosen, begun } = await chooseDriver(index, possible);
    const driver = possible[chosen]!;
    const start = { request: { query, instant, driver, joined: this }, intersection: intersectionWith(index, driver, possible) };
    for (let walks = 1; ; walks += 1) {
      const steps = matchesOf(this.#context, walks === 1 && begun !== undefined ? { ...start, begun } : start, 1);
      for (let step = await steps.next(); step !== undefined; step = await steps.next()) {
        if ('match' in step) return true;
        this.#checkTime();
      }
      if (!steps.passedOver() || walks >= maxWalks) return false;
    }
  }

  #checkTime(): void {
    if (this.#context.clock.now() < this.#request.deadline) return;
    throw tooCostly('What this search asks of other resources takes longer than a request has. Narrow it by further parameters.');
  }

  #remembered(asked: object, key: ResourceKey, find: () => Promise<boolean>): Promise<boolean> {
    const ofAsked = this.#answers.get(asked) ?? new Map<string, Promise<boolean>>();
    this.#answers.set(asked, ofAsked);
    const name = nameOf(key);
    const answer = ofAsked.get(name) ?? find();
    if (ofAsked.size >= maxRemembered) ofAsked.clear();
    ofAsked.set(name, answer);
    return answer;
  }
}

function targetOf({ targets }: Chain, type: string): SearchQuery | undefined {
  return targets.find((target) => target.type === type);
}

export function nameOf({ type, id }: ResourceKey): string {
  return `${type}/${id}`;
}

/** The resource of this store that a reference leads to, whatever version it names; `undefined` for any other reference. */
export function localKey({ type, id, base }: ReferenceValue, baseUrl: string): ResourceKey | undefined {
  if (type === undefined || id === undefined) return undefined;
  return base === undefined || base === baseUrl.replace(/\/$/, '') ? { type, id } : undefined;
}

/** The search for what satisfies a reverse chain at one resource. */
function referringTo({ type, id }: ResourceKey, { parameter, referring }: ReverseChain): SearchQuery {
  const reference: Clause = { parameter, criteria: [{ kind: 'reference', type, id }] };
  return { ...referring, clauses: [reference, ...referring.clauses] };
}

/**
 * Whether the parameter leads to a resource that stands within the searched one: "the first resource in the bundle"
 * (https://hl7.org/fhir/R4/bundle.html#search).
 */
export function isEmbedded({ parameter: { url } }: Chain): boolean {
  return url === 'http://hl7.org/fhir/SearchParameter/Bundle-composition' || url === 'http://hl7.org/fhir/SearchParameter/Bundle-message';
}

function embeddedIn({ entry }: Resource): readonly Resource[] {
  const first = Array.isArray(entry) ? (entry[0] as Json) : undefined;
  return isObject(first) && isObject(first.resource) ? [first.resource as Resource] : [];
}
