/** A function of a path as it is called, and what compiles it. */
import type { ComputingCall, ComputingExpression } from '../../fhir/path/expression.ts';
import type { Value } from './path-value.ts';
import type { Scope } from './scope.ts';

export interface Called {
  /** What stands before the dot. */
  readonly from: Value;
  readonly call: ComputingCall;
  readonly scope: Scope;
  /** Compiles an argument. */
  readonly compile: (expression: ComputingExpression, scope: Scope) => Value;
}

/** @throws PathError where it is called wrongly */
export type PathFunction = (called: Called) => Value;
