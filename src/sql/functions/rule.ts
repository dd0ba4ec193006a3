/** A function of the subset: how Athena calls it, what it takes, and how DuckDB says the same. */
import type { SqlType } from '../ast.ts';
import type { Typed } from '../typed.ts';

export interface FunctionRule {
  /** As Athena names it. */
  readonly name: string;
  /** As in `signature.ts`; the first that takes the operands is meant. */
  readonly signatures: readonly string[];
  /** An ordinary function where absent. */
  readonly kind?: 'aggregate' | 'window';
  /** Where the answer, or what is taken, is less than Trino's; stands in docs/sql-dialect.md. */
  readonly note?: string;
  readonly duckDb: (operands: readonly string[], call: Call) => string;
  /** A result that a signature cannot say: of decimals. */
  readonly result?: (call: Omit<Call, 'result'>) => SqlType | undefined;
  /** Also where a client's clocks are: the timestamp of a moment in its own zone. */
  readonly local?: (operands: readonly string[], call: Call) => string;
  /** What the parameters of the n-th operand, a lambda, are within it. */
  readonly lambdaFields?: (names: readonly string[], operand: number) => readonly string[];
}

export interface Call {
  readonly operands: readonly Typed[];
  /** Of the operands, once they stand for what the signature wants. */
  readonly types: readonly SqlType[];
  readonly result: SqlType;
  /** Of an aggregate: `DISTINCT `, ` ORDER BY …`, and ` FILTER (…) OVER (…)`, where written. */
  readonly distinct: string;
  readonly order: string;
  readonly behind: string;
  /** @throws what refuses the operand, or the call */
  readonly fault: (reason: string, operand?: number) => Error;
}

/** An aggregate or a window function that DuckDB has as well. */
export function aggregate(name: string, operands: readonly string[], { distinct, order, behind }: Call): string {
  return `${name}(${distinct}${operands.join(', ')}${order})${behind}`;
}

/** A function that DuckDB has under this name. */
export const same = (name: string) => (operands: readonly string[]): string => `${name}(${operands.join(', ')})`;

/** The text of an operand that must be a literal. */
export function literalOperand(call: Call, operand: number, what: string): string {
  const expression = call.operands[operand]?.expression;
  if (expression?.kind !== 'string') throw call.fault(`${what} is a literal.`, operand);
  return expression.value;
}

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
