/** The tables that a query reads, in lower case: what stands behind FROM and is no common table of its own. */
import type { Query } from '../../sql/ast.ts';

export function tablesOf(query: Query): readonly string[] {
  const found = new Set<string>();
  visit(query, new Set(), found);
  return [...found].sort((one, other) => (one < other ? -1 : 1));
}

/** A common table is seen by those after it, and by the query it stands before. */
function visit(node: unknown, common: ReadonlySet<string>, found: Set<string>): void {
  if (Array.isArray(node)) {
    for (const each of node) visit(each, common, found);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const { kind, name, with: tables = [] } = node as { readonly kind?: string; readonly name?: string; readonly with?: Query['with'] };
  if (kind === 'table' && name !== undefined && !common.has(name.toLowerCase())) found.add(name.toLowerCase());
  const seen = new Set(common);
  for (const table of tables) {
    visit(table.query, seen, found);
    seen.add(table.name.toLowerCase());
  }
  for (const [member, value] of Object.entries(node)) if (member !== 'with') visit(value, seen, found);
}
