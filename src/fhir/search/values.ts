/**
 * What extraction finds in a resource, and what a query asks for, one type per search parameter kind
 * (https://hl7.org/fhir/R4/search.html#ptypes).
 */
export type SearchParameterType =
  | 'number' | 'date' | 'string' | 'token' | 'reference' | 'composite' | 'quantity' | 'uri' | 'special';

export interface SearchParameter {
  /** The name in the URL, as `birthdate`. */
  readonly code: string;
  readonly type: SearchParameterType;
  /** The canonical URL of the definition. */
  readonly url: string;
  /** For references: the resource types it may point at; empty means any. */
  readonly targets: readonly string[];
}

/** https://hl7.org/fhir/R4/search.html#token */
export interface TokenValue {
  readonly kind: 'token';
  /** Absent when the element has no system. Of a `code` element, the one system that its required binding implies, if any. */
  readonly system?: string;
  readonly code?: string;
  /** True for elements of type `code`, `boolean` and the like, whose system is implied and not written. */
  readonly systemImplied: boolean;
  /** Whether the code is compared case for case; the code is always kept as written. */
  readonly caseSensitive: boolean;
}

/** https://hl7.org/fhir/R4/search.html#reference. Of an absolute URL the base is kept; `#contained` ones are left out. */
export interface ReferenceValue {
  readonly kind: 'reference';
  /** The reference as written, without its version; empty for a reference that is logical only. */
  readonly url: string;
  readonly type?: string;
  readonly id?: string;
  /** `http://server/base` of an absolute literal reference; absent for a relative one. */
  readonly base?: string;
  readonly version?: string;
  /** For logical references and `:identifier`. */
  readonly identifier?: { readonly system?: string; readonly value?: string };
}

/** https://hl7.org/fhir/R4/search.html#string */
export interface StringValue {
  readonly kind: 'string';
  readonly text: string;
}

/** https://hl7.org/fhir/R4/search.html#date: the interval that the written value stands for, in ms since the epoch. */
export interface DateValue {
  readonly kind: 'date';
  /** Inclusive; -Infinity when the start is open. */
  readonly low: number;
  /** Exclusive; Infinity when the end is open. */
  readonly high: number;
}

export type SearchValue = TokenValue | ReferenceValue | StringValue | DateValue;

export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap';

/** One of the values of a clause, already unescaped. */
export type Criterion =
  | { readonly kind: 'token'; /** '' asks for no system; absent: any. */ readonly system?: string; readonly code?: string }
  | {
      readonly kind: 'reference';
      readonly type?: string;
      readonly id?: string;
      /** Set when the value was a URL. */
      readonly url?: string;
      readonly base?: string;
      readonly version?: string;
    }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'date'; readonly prefix: Prefix; readonly low: number; readonly high: number };

/** What extraction finds for one search parameter of a resource, in document order. */
export interface ExtractedParameter {
  readonly parameter: SearchParameter;
  /** Never empty. */
  readonly values: readonly SearchValue[];
}

/** `parameter:modifier=criterion,criterion`: satisfied when any criterion is (OR); a query is all of its clauses (AND). */
export interface Clause {
  readonly parameter: SearchParameter;
  readonly modifier?: string;
  readonly criteria: readonly Criterion[];
}

export interface SortKey {
  readonly parameter: SearchParameter;
  readonly descending: boolean;
}

export interface SearchQuery {
  readonly type: string;
  /** The store's base URL: an absolute reference under it is a local one. */
  readonly baseUrl: string;
  readonly clauses: readonly Clause[];
  readonly sort: readonly SortKey[];
  /** Matches a page, 1 to 1,000. */
  readonly count: number;
  /** The parameters that were understood, in the order sent, for the self link. */
  readonly applied: readonly (readonly [name: string, value: string])[];
}
