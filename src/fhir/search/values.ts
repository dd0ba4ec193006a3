/**
 * What extraction finds in a resource, one type per search parameter kind (https://hl7.org/fhir/R4/search.html#ptypes). What a query asks
 * for is in criteria.ts.
 */
import type { Resource } from '../resource.ts';

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
  /** For composites: the parameters whose values are its components. */
  readonly components?: readonly ComponentParameter[];
  /** Of a parameter that a data store has beyond R4's. */
  readonly custom?: CustomParameter;
}

/** How a parameter that a SearchParameter resource defines is filed and found; R4's own have generated functions. */
export interface CustomParameter {
  /** The name of its family in the index: another for every other definition, so that old entries never answer for new ones. */
  readonly family: string;
  /**
   * Adds what the expression selects in a resource of the type, in document order.
   *
   * @throws FhirError 422, whatever the resource's shape, only where it would look at more than `maxElementsSelected` elements
   */
  readonly extract: (resource: Resource, values: SearchValue[]) => void;
}

/** One component of a composite: how its part of the value is written. */
export interface ComponentParameter {
  readonly code: string;
  readonly type: SearchParameterType;
  readonly targets: readonly string[];
}

/** https://hl7.org/fhir/R4/search.html#token */
export interface TokenValue {
  readonly kind: 'token';
  /** Absent when the element has no system. Of a `code` element, the one system that its required binding implies, if any. */
  readonly system?: string;
  /** Absent for a coding without a code, and for the text of a concept, which is a value of its own. */
  readonly code?: string;
  /** True for elements of type `code`, `boolean` and the like, whose system is implied and not written. */
  readonly systemImplied: boolean;
  /** Whether the code is compared case for case; the code is always kept as written. */
  readonly caseSensitive: boolean;
  /** What `:text` searches: the display of a coding, the text of a concept, the text of an identifier's type. */
  readonly text?: string;
  /** The codings of an identifier's type, for `:of-type`. */
  readonly types?: readonly Coding[];
}

export interface Coding {
  readonly system?: string;
  readonly code?: string;
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

/** A closed interval of numbers: a single number has equal ends; an open end is infinite. */
export interface NumberRange {
  readonly low: number;
  readonly high: number;
}

/** https://hl7.org/fhir/R4/search.html#number. Numbers of resources are exact, whatever their precision. */
export interface NumberValue extends NumberRange {
  readonly kind: 'number';
}

/**
 * https://hl7.org/fhir/R4/search.html#quantity. A comparator opens an end (`<5` is all below 5: `high` is the largest
 * double under it), a Range has both.
 */
export interface QuantityValue extends NumberRange {
  readonly kind: 'quantity';
  readonly system?: string;
  readonly code?: string;
  /** The unit as people read it. */
  readonly unit?: string;
  /** The same in UCUM's base units, where the unit is UCUM's and converts. */
  readonly canonical?: CanonicalQuantity;
}

/** In UCUM's base units (`g`, `m`, `s` …), rounded to 12 digits. */
export interface CanonicalQuantity extends NumberRange {
  readonly unit: string;
}

/** https://hl7.org/fhir/R4/search.html#uri. Of a canonical the version is kept apart. */
export interface UriValue {
  readonly kind: 'uri';
  /** As written, but for the version of a canonical. */
  readonly uri: string;
  /** The business version that a canonical asks for, or that the resource has whose URL this is. */
  readonly version?: string;
}

/** A place on earth in degrees (https://hl7.org/fhir/R4/location.html#positional). */
export interface PositionValue {
  readonly kind: 'position';
  readonly latitude: number;
  readonly longitude: number;
}

/** https://hl7.org/fhir/R4/search.html#composite: of one element, the values of each component in the definition's order. */
export interface CompositeValue {
  readonly kind: 'composite';
  readonly components: readonly (readonly SearchValue[])[];
}

export type SearchValue =
  | TokenValue | ReferenceValue | StringValue | DateValue | NumberValue | QuantityValue | UriValue | PositionValue | CompositeValue;

/** What extraction finds for one search parameter of a resource, in document order. */
export interface ExtractedParameter {
  readonly parameter: SearchParameter;
  /** Never empty. */
  readonly values: readonly SearchValue[];
}
