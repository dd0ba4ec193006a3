/** A search as it was asked: its conditions, joins, order and page (https://hl7.org/fhir/R4/search.html). */
import type { Clause, Condition } from './criteria.ts';
import type { SearchParameter } from './values.ts';

export interface SortKey {
  readonly parameter: SearchParameter;
  readonly descending: boolean;
}

/**
 * `parameter.rest=…` (https://hl7.org/fhir/R4/search.html#chaining): the parameter refers to a resource that is of the type
 * of one of the targets and satisfies it.
 */
export interface Chain {
  readonly direction: 'forward';
  readonly parameter: SearchParameter;
  /** One for each type that is looked at; never none. A part that several chains have in common may be one object. */
  readonly targets: readonly SearchQuery[];
}

/**
 * `_has:Type:parameter:rest=…` (https://hl7.org/fhir/R4/search.html#has): a resource that satisfies `referring` refers to
 * the one that is looked for, by the parameter.
 */
export interface ReverseChain {
  readonly direction: 'reverse';
  readonly parameter: SearchParameter;
  readonly referring: SearchQuery;
}

/** What a search asks of other resources; each stands alone. */
export type Join = Chain | ReverseChain;

/** https://hl7.org/fhir/R4/search.html#contained */
export interface ContainedSearch {
  /** `contained`: only contained resources match; `both`: those and the others. */
  readonly of: 'contained' | 'both';
  /** What is answered for a contained match. */
  readonly answer: 'container' | 'contained';
}

/** One `_include` or `_revinclude` (https://hl7.org/fhir/R4/search.html#revinclude). */
export interface Include {
  /** True for `_revinclude`: what refers to a match, not what a match refers to. */
  readonly reverse: boolean;
  /** Whether it applies to what was brought along as well. */
  readonly iterate: boolean;
  /** The type that holds the reference; absent: any. */
  readonly source?: string;
  /** Of kind reference; absent: all of the type. */
  readonly parameter?: SearchParameter;
  /** The type that is referred to; absent: any. */
  readonly target?: string;
}

export interface SearchQuery {
  readonly type: string;
  /** The store's base URL: an absolute reference under it is a local one. */
  readonly baseUrl: string;
  readonly clauses: readonly Clause[];
  /** All of them have to hold, as the clauses have. */
  readonly conditions: readonly Condition[];
  /** All of them have to hold as well; absent where nothing is asked of other resources. */
  readonly joins?: readonly Join[];
  /** `_list`, each with the Lists of which one has to hold the resource. Resolved to clauses on `_id` before the search runs. */
  readonly lists: readonly (readonly string[])[];
  readonly sort: readonly SortKey[];
  /** Matches a page, 0 to 1,000; 0 asks for the total alone. */
  readonly count: number;
  /** https://hl7.org/fhir/R4/search.html#total */
  readonly total: 'none' | 'estimate' | 'accurate';
  /** Absent: contained resources are not searched. */
  readonly contained?: ContainedSearch;
  /** What comes with the matches of a page: no matter of the search itself. Absent: nothing. */
  readonly includes?: readonly Include[];
  /** Whether the answer tells how it was found. */
  readonly explain: boolean;
  /** The parameters that were understood, in the order sent, for the self link. */
  readonly applied: readonly (readonly [name: string, value: string])[];
  /** The names that were passed over under lenient handling, each once. */
  readonly ignored: readonly string[];
}
