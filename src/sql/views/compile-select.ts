/**
 * Selects of a view as arrays of rows: https://build.fhir.org/ig/FHIR/sql-on-fhir-v2/StructureDefinition-ViewDefinition.html#processing-algorithm.
 *
 * Each iteration is a `transform` over the collection that it iterates, within which stand the selects that follow, so that
 * a row is made once, where all of its columns are known. So a view reads its table once, whatever it multiplies and unites.
 */
import type { Expression } from '../ast.ts';
import { compileColumn } from './compile-column.ts';
import { flattened, placesOf, showsPlace, valueOf } from './iteration.ts';
import type { Row, SelectContext } from './iteration.ts';
import * as sql from './nodes.ts';
import type { Many, One, Value } from './path-value.ts';
import { bound, dense, empty, one, present } from './path-value.ts';
import { repeated } from './repeat.ts';
import type { Path, Select } from './view-definition.ts';
import { viewError } from './view-issues.ts';

/** Goes on with a row: to the selects that follow, and to an array of rows. */
export type Next = (row: Row) => Expression;

/** A row so far, and what becomes of it. */
interface Course {
  readonly row: Row;
  readonly next: Next;
}

/** @returns an array of rows, null for none. @throws ViewError */
export function compileSelects(selects: readonly Select[], context: SelectContext, { row, next }: Course): Expression {
  const [first, ...rest] = selects;
  if (first === undefined) return next(row);
  return compileSelect(first, context, { row, next: (found) => compileSelects(rest, context, { row: found, next }) });
}

function compileSelect(select: Select, context: SelectContext, course: Course): Expression {
  const { iteration } = select;
  const body = (inner: SelectContext) => withoutIteration(select, inner, course);
  if (iteration === undefined) return body(context);
  const { outer: _outer, places: _places, ...inner } = context;
  if (iteration.kind === 'repeat') return repeated(select, inner, body);
  const path = iteration.paths[0]!;
  return iterated(valueOf(path, context.scope), { select, path, context: inner, body });
}

function withoutIteration({ columns, selects, unionAll }: Select, context: SelectContext, { row, next }: Course): Expression {
  const { scope, outer, types } = context;
  const found = new Map(row);
  for (const column of columns) {
    const compiled = compileColumn(column, { ...scope, context: scope.focus });
    types.add(column, compiled);
    const isPlace = column.path.expression.kind === 'root' && column.path.text.trim() === '%rowIndex';
    if (isPlace) context.places?.add(column.name);
    else if (context.places !== undefined && column.path.text.includes('%rowIndex')) {
      throw viewError('not-supported', 'Of a repeat, %rowIndex is the whole path of a column.', column.path.at);
    }
    (outer ?? found).set(column.name, isPlace ? compiled.sql : unlessAbsent(compiled.sql, context));
  }
  return compileSelects(selects, context, {
    row: found,
    next: (all) => (unionAll.length === 0 ? next(all) : united(unionAll, context, { row: all, next })),
  });
}

function unlessAbsent(expression: Expression, { isAbsent }: SelectContext): Expression {
  return isAbsent === undefined || isOfItem(expression) ? expression : sql.when(sql.not(isAbsent), expression);
}

/** Whether an expression is null without its item anyway. */
function isOfItem(expression: Expression): boolean {
  return expression.kind === 'field' && (expression.of.kind === 'name' || isOfItem(expression.of));
}

function united(branches: readonly Select[], { outer: _outer, ...context }: SelectContext, course: Course): Expression {
  const arrays = branches.map((branch, index) => {
    const rows = compileSelect(branch, context, course);
    // Without an item there is one row, not one for each branch.
    const once = context.isAbsent === undefined || index === 0 ? rows : sql.when(sql.not(context.isAbsent), rows);
    return isArray(once) ? once : sql.call('coalesce', once, sql.array());
  });
  return arrays.length === 1 ? arrays[0]! : sql.call('concat', ...arrays);
}

function isArray(expression: Expression): boolean {
  return expression.kind === 'array';
}

interface Iterated {
  readonly select: Select;
  readonly path: Path;
  readonly context: SelectContext;
  readonly body: (context: SelectContext) => Expression;
}

function iterated(value: Exclude<Value, { kind: 'choice' }>, iteration: Iterated): Expression {
  if (value.kind === 'empty') return overNothing(iteration);
  return value.kind === 'one' ? overOne(value, iteration) : overMany(value, iteration);
}

function isOrNull({ select }: Iterated): boolean {
  return select.iteration?.kind === 'forEachOrNull';
}

/** The body is compiled all the same: for its faults, and for the types of its columns. */
function overNothing(iteration: Iterated): Expression {
  const { context, body } = iteration;
  const { scope, isAbsent } = context;
  const always = isOrNull(iteration) ? sql.boolean(true) : isAbsent;
  const rows = body({ ...context, scope: { ...scope, focus: empty, rowIndex: sql.number('0') }, ...(always === undefined ? {} : { isAbsent: always }) });
  if (isOrNull(iteration)) return rows;
  return isAbsent === undefined ? sql.array() : sql.when(isAbsent, rows);
}

function overOne(value: One, iteration: Iterated): Expression {
  const { context, body } = iteration;
  const { scope, isAbsent } = context;
  const inner = { ...scope, focus: one(value.item, value.condition), rowIndex: sql.number('0') };
  const there = present(value);
  if (isOrNull(iteration)) return body({ ...context, scope: inner, isAbsent: sql.not(there) });
  const rows = body({ ...context, scope: inner });
  if (there.kind === 'boolean') return rows;
  return sql.when(isAbsent === undefined ? there : sql.binary('or', isAbsent, there), rows);
}

function overMany(many: Many, iteration: Iterated): Expression {
  const { context: { scope, isAbsent } } = iteration;
  const items = dense(many, scope.fresh);
  if (!isOrNull(iteration) && isAbsent === undefined) return overItems(many, items, iteration);
  return bound(items, scope.fresh, (found) => {
    const isFilled = sql.binary('>', sql.call('cardinality', found), sql.number('0'));
    const oneNull = sql.array(sql.nothing);
    const otherwise = isOrNull(iteration) ? oneNull : sql.when(isAbsent!, oneNull);
    return overItems(many, sql.when(isFilled, found, otherwise), iteration);
  });
}

function overItems(many: Many, items: Expression, iteration: Iterated): Expression {
  const { select, context } = iteration;
  const { fresh } = context.scope;
  if (!showsPlace(select)) {
    const variable = fresh();
    return flattened(items, variable, ofElement(many, { element: sql.name(variable), rowIndex: sql.number('0') }, iteration));
  }
  return bound(items, fresh, (found) => {
    const variable = fresh();
    const place = sql.name(variable);
    const index = sql.cast(sql.binary('-', place, sql.number('1')), sql.named('integer'));
    // Taken out of the array once, not for each column.
    const rows = bound(sql.elementAt(found, place), fresh, (element) => ofElement(many, { element, rowIndex: index }, iteration));
    return flattened(placesOf(found), variable, rows);
  });
}

interface Iterate {
  readonly element: Expression;
  readonly rowIndex: Expression;
}

function ofElement(many: Many, { element, rowIndex }: Iterate, iteration: Iterated): Expression {
  const { context, body } = iteration;
  const scope = { ...context.scope, focus: one(many.item(element)), rowIndex };
  const canBeAbsent = isOrNull(iteration) || context.isAbsent !== undefined;
  return body({ ...context, scope, ...(canBeAbsent ? { isAbsent: sql.isNull(element) } : {}) });
}
