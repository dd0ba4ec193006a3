/** A SearchParameter as the store keeps it beside its index (https://hl7.org/fhir/R4/searchparameter.html): plain JSON. */
import type { SimpleType } from '../reader-names.ts';
import type { SearchParameterType } from '../values.ts';

export interface CustomDefinition {
  /** Canonical; one definition of a URL is in force at a time. */
  readonly url: string;
  readonly version?: string;
  readonly code: string;
  readonly type: SearchParameterType;
  /** Resource types, `Resource` and `DomainResource` among them, in the order of the alphabet. */
  readonly base: readonly string[];
  readonly expression: string;
  /** Of a reference: what it may lead to; empty for anything. */
  readonly targets: readonly string[];
  /** Of a composite. */
  readonly components?: readonly CustomComponent[];
}

/** With what the definition of the component says. */
export interface CustomComponent {
  readonly code: string;
  readonly type: SimpleType;
  readonly targets: readonly string[];
  readonly expression: string;
}

/** What is known of the SearchParameter that a component names. */
export interface ComponentDefinition {
  readonly code: string;
  readonly type: SearchParameterType;
  readonly targets: readonly string[];
}

/** From a canonical URL without its version. */
export type DefinitionOf = (url: string) => ComponentDefinition | undefined;
