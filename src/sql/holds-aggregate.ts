/** Does an expression compute over a group? Subqueries within it do so on their own. */
import type { Expression } from './ast.ts';
import { isAggregate } from './functions/table.ts';

export function holdsAggregate(expression: Expression): boolean {
  const waiting: unknown[] = [expression];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if ('kind' in next && next.kind === 'query') continue;
    if ('kind' in next && next.kind === 'call' && 'name' in next && typeof next.name === 'string' && isAggregate(next.name) && !('over' in next && next.over)) return true;
    waiting.push(...Object.values(next));
  }
  return false;
}
