/** What a query asks of the values of a parameter, one type per search parameter kind (https://hl7.org/fhir/R4/search.html#ptypes). */
import type { Coding, SearchParameter } from './values.ts';

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
