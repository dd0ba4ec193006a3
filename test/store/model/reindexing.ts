/** `$reindex` jobs over search parameters of the store's own, searches by them, and what must hold of their entries. */
import type { CustomDefinition } from '../../../src/fhir/search/custom/definition-shape.ts';
import { FhirError } from '../../../src/fhir/outcome.ts';
import { parseSearch, type NameValue } from '../../../src/fhir/search/parse.ts';
import type { SearchQuery } from '../../../src/fhir/search/search-query.ts';
import { customInState, withCustom } from '../../../src/store/compiled-rules.ts';
import { customEntries, entryKeys } from '../../../src/store/entries.ts';
import type { EntryRules } from '../../../src/store/entry-partitions.ts';
import { indexRulesOfItem, type DefinitionState, type IndexRules } from '../../../src/store/index-rules.ts';
import { rulesKey } from '../../../src/store/keys.ts';
import type { OpenDataStore } from '../../../src/store/open-data-store.ts';
import type { ReindexPosition } from '../../../src/store/reindex.ts';
import { Violation, type Committed, type Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import { baseUrl, type Page, type Reads } from './reads.ts';
import type { TableState } from './table-state.ts';
import type { Call, Outcome } from './writes.ts';

function definition(code: string, type: CustomDefinition['type'], expression: string): CustomDefinition {
  return { url: `http://parameters.example/${code}`, code, type, base: [expression.split('.')[0]!], expression, targets: [] };
}

const ownCode = definition('own-code', 'token', 'Observation.code');
const ownName = definition('own-name', 'string', 'Patient.name.family');
const ownDate = definition('own-date', 'date', 'Observation.effective');
const otherCode = definition('own-code', 'token', 'Observation.value.ofType(Quantity).code');

const choices: readonly (readonly CustomDefinition[])[] = [[ownCode, ownName], [ownCode, ownName, ownDate], [ownDate], [otherCode, ownName], []];

const searches: readonly (readonly [type: string, ...parameters: NameValue[]])[] = [
  ['Observation', ['own-code', 'x']],
  ['Observation', ['own-code', 'x,y'], ['_sort', 'date']],
  ['Observation', ['own-code', 'g,mg']],
  ['Observation', ['own-code', 'x'], ['patient', 'a']],
  ['Observation', ['own-date', 'ge2024']],
  ['Observation', ['_sort', '-own-date']],
  ['Patient', ['own-name', 'a,b']],
  ['Patient', ['own-name:contains', 'b']],
];

/** Nobody waits longer for an answer; what comes later is not looked at. */
const longestAnswerMs = 60_000;
const maxPages = 60;
const searchedStates: readonly DefinitionState[] = ['active', 'leaving'];
const allStates: readonly DefinitionState[] = ['filing', 'active', 'leaving', 'retiring', 'removing'];

/** A job, and the place that it keeps whoever works at it. */
interface Job {
  readonly run: string;
  readonly wanted: readonly CustomDefinition[];
  position?: ReindexPosition;
}

interface Moment {
  readonly step: number;
  readonly now: number;
}

export class Reindexing {
  readonly #random: Random;
  readonly #ledger: Ledger;
  readonly #reads: Reads;
  readonly #moment: () => Moment;
  readonly #jobs: Job[] = [];
  readonly #keys = new Map<string, readonly string[]>();

  constructor(random: Random, { ledger, reads, moment }: { readonly ledger: Ledger; readonly reads: Reads; readonly moment: () => Moment }) {
    this.#random = random;
    this.#ledger = ledger;
    this.#reads = reads;
    this.#moment = moment;
  }

  /** A job that several may take up, one after another or at once. */
  job(): Call[] {
    const job: Job = { run: `run ${this.#jobs.length + 1}`, wanted: this.#random.pick(choices) };
    this.#jobs.push(job);
    return Array.from({ length: 1 + this.#random.below(3) }, () => this.#drive(job));
  }

  #drive(job: Job): Call {
    return {
      name: `${job.run} for ${job.wanted.map(({ code, expression }) => `${code}=${expression}`).join()}`,
      run: async (store, clock) => {
        job.position ??= await store.reindexing.begin(job.run, job.wanted);
        let position = job.position;
        while (position.phase !== 'done' && position.phase !== 'superseded') {
          if (position.notBefore !== undefined) await clock.sleep(Math.max(0, position.notBefore - clock.now()));
          position = await store.reindexing.advance(position, 0);
          job.position = position;
        }
      },
      check: (outcome: Outcome) => {
        if ('refused' in outcome && outcome.refused !== 409) throw new Violation(`${job.run} was refused with ${outcome.refused}`);
      },
    };
  }

  /** The last job, at the end: it has to end, and its parameters to be searched. */
  last(): Call | undefined {
    const job = this.#jobs.at(-1);
    if (job === undefined) return undefined;
    const drive = this.#drive(job);
    return {
      ...drive,
      run: async (store, clock) => {
        await drive.run(store, clock);
        // What this process knew before is forgotten by then.
        await clock.sleep(60_000);
        return store.searchParameters();
      },
      check: (outcome) => {
        if (!('result' in outcome)) throw new Violation('the last job failed on tables that work');
        const { of } = outcome.result as Awaited<ReturnType<OpenDataStore['searchParameters']>>;
        const searched = ['Observation', 'Patient'].flatMap((type) => [...of(type).values()].filter(({ custom }) => custom !== undefined).map(({ code }) => code));
        const wanted = job.wanted.map(({ code }) => code);
        if (searched.toSorted().join() !== wanted.toSorted().join()) throw new Violation(`${job.run} wanted ${wanted.join()}, and ${searched.join()} are searched`);
      },
    };
  }

  /** By a parameter of the store's own, if it has it; every page by the rules of its moment. */
  search(): Call {
    const random = this.#random;
    const [type, ...parameters] = random.pick(searches);
    const count = random.pick(['1', '2', '50', '50']);
    const asked = [...parameters, ['_count', count]] as NameValue[];
    return {
      name: `search ${type}?${asked.map((pair) => pair.join('=')).join('&')}`,
      run: (store) => this.#turn(store, type, asked),
      check: (outcome) => {
        if ('refused' in outcome) throw new Violation(`a search was refused with ${outcome.refused}`);
        const session = 'result' in outcome ? (outcome.result as OwnSession | undefined) : undefined;
        if (session !== undefined) this.#reads.checkSearch(session.query, session);
      },
    };
  }

  async #turn(store: OpenDataStore, type: string, asked: readonly NameValue[]): Promise<OwnSession | undefined> {
    const pages: Page[] = [];
    let first: SearchQuery | undefined;
    let cursor: string | undefined;
    do {
      const from = this.#moment();
      const query = await parsed(store, type, asked);
      if (query === undefined || (first !== undefined && familiesIn(query) !== familiesIn(first))) break;
      first ??= query;
      const page = await store.search(query, cursor);
      const until = this.#moment();
      if (until.now - from.now > longestAnswerMs) break;
      pages.push({ matches: page.matches, window: { from: from.step, until: until.step } });
      cursor = page.next;
      if (cursor === undefined) return { query: first, pages, complete: true };
    } while (pages.length < maxPages);
    return first === undefined || pages.length === 0 ? undefined : { query: first, pages, complete: false };
  }

  /** Looks at the tables as they are now: whatever searches by a parameter may miss has to have its entries. */
  probe(resources: TableState, index: TableState, rules: EntryRules): void {
    const standing = this.#rulesIn(resources);
    if (standing === undefined) return;
    for (const one of this.#current()) {
      for (const key of this.#keysOf(one, { standing, rules, states: searchedStates })) {
        const [pk, sk] = key.split(' ') as [string, string];
        if (!index.has(pk, sk)) throw new Violation(`${one.type}/${one.id}/${one.versionId} is unreachable by a parameter of the store’s own: ${sk}`);
      }
    }
  }

  /** The entries, spelled `pk sk`, that current versions may have for parameters of the store's own. */
  known(resources: TableState, rules: EntryRules): ReadonlySet<string> {
    const standing = this.#rulesIn(resources);
    return new Set(standing === undefined ? [] : [...this.#current()].flatMap((one) => this.#keysOf(one, { standing, rules, states: allStates })));
  }

  *#current(): Generator<Committed> {
    for (const timeline of this.#ledger.timelines.values()) {
      const last = timeline.at(-1);
      if (last !== undefined) yield last;
    }
  }

  #rulesIn(resources: TableState): IndexRules | undefined {
    const item = resources.get(rulesKey);
    return item === undefined ? undefined : indexRulesOfItem(item);
  }

  #keysOf(one: Committed, how: { readonly standing: IndexRules; readonly rules: EntryRules; readonly states: readonly DefinitionState[] }): readonly string[] {
    const { standing, rules, states } = how;
    const name = `${standing.rev} ${states.length} ${one.type}/${one.id} ${one.writeId}`;
    const known = this.#keys.get(name) ?? states.flatMap((state) => {
      const entries = one.resource === undefined ? [] : customEntries(one.resource, { subject: one, rules: withCustom(rules, customInState(standing, state)) });
      return entryKeys(entries, one, one.writeId).map(({ pk, sk }) => `${pk} ${sk}`);
    });
    this.#keys.set(name, known);
    return known;
  }
}

interface OwnSession {
  readonly query: SearchQuery;
  readonly pages: readonly Page[];
  readonly complete: boolean;
}

/** `undefined` where the store has no such parameter at the moment. */
async function parsed(store: OpenDataStore, type: string, asked: readonly NameValue[]): Promise<SearchQuery | undefined> {
  const searchParameters = await store.searchParameters();
  try {
    return parseSearch(type, asked, { baseUrl, searchParameters });
  } catch (error) {
    if (error instanceof FhirError && error.status === 400) return undefined;
    throw error;
  }
}

function familiesIn({ clauses, sort }: SearchQuery): string {
  return [...clauses, ...sort].map(({ parameter }) => parameter.custom?.family ?? '').join();
}
