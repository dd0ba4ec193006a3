/**
 * `repeat`: the elements that paths lead to, and from those to others, each before those below it
 * (https://build.fhir.org/ig/FHIR/sql-on-fhir-v2/StructureDefinition-ViewDefinition-definitions.html#ViewDefinition.select.repeat).
 *
 * SQL has no recursion within a row, so that the levels are written one below the other: rows first, as the table has them,
 * then the JSON texts below the table's bound of recursion, which are alike on every level.
 */
import type { Expression } from '../ast.ts';
import { fieldName } from './column-types.ts';
import { typeOf } from './elements.ts';
import { flattened, placesOf, showsPlace, valueOf } from './iteration.ts';
import type { SelectContext } from './iteration.ts';
import * as sql from './nodes.ts';
import type { Item, Many, One, Value } from './path-value.ts';
import { bound, empty, isItem, itemSql, jsonAt, one } from './path-value.ts';
import type { Path, Select } from './view-definition.ts';
import { viewError } from './view-issues.ts';

/**
 * Levels of elements below each other. Published questionnaires stay under five; each level makes the statement longer,
 * and a resource with more of them makes it fail instead of losing some.
 */
const maxRepeatDepth = 10;

/** Places in the table from which a level is written: two paths of three typed levels come to fourteen. */
const maxPlaces = 40;

interface Repeat {
  readonly paths: readonly Path[];
  readonly select: Select;
  readonly context: SelectContext;
  /** The rows of one element. */
  readonly rowsOf: (item: Item) => Expression;
  readonly written: { places: number };
}

/** @returns an array of rows, null for none */
export function repeated(select: Select, context: SelectContext, body: (context: SelectContext) => Expression): Expression {
  const { scope } = context;
  const rowsOf = (focus: Value, places?: Set<string>) => body({
    ...context,
    scope: { ...scope, focus, rowIndex: sql.cast(sql.nothing, sql.named('integer')) },
    ...(places === undefined ? {} : { places }),
  });
  const places = new Set<string>();
  const paths = select.iteration!.paths;
  // With none of the elements the body is compiled all the same, for its faults and the types of its columns.
  if (paths.every((path) => valueOf(path, scope).kind === 'empty')) {
    const rows = rowsOf(empty);
    return context.isAbsent === undefined ? sql.array() : sql.when(context.isAbsent, rows);
  }
  const isCounted = showsPlace(select);
  const elementRows = (item: Item) => rowsOf(one(item), places);
  const repeat: Repeat = {
    paths, select, context, written: { places: 0 },
    rowsOf: (item) => (isCounted ? sql.array(elementRows(item)) : elementRows(item)),
  };
  const rows = below(scope.focus, repeat, 1);
  const all = isCounted ? counted(rows, places, context) : rows;
  return context.isAbsent === undefined ? all : sql.when(context.isAbsent, rowsOf(empty), all);
}

/** The rows of all elements below some. */
function below(focus: Value, repeat: Repeat, depth: number): Expression {
  const { paths, context: { scope } } = repeat;
  const values = paths.map((path) => valueOf(path, { ...scope, focus })).filter((value) => value.kind !== 'empty');
  // Texts of one type are alike wherever they are from: they are written once.
  const isTexts = values.length > 0 && values.every((value) => isText(value) && typeOf(value) === typeOf(values[0]!));
  if (isTexts) return ofTexts(values, repeat, depth);
  return concatenated(values.map((value) => (isText(value) ? ofTexts([value], repeat, depth) : ofRows(value, repeat, depth))));
}

function isText(value: One | Many): boolean {
  const item = value.kind === 'one' ? value.item : value.item(sql.nothing);
  return item.form.kind === 'json';
}

function ofRows(value: One | Many, repeat: Repeat, depth: number): Expression {
  const { context: { scope: { fresh } }, rowsOf, select } = repeat;
  countPlace(repeat);
  if (depth > maxRepeatDepth) throw viewError('too-costly', 'The paths of repeat lead deeper than the table has rows.', `${select.at}.repeat`);
  if (value.kind === 'one') return sql.when(isItem(value.item), concatenated([rowsOf(value.item), below(value, repeat, depth + 1)]));
  const variable = fresh();
  const item = value.item(sql.name(variable));
  return flattened(value.source, variable, concatenated([rowsOf(item), below(one(item), repeat, depth + 1)]));
}

function countPlace({ written, select }: Repeat) {
  if (++written.places > maxPlaces) throw viewError('too-costly', 'The paths of repeat lead to too many places: repeat fewer of them.', `${select.at}.repeat`);
}

/** Elements in JSON texts: first each before those below it, then the rows of all. */
function ofTexts(values: readonly (One | Many)[], repeat: Repeat, depth: number): Expression {
  const { context: { scope: { fresh } }, rowsOf } = repeat;
  countPlace(repeat);
  const type = typeOf(values[0]!);
  const variable = fresh();
  const all = withThoseBelow(concatenated(values.map((value) => textsOf(value, fresh))), { type, repeat, depth });
  return flattened(all, variable, rowsOf(textItem(type, sql.name(variable))));
}

function textItem(type: string, base: Expression): Item {
  return { type, form: { kind: 'json', base, path: '$' } };
}

interface Level {
  readonly type: string;
  readonly repeat: Repeat;
  readonly depth: number;
}

function withThoseBelow(texts: Expression, { type, repeat, depth }: Level): Expression {
  const { paths, select, context: { scope } } = repeat;
  const variable = scope.fresh();
  const base = sql.name(variable);
  const from = one(textItem(type, base));
  const children = paths.map((path) => valueOf(path, { ...scope, focus: from })).filter((each) => each.kind !== 'empty');
  if (children.some((each) => typeOf(each) !== type)) {
    throw viewError('not-supported', 'Below the rows of the table, the paths of repeat lead to elements of one type only.', `${select.at}.repeat`);
  }
  if (children.length === 0) return texts;
  const next = concatenated(children.map((each) => textsOf(each, scope.fresh)));
  const deeper = depth < maxRepeatDepth ? withThoseBelow(next, { type, repeat, depth: depth + 1 }) : refusedTexts(next);
  return flattened(texts, variable, concatenated([sql.array(base), deeper]));
}

/** Elements as an array of JSON. */
function textsOf(value: Value, fresh: () => string): Expression {
  if (value.kind === 'one') return sql.when(isItem(value.item), sql.array(asJson(value.item)));
  if (value.kind !== 'many') throw new Error('Elements are expected');
  const variable = fresh();
  const item = value.item(sql.name(variable));
  const isJson = value.source.kind === 'cast';
  return isJson ? value.source : sql.call('transform', value.source, sql.lambda(variable, asJson(item)));
}

function asJson(item: Item): Expression {
  if (item.form.kind !== 'json') return itemSql(item);
  return item.form.path === '$' ? sql.call('json_extract', item.form.base, sql.text('$')) : jsonAt(item.form);
}

/** No elements, or a failure that says that there are more levels. */
function refusedTexts(texts: Expression): Expression {
  const failure = sql.cast(sql.text(`more than ${maxRepeatDepth} levels of elements in repeat`), sql.named('bigint'));
  const hasMore = sql.binary('>', sql.call('cardinality', texts), sql.number('0'));
  return sql.elementAt(sql.array(texts), sql.when(hasMore, failure, sql.number('2')));
}

function concatenated(arrays: readonly Expression[]): Expression {
  const safe = arrays.map((each) => (each.kind === 'array' ? each : sql.call('coalesce', each, sql.array())));
  const [only] = arrays;
  if (only === undefined) return sql.array();
  return arrays.length === 1 ? only : sql.call('concat', ...safe);
}

/** Writes the place of each element into its rows. @param elements an array of rows for each element */
function counted(elements: Expression, places: ReadonlySet<string>, { scope, types, rowColumns }: SelectContext): Expression {
  const names = rowColumns();
  const fields = names.map((name) => ({ name: fieldName(name), type: types.sqlType(name) }));
  const rowType = { kind: 'array', element: { kind: 'array', element: { kind: 'row', fields } } } as const;
  return bound(sql.cast(elements, rowType), scope.fresh, (found) => {
    const [place, row] = [scope.fresh(), scope.fresh()];
    const index = sql.cast(sql.binary('-', sql.name(place), sql.number('1')), sql.named('integer'));
    const columns = names.map((name) => (places.has(name) ? index : sql.field(sql.name(row), fieldName(name))));
    const rows = sql.call('transform', sql.elementAt(found, sql.name(place)), sql.lambda(row, sql.row(columns)));
    return sql.call('flatten', sql.call('transform', placesOf(found), sql.lambda(place, rows)));
  });
}
