/** Holds a tree to the bounds of `limits.ts`, without going down by the stack itself. */
import type { Query } from './ast.ts';
import { maxNodes, maxTreeHeight } from './limits.ts';

/** @throws what `fault` makes of the place and the reason */
export function boundTree(query: Query, fault: (at: number, reason: string) => Error) {
  const waiting: { readonly value: object; readonly height: number; readonly at: number }[] = [{ value: query, height: 0, at: 0 }];
  let nodes = 0;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const isNode = 'kind' in next.value;
    const height = next.height + (isNode ? 1 : 0);
    const at = 'at' in next.value && typeof next.value.at === 'number' ? next.value.at : next.at;
    nodes += isNode ? 1 : 0;
    if (height > maxTreeHeight) throw fault(at, `Joined or nested more than ${maxTreeHeight} times: use IN, arrays or WITH.`);
    if (nodes > maxNodes) throw fault(at, `A statement has at most ${maxNodes} names, literals and operators.`);
    for (const value of Object.values(next.value)) {
      if (typeof value === 'object' && value !== null) waiting.push({ value: value as object, height, at });
    }
  }
}
