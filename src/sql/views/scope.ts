/** Where an expression of a view stands: what it begins from, and what it may name. */
import type { Expression } from '../ast.ts';
import type { Fresh, One, Value } from './path-value.ts';

export interface Scope {
  /** `$this`: what a path begins from. */
  readonly focus: Value;
  /** `%context`: what the expression as a whole is evaluated on. */
  readonly context: Value;
  /** `%resource`. */
  readonly resource: One;
  /** `%rowIndex`: from 0 in the collection that is iterated. */
  readonly rowIndex: Expression;
  /** By name; each a scalar that was written in the view. */
  readonly constants: ReadonlyMap<string, One>;
  readonly fresh: Fresh;
  /** Takes what is no error and is likely not meant. */
  readonly warn: (reason: string) => void;
}
