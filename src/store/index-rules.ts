/**
 * The part of the rules of the index that changes while a store lives: its search parameters beyond R4's, each with what
 * is done about it at the moment. One item keeps them. See docs/store.md.
 */
import type { SearchParameterType } from '../fhir/search/values.ts';

/** A parameter as a SearchParameter resource defines it. */
export interface CustomDefinition {
  readonly url: string;
  readonly code: string;
  readonly type: SearchParameterType;
  readonly base: readonly string[];
}
