/**
 * What extraction finds in a resource, and what a query asks for, one type per search parameter kind
 * (https://hl7.org/fhir/R4/search.html#ptypes).
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

export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap';

export interface TokenCriterion {
  readonly kind: 'token';
  /** '' asks for no system; absent: any. */
  readonly system?: string;
  readonly code?: string;
  /** Set by `_filter`, whose values are never case-sensitive. */
  readonly anyCase?: true;
}

export interface ReferenceCriterion {
  readonly kind: 'reference';
  readonly type?: string;
  readonly id?: string;
  /** Set when the value was a URL. */
  readonly url?: string;
  readonly base?: string;
  readonly version?: string;
}

export interface StringCriterion {
  readonly kind: 'string';
  readonly text: string;
}

export interface DateCriterion {
  readonly kind: 'date';
  readonly prefix: Prefix;
  readonly low: number;
  readonly high: number;
}

/** A number as asked for: the value itself, and the half-open interval [low, high) that its precision implies. */
export interface ImpliedRange {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface NumberCriterion extends ImpliedRange {
  readonly kind: 'number';
  readonly prefix: Prefix;
}

export interface QuantityCriterion extends ImpliedRange {
  readonly kind: 'quantity';
  readonly prefix: Prefix;
  /** '' or absent: the code is compared with code and unit of any system. */
  readonly system?: string;
  /** Absent: any unit. */
  readonly code?: string;
  /** The same in UCUM's base units, where the unit is UCUM's and converts. */
  readonly canonical?: ImpliedRange & { readonly unit: string };
}

export interface UriCriterion {
  readonly kind: 'uri';
  readonly uri: string;
  /** Of `url|version`. */
  readonly version?: string;
}

/** `near` (https://hl7.org/fhir/R4/location.html#near). */
export interface PositionCriterion {
  readonly kind: 'position';
  readonly latitude: number;
  readonly longitude: number;
  readonly distanceMetres: number;
}

export interface CompositeCriterion {
  readonly kind: 'composite';
  /** One for each component, in the definition's order. */
  readonly components: readonly Criterion[];
}

/** `:missing`. */
export interface MissingCriterion {
  readonly kind: 'missing';
  readonly missing: boolean;
}

/** `:of-type`: `type system|type code|value`. */
export interface IdentifierTypeCriterion {
  readonly kind: 'identifier-type';
  readonly system?: string;
  readonly code: string;
  readonly value: string;
}

/** Text that is looked for in displays (`:text`), in the narrative (`_text`) or in the whole resource (`_content`). */
export interface TextCriterion {
  readonly kind: 'text';
  readonly text: string;
}

/** `:in` and `:not-in` as asked for: the canonical URL or `ValueSet/id`. Resolved to a `CodeSetCriterion` before the search runs. */
export interface ValueSetCriterion {
  readonly kind: 'value-set';
  readonly valueSet: string;
}

/** The codes that `:in`, `:not-in`, `:above` and `:below` stand for. */
export interface CodeSetCriterion {
  readonly kind: 'code-set';
  readonly codes: CodeSet;
}

/** A resolved set of codes. */
export interface CodeSet {
  /** @param systemImplied true for `code` elements, whose system may be unknown: then the code alone decides. */
  includes(coding: Coding, systemImplied: boolean): boolean;
  /** Every member, where they can be listed; absent for sets like "all of a system". */
  readonly members?: readonly Coding[];
}

/** One of the values of a clause, already unescaped. */
export type Criterion =
  | TokenCriterion | ReferenceCriterion | StringCriterion | DateCriterion | NumberCriterion | QuantityCriterion | UriCriterion
  | PositionCriterion | CompositeCriterion | MissingCriterion | IdentifierTypeCriterion | TextCriterion | ValueSetCriterion
  | CodeSetCriterion;

/** What extraction finds for one search parameter of a resource, in document order. */
export interface ExtractedParameter {
  readonly parameter: SearchParameter;
  /** Never empty. */
  readonly values: readonly SearchValue[];
}

/** https://hl7.org/fhir/R4/search.html#modifiers; a resource type is the modifier of a reference. */
export type Modifier =
  | 'missing' | 'exact' | 'contains' | 'not' | 'text' | 'in' | 'not-in' | 'below' | 'above' | 'of-type' | 'identifier'
  | FilterModifier;

/**
 * What `_filter` asks beyond the modifiers (https://hl7.org/fhir/R4/search_filter.html#ops). Of strings: the whole text is
 * equal, starts or ends so, whatever its case and accents. Of dates: a value's period includes that of the criterion, or
 * overlaps it. Of strings, tokens and uris: some value is another one.
 */
export type FilterModifier = 'equals' | 'starts-with' | 'ends-with' | 'includes' | 'overlaps' | 'unequal';

/**
 * `parameter:modifier=criterion,criterion`: satisfied when any criterion is (OR); a query is all of its clauses (AND).
 * `parameter:[type]` has no modifier here: its criteria carry the type.
 */
export interface Clause {
  readonly parameter: SearchParameter;
  readonly modifier?: Modifier;
  readonly criteria: readonly Criterion[];
}

/** Clauses joined: what `_filter` says, and the membership of a compartment. */
export type Condition =
  | { readonly operator: 'and' | 'or'; readonly conditions: readonly Condition[] }
  | { readonly operator: 'not'; readonly condition: Condition }
  | { readonly operator: 'clause'; readonly clause: Clause }
  /** Of what was read in the note of a document (note-entities.ts). */
  | { readonly operator: 'entity'; readonly entity: EntityCondition };

/** What is told of an entity that was read in a note, or of one of its concepts. */
export type EntityPart = 'text' | 'category' | 'type' | 'score' | 'concept-code' | 'concept-description' | 'concept-score';

/** The extension that an operation's answer stands in. */
export type EntitySource = 'detect-entities' | 'infer-icd10' | 'infer-rxnorm';

/** What has to hold of an entity; codes are in small letters. */
export type EntityTest =
  | { readonly part: EntityPart; readonly kind: 'string'; readonly criterion: StringCriterion }
  | { readonly part: EntityPart; readonly kind: 'code'; readonly code: string }
  | { readonly part: EntityPart; readonly kind: 'number'; readonly criterion: NumberCriterion };

/** Of one entity, and of one of its concepts where it is about concepts, all tests of one of the alternatives hold. */
export interface EntityCondition {
  readonly source: EntitySource;
  readonly alternatives: readonly (readonly EntityTest[])[];
}

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
