/** What the iterations of a view have in common: where they stand, what they iterate, and how their rows become one array. */
import { PathError } from '../../fhir/path/path-error.ts';
import type { Expression } from '../ast.ts';
import type { ColumnTypes } from './column-types.ts';
import { compilePath } from './compile-path.ts';
import * as sql from './nodes.ts';
import type { Value } from './path-value.ts';
import { pathFault } from './read-elements.ts';
import type { Scope } from './scope.ts';
import type { Path, Select } from './view-definition.ts';
import { viewError } from './view-issues.ts';

/** The columns of a row, as far as they are known. */
export type Row = ReadonlyMap<string, Expression>;

export interface SelectContext {
  readonly scope: Scope;
  /** Takes the columns that are outside of every iteration; absent within one. */
  readonly outer?: Map<string, Expression>;
  /** Whether the row is the one of a forEachOrNull without items, where columns are null. */
  readonly isAbsent?: Expression;
  /** Takes the names of columns that show the place in a `repeat`, which is known when its rows are made. */
  readonly places?: Set<string>;
  readonly types: ColumnTypes;
  /** The columns of a row in the order in which it is made; known once its last column is compiled. */
  readonly rowColumns: () => readonly string[];
}

/** What a path of a view leads to. @throws ViewError */
export function valueOf(path: Path, scope: Scope): Exclude<Value, { kind: 'choice' }> {
  try {
    const value = compilePath(path.expression, { ...scope, context: scope.focus });
    if (value.kind === 'choice') throw viewError('invalid', 'The path leads to a choice of types: say of which by ofType(…).', path.at);
    return value;
  } catch (error) {
    if (error instanceof PathError) throw pathFault(error, path.at);
    throw error;
  }
}

/** 1, 2, … of an array; null of an empty one, which `sequence` would count backwards. */
export function placesOf(items: Expression): Expression {
  const size = sql.call('cardinality', items);
  return sql.when(sql.binary('>', size, sql.number('0')), sql.call('sequence', sql.number('1'), size));
}

/** The rows of all elements. */
export function flattened(items: Expression, variable: string, rows: Expression): Expression {
  const [only, ...more] = rows.kind === 'array' ? rows.elements : [];
  if (only !== undefined && more.length === 0) return sql.call('transform', items, sql.lambda(variable, only));
  return sql.call('flatten', sql.call('transform', items, sql.lambda(variable, rows)));
}

/** Whether a select shows the place in what it iterates: itself, or in what lies in it without an iteration of its own. */
export function showsPlace(select: Select): boolean {
  if (select.columns.some(({ path }) => path.text.includes('%rowIndex'))) return true;
  return [...select.selects, ...select.unionAll].some(({ iteration, ...inner }) =>
    (iteration === undefined ? showsPlace(inner) : iteration.paths.some(({ text }) => text.includes('%rowIndex'))));
}
