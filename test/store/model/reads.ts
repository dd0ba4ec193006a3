/** Readers, searchers and cleaners, and what their answers must agree with. */
import { FhirError } from '../../../src/fhir/outcome.ts';
import { baseParameters } from '../../../src/fhir/search/parameters.ts';
import { parseSearch, type NameValue } from '../../../src/fhir/search/parse.ts';
import { compareSortValues, sortValue } from '../../../src/fhir/search/sort-values.ts';
import type { SearchQuery } from '../../../src/fhir/search/search-query.ts';
import type { SweepPosition } from '../../../src/store/cleaner.ts';
import type { HistoryRequest, ResourceVersion } from '../../../src/store/data-store.ts';
import type { OpenDataStore } from '../../../src/store/open-data-store.ts';
import { matching, type Matching } from './joined.ts';
import { Violation, type Committed, type Ledger, type Window } from './ledger.ts';
import type { Random } from './random.ts';
import { sameContent, type Call, type Outcome } from './writes.ts';

export const baseUrl = 'http://store.example';
const resources = ['Observation/a', 'Observation/b', 'Patient/a', 'Patient/b'].map((name) => name.split('/') as [string, string]);

const searches: readonly (readonly [type: string, ...parameters: NameValue[]])[] = [
  ['Observation'],
  ['Patient'],
  ['Patient', ['_sort', '_lastUpdated']],
  ['Observation', ['_sort', '_lastUpdated']],
  ['Observation', ['code', 'x']],
  ['Observation', ['code', 'x,y']],
  ['Observation', ['code', 'x'], ['_sort', 'date']],
  ['Observation', ['code', 'x,y'], ['_sort', '-date']],
  ['Observation', ['code', 'x'], ['date', 'ge2024-01-15']],
  ['Observation', ['patient', 'a']],
  ['Observation', ['patient', 'a'], ['_sort', '-_lastUpdated']],
  ['Observation', ['patient', 'a,b'], ['code', 'x']],
  ['Observation', ['subject', 'Patient/b'], ['_sort', 'date']],
  ['Observation', ['patient', 'b'], ['code', 'x,y'], ['date', 'lt2024-03-05']],
  ['Observation', ['date', '2024']],
  ['Observation', ['date', 'ge2024-02'], ['_sort', '-date']],
  ['Observation', ['_sort', 'date']],
  ['Observation', ['_sort', '-_lastUpdated']],
  ['Observation', ['_id', 'a,b']],
  ['Patient', ['name', 'a']],
  ['Patient', ['name', 'a,b,c']],
  ['Patient', ['family', 'a,b'], ['birthdate', '1950,1960']],
  ['Patient', ['birthdate', 'lt1955']],
  ['Patient', ['_sort', 'birthdate']],
  ['Patient', ['name', 'b'], ['_sort', '-birthdate']],
  ['Patient', ['name:contains', 'b']],
  ['Patient', ['_sort', '-family']],
  ['Patient', ['_sort', 'family,-birthdate']],
  ['Patient', ['birthdate', 'gt1940'], ['_sort', '-_id']],
  ['Observation', ['value-quantity', '5|http://unitsofmeasure.org|g']],
  ['Observation', ['value-quantity', 'ge5']],
  ['Observation', ['value-quantity', 'lt6000|http://unitsofmeasure.org|mg'], ['_sort', 'value-quantity']],
  ['Observation', ['code-value-quantity', 'x$ge5']],
  ['Observation', ['code-value-quantity', 'x$5,y$7']],
  ['Observation', ['_profile', 'http://profiles.example/a']],
  ['Observation', ['_profile:below', 'http://profiles.example']],
  ['Observation', ['_filter', 'code eq x or value-quantity gt 6']],
  ['Observation', ['_filter', 'not (code eq x) and value-quantity lt 6']],
  ['Observation', ['code:not', 'x'], ['_sort', 'code,-date']],
  ['Observation', ['code', 'x,y'], ['patient', 'a,b'], ['value-quantity', 'ge1']],
];
const joinedSearches: typeof searches = [
  ['Observation', ['subject:Patient.name', 'ab']],
  ['Observation', ['patient.birthdate', 'lt1955'], ['code', 'x'], ['_sort', 'date']],
  ['Observation', ['patient._has:Observation:patient:code', 'y']],
  ['Patient', ['_has:Observation:patient:code', 'x']],
  ['Patient', ['_has:Observation:subject:patient.name', 'b'], ['_sort', 'birthdate']],
];
const queriesOf = (some: typeof searches): readonly SearchQuery[] => some.flatMap(([type, ...parameters]) =>
  [
    ...['1', '2', '50', '50'].map((count) => parseSearch(type, [...parameters, ['_count', count]], { baseUrl, searchParameters: baseParameters })),
    ...['0', '1'].map((count) => parseSearch(type, [...parameters, ['_count', count], ['_total', 'accurate']], { baseUrl, searchParameters: baseParameters })),
  ],
);

const queries = { plain: queriesOf(searches), joined: queriesOf(joinedSearches) };

/** Pages that one session turns; with four resources and their leftovers none has more. */
const maxPages = 60;

export interface Page {
  readonly matches: readonly ResourceVersion[];
  readonly total?: number;
  readonly window: Window;
}

export interface Session {
  readonly pages: readonly Page[];
  readonly complete: boolean;
}

/** When the clock jumps, what cannot be answered in part is refused. */
const outOfTime = 403;

export class Reads {
  readonly #random: Random;
  readonly #ledger: Ledger;
  readonly #step: () => number;
  /** By what searches ask of the resource, or also of others. */
  kind: keyof typeof queries = 'plain';

  constructor(random: Random, ledger: Ledger, step: () => number) {
    this.#random = random;
    this.#ledger = ledger;
    this.#step = step;
  }

  read(): Call {
    const [type, id] = this.#random.pick(resources);
    return this.#expecting(`read ${type}/${id}`, (store) => store.read(type, id), (version: ResourceVersion | undefined, window) => {
      const states = this.#ledger.states(type, id, window);
      return states.some((state) => (version === undefined ? state === undefined : sameContent(state, version)));
    });
  }

  vread(): Call {
    const [type, id] = this.#random.pick(resources);
    const versionId = 1 + this.#random.below(4);
    return this.#expecting(`vread ${type}/${id}/${versionId}`, (store) => store.vread(type, id, versionId), (version: ResourceVersion | undefined, window) => {
      const committed = this.#ledger.version(type, id, versionId);
      return version === undefined ? (committed?.from ?? Infinity) > window.from : sameContent(committed, version) && committed!.from <= window.until;
    });
  }

  /** Of an instance, a type or, seldom, the whole system, page by page. */
  history(): Call {
    const [type, id] = this.#random.pick(resources);
    const level = this.#random.below(12);
    const scope = level < 5 ? { type, id } : level < 9 ? { type } : {};
    const count = 1 + this.#random.below(3);
    const name = `history ${Object.values(scope).join('/')} by ${count}`;
    return this.#expecting(name, (store) => this.#turnHistory(store, { ...scope, count }), (session: Session) => {
      this.#checkHistory(scope, session);
      return true;
    });
  }

  search(): Call {
    const query = this.#random.pick(queries[this.kind]);
    const cleans = this.#random.chance(0.2);
    const name = `search ${query.type}?${query.applied.map((pair) => pair.join('=')).join('&')}${cleans ? ' and clean up' : ''}`;
    const run = async (store: OpenDataStore): Promise<Session | undefined> => {
      const session = await this.#turnSearch(store, query).catch((fault: unknown) => {
        if (fault instanceof FhirError && fault.status === outOfTime) return undefined;
        throw fault;
      });
      if (cleans) await store.cleaner.run();
      return session;
    };
    return this.#expecting(name, run, (session: Session | undefined) => {
      if (session !== undefined) this.checkSearch(query, session);
      return true;
    });
  }

  clean(): Call {
    const sweeps = this.#random.chance(0.5);
    const run = async (store: OpenDataStore): Promise<void> => (sweeps ? sweepInSlices(store) : store.cleaner.settleTransactions());
    return this.#expecting(sweeps ? 'sweep' : 'settle transactions', run, () => true);
  }

  #expecting<T>(name: string, run: (store: OpenDataStore) => Promise<T>, holds: (result: T, window: Window) => boolean): Call {
    return {
      name,
      run,
      check(outcome: Outcome, window: Window) {
        if ('refused' in outcome) throw new Violation(`${name} was refused with ${outcome.refused}`);
        if ('result' in outcome && !holds(outcome.result as T, window)) throw new Violation(`${name} answered what was never true: ${JSON.stringify(outcome.result)}`);
      },
    };
  }

  async #turnHistory(store: OpenDataStore, request: HistoryRequest): Promise<Session> {
    return this.#turn(async (cursor) => {
      const { versions, next } = await store.history({ ...request, ...(cursor === undefined ? {} : { cursor }) });
      if (versions.length > request.count) throw new Violation('a page of history is too long');
      return { matches: versions, next };
    });
  }

  async #turnSearch(store: OpenDataStore, query: SearchQuery): Promise<Session> {
    return this.#turn(async (cursor) => {
      const page = await store.search(query, cursor);
      if (page.matches.length > query.count) throw new Violation('a page of matches is too long');
      return page;
    });
  }

  async #turn(ask: (cursor: string | undefined) => Promise<{ matches: readonly ResourceVersion[]; next?: string; total?: number }>): Promise<Session> {
    const pages: Page[] = [];
    let cursor: string | undefined;
    do {
      const from = this.#step();
      const { matches, next, total } = await ask(cursor);
      pages.push({ matches, window: { from, until: this.#step() }, ...(total === undefined ? {} : { total }) });
      cursor = next;
    } while (cursor !== undefined && pages.length < maxPages);
    return { pages, complete: cursor === undefined };
  }

  #checkHistory(scope: { readonly type?: string; readonly id?: string }, { pages, complete }: Session): void {
    const all = pages.flatMap(({ matches }) => matches);
    const window = { from: pages[0]!.window.from, until: pages.at(-1)!.window.until };
    const seen = new Set<string>();
    let before = Infinity;
    for (const version of all) {
      const committed = this.#ledger.version(version.type, version.id, version.versionId);
      const name = `${version.type}/${version.id}/${version.versionId}`;
      if (!sameContent(committed, version) || committed!.from > window.until) throw new Violation(`history shows ${name}, which was not committed`);
      if (seen.has(name)) throw new Violation(`history shows ${name} twice`);
      if (version.lastUpdated > before) throw new Violation(`history shows ${name} out of order`);
      before = version.lastUpdated;
      seen.add(name);
    }
    if (!complete) return;
    for (const { type, id, versionId, from } of this.#ledger.all()) {
      const asked = (scope.type === undefined || scope.type === type) && (scope.id === undefined || scope.id === id);
      if (asked && from <= window.from && !seen.has(`${type}/${id}/${versionId}`)) throw new Violation(`history misses ${type}/${id}/${versionId}`);
    }
  }

  checkSearch(query: SearchQuery, { pages, complete }: Session): void {
    const window = { from: pages[0]!.window.from, until: pages.at(-1)!.window.until };
    const times = new Map<string, number>();
    for (const page of pages) {
      const ids = new Set<string>();
      for (const version of page.matches) {
        const { type, id } = version;
        const state = this.#ledger.states(type, id, page.window).find((one) => sameContent(one, version));
        if (state === undefined || !this.#matching(page.window).may(query, state)) throw new Violation(`a search found ${type}/${id}/${version.versionId}, which was not to be found`);
        if (ids.has(id)) throw new Violation(`a page has ${type}/${id} twice`);
        ids.add(id);
        times.set(id, (times.get(id) ?? 0) + 1);
      }
    }
    this.#checkTotal(query, pages);
    if (query.count === 0) return;
    const { surely } = this.#matching(window);
    for (const [name, timeline] of this.#ledger.timelines) {
      const { type, id } = timeline[0]!;
      if (type !== query.type) continue;
      const states = this.#ledger.states(type, id, window);
      if (!states.every((state) => state !== undefined && surely(query, state))) continue;
      const count = times.get(id) ?? 0;
      if (states.length === 1 && count > 1) throw new Violation(`${name} did not change and was found ${count} times`);
      if (count === 0 && complete && this.#mustBeFound(query, states as Committed[], pages)) throw new Violation(`${name} matched all the time and was not found`);
    }
    this.#checkOrder(query, pages, window);
  }

  /** Counted on the first page: what matched all the time, and nothing that never did; the same on all pages. */
  #checkTotal(query: SearchQuery, [first, ...others]: readonly Page[]): void {
    const { total, window } = first!;
    if (query.total === 'none' && query.count > 0) return;
    if (total === undefined || others.some((page) => page.total !== total)) throw new Violation('a total is not on every page');
    const states = [...this.#ledger.timelines.values()].filter(([one]) => one!.type === query.type)
      .map(([one]) => this.#ledger.states(one!.type, one!.id, window));
    const { may, surely } = this.#matching(window);
    const most = states.filter((all) => all.some((state) => state !== undefined && may(query, state))).length;
    const least = states.filter((all) => all.length === 1 && all.every((state) => state !== undefined && surely(query, state))).length;
    if (total < least || total > most) throw new Violation(`a total is ${total}, and there were ${least} to ${most}`);
  }

  /** What does not change is found; what changes without moving in the index is found by a search of one page. */
  #mustBeFound({ clauses, conditions, joins, sort }: SearchQuery, states: readonly Committed[], pages: readonly Page[]): boolean {
    if (states.length === 1) return true;
    const byTimeOnly = clauses.length === 0 && conditions.length === 0 && joins === undefined && (sort.length === 0 || sort[0]!.parameter.code === '_lastUpdated');
    return pages.length === 1 && (byTimeOnly || states.every(({ positions }) => positions === states[0]!.positions));
  }

  #matching(window: Window): Matching {
    return matching(this.#ledger, window, baseUrl);
  }

  #checkOrder(query: SearchQuery, pages: readonly Page[], window: Window): void {
    const { sort } = query;
    const unchanged = pages.flatMap(({ matches }) => matches).flatMap(({ type, id }) => {
      const states = this.#ledger.states(type, id, window);
      return states.length === 1 ? [states[0]!] : [];
    });
    const keys = unchanged.map(({ resource, lastUpdated }) => sort.map((key) => sortValue(resource!, key, { now: 0, baseUrl, lastUpdated })));
    const isOut = keys.some((key, position) => position > 0 && compareSortValues(sort, keys[position - 1]!, key) > 0);
    if (isOut) throw new Violation(`a search is not in the order of ${sort.map(({ parameter }) => parameter.code).join()}`);
  }
}

/** As functions do whose time is cut: one page a slice. */
async function sweepInSlices({ cleaner }: OpenDataStore): Promise<void> {
  let from: SweepPosition | undefined;
  do from = (await cleaner.sweepSlice({ from, until: 0 })).next;
  while (from !== undefined);
}
