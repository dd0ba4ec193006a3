/**
 * A ViewDefinition that has been read: https://build.fhir.org/ig/FHIR/sql-on-fhir-v2/StructureDefinition-ViewDefinition.html
 * (SQL on FHIR v2). `at` is the element that something was read from, for the reasons of a refusal.
 */
import type { ComputingExpression } from '../../fhir/path/expression.ts';
import type { SqlType } from '../ast.ts';
import type { One } from './path-value.ts';

/** Selects within each other: far more than anybody writes, and far from what the stack takes. */
export const maxSelectNesting = 16;
/** Columns, selects and conditions of a view: a table of more columns than this is none that anybody reads. */
export const maxViewParts = 1000;
/** Characters of one path; the longest of the published views has 200. */
export const maxPathLength = 4000;

export interface ViewDefinition {
  /** The resource type. */
  readonly resource: string;
  readonly constants: ReadonlyMap<string, One>;
  readonly selects: readonly Select[];
  readonly where: readonly Path[];
}

export interface Path {
  readonly text: string;
  readonly expression: ComputingExpression;
  readonly at: string;
}

export interface Select {
  readonly iteration?: Iteration;
  readonly columns: readonly Column[];
  readonly selects: readonly Select[];
  readonly unionAll: readonly Select[];
  readonly at: string;
}

export interface Iteration {
  readonly kind: 'forEach' | 'forEachOrNull' | 'repeat';
  /** One, except of `repeat`. */
  readonly paths: readonly Path[];
}

export interface Column {
  readonly name: string;
  readonly path: Path;
  /** A FHIR type. */
  readonly type?: string;
  readonly isCollection: boolean;
  /** Of the tag `ansi/type`: the SQL type that the column is wanted in. */
  readonly sqlType?: SqlType;
  readonly at: string;
}
