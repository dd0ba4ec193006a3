/** Statements that name views which are brought along: these become their first common tables. */
import type { Query } from '../ast.ts';
import { shippedViewNames, shippedViews } from './shipped-views.ts';

/** The statement with the definitions of those views that it may mean; what it defines itself by such a name goes before them. */
export function withViews(query: Query): Query {
  const own = new Set(query.with?.map(({ name }) => name.toLowerCase()));
  const used = [...namesOf(query)].filter((name) => shippedViewNames.includes(name) && !own.has(name));
  if (used.length === 0) return query;
  const views = shippedViews();
  return { ...query, with: [...used.map((name) => ({ name, query: views.get(name)!.query })), ...(query.with ?? [])] };
}

/** Of all tables that are named anywhere in it, in lower case. */
function namesOf(query: Query): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting: unknown[] = [query];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if ('kind' in next && next.kind === 'table' && 'name' in next && typeof next.name === 'string' && !('schema' in next && next.schema !== undefined)) found.add(next.name.toLowerCase());
    waiting.push(...Object.values(next));
  }
  return found;
}
