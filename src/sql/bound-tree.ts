/** Holds a tree to the bounds of `limits.ts`, without going down by the stack itself. */
import type { Query } from './ast.ts';
import { maxExpressionHeight, maxNodes, maxTreeHeight } from './limits.ts';

interface Waiting {
  readonly value: object;
  readonly height: number;
  /** Of the expression that it is in. */
  readonly inExpression: number;
  readonly at: number;
}

/** Operators whose chains DuckDB plans at once. */
const chained: ReadonlySet<unknown> = new Set(['and', 'or', '||']);
/** No part of an expression: within them others begin. */
const around: ReadonlySet<unknown> = new Set(['query', 'select', 'values', 'union', 'intersect', 'except', 'join', 'table', 'subquery', 'unnest']);

/** @throws what `fault` makes of the place and the reason */
export function boundTree(query: Query, fault: (at: number, reason: string) => Error) {
  const waiting: Waiting[] = [{ value: query, height: 0, inExpression: 0, at: 0 }];
  let nodes = 0;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { kind, operator, at: own } = next.value as { readonly kind?: unknown; readonly operator?: unknown; readonly at?: unknown };
    const step = kind === undefined ? 0 : 1;
    const height = next.height + step;
    const inExpression = around.has(kind) ? 0 : next.inExpression + (chained.has(operator) ? 0 : step);
    const at = typeof own === 'number' ? own : next.at;
    nodes += step;
    if (height > maxTreeHeight) throw fault(at, `Joined or nested more than ${maxTreeHeight} times: use IN, arrays or WITH.`);
    if (inExpression > maxExpressionHeight) throw fault(at, `An expression is nested, or joined by operators, more than ${maxExpressionHeight} times: use reduce, aggregates or WITH.`);
    if (nodes > maxNodes) throw fault(at, `A statement has at most ${maxNodes} names, literals and operators.`);
    for (const value of Object.values(next.value)) {
      if (typeof value === 'object' && value !== null) waiting.push({ value: value as object, height, inExpression, at });
    }
  }
}
