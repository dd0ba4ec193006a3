/**
 * Compiles a ViewDefinition (https://build.fhir.org/ig/FHIR/sql-on-fhir-v2/StructureDefinition-ViewDefinition.html) to a
 * statement over the lake's table of its resource type, which `../to-athena.ts` and `../to-duckdb.ts` write.
 */
import type { JsonObject } from '../../fhir/json.ts';
import type { LakeTable } from '../../fhir/lake/lake-table.ts';
import { lakeTable } from '../../fhir/lake/lake-tables.ts';
import { PathError } from '../../fhir/path/path-error.ts';
import type { Expression, Query, Select as SqlSelect, SqlType } from '../ast.ts';
import { ColumnTypes, fieldName } from './column-types.ts';
import { compileCondition } from './compile-path.ts';
import { compileSelects } from './compile-select.ts';
import { resourceItem } from './elements.ts';
import type { Row } from './iteration.ts';
import * as sql from './nodes.ts';
import { one } from './path-value.ts';
import { pathFault } from './read-elements.ts';
import { readView } from './read-view.ts';
import type { Scope } from './scope.ts';
import type { Path, Select, ViewDefinition } from './view-definition.ts';
import { viewError } from './view-issues.ts';

/** The table's name within the statement. */
const resourceRelation = 'r';
/** The rows of a resource before they are spread. */
const rowsRelation = 'v';
const rowsColumn = 'rows';
/** The rows once they are spread. */
const eachRelation = 'u';

export interface CompiledView {
  /** Its one table is the view's resource type in lower case. */
  readonly query: Query;
  readonly resource: string;
  readonly columns: readonly ViewColumn[];
  /** What is no error and likely not meant: elements that R4 does not have. */
  readonly warnings: readonly string[];
}

export interface ViewColumn {
  readonly name: string;
  /** The FHIR type of its values. */
  readonly fhirType: string;
  readonly isCollection: boolean;
  readonly sqlType: SqlType;
}

export interface ViewOptions {
  /** The table of a resource type, with an operator's columns. */
  readonly table?: (type: string) => LakeTable;
  /** What must hold of a resource besides, as `$run` asks: given the table's name within the statement. */
  readonly restriction?: (relation: string) => Expression | undefined;
}

/** @throws ViewError with the element that is refused */
export function compileView(resource: JsonObject, { table = lakeTable, restriction }: ViewOptions = {}): CompiledView {
  const view = readView(resource);
  const names = columnsOf(view.selects);
  refuseTwice(names);
  const warnings = new Set<string>();
  const types = new ColumnTypes();
  const asked = restriction?.(resourceRelation);
  const compile = () => compiled(view, { table: table(view.resource), names, types, asked, warn: (reason) => warnings.add(reason) });
  // Twice: only at the end of the first time are the types of all columns known.
  compile();
  const { query, collections } = compile();
  const columns = names.map(({ name }) => ({ name, fhirType: types.fhirType(name), isCollection: collections.has(name), sqlType: types.sqlType(name) }));
  return { query, resource: view.resource, columns, warnings: [...warnings] };
}

interface Named {
  readonly name: string;
  readonly at: string;
  readonly isCollection: boolean;
}

/** In the order of https://build.fhir.org/ig/FHIR/sql-on-fhir-v2/StructureDefinition-ViewDefinition.html#column-ordering. */
function columnsOf(selects: readonly Select[]): readonly Named[] {
  return selects.flatMap(({ columns, selects: inner, unionAll }) => [
    ...columns.map(({ name, at, isCollection }) => ({ name, at, isCollection })),
    ...columnsOf(inner),
    ...columnsOfUnion(unionAll),
  ]);
}

/** Every branch has the same columns in the same order. @throws ViewError */
function columnsOfUnion(branches: readonly Select[]): readonly Named[] {
  const [first = [], ...others] = branches.map((branch) => columnsOf([branch]));
  others.forEach((columns, index) => {
    const isAlike = columns.length === first.length && columns.every(({ name, isCollection }, place) => name === first[place]!.name && isCollection === first[place]!.isCollection);
    if (!isAlike) throw viewError('invalid', 'The branches of a unionAll have the same columns in the same order.', branches[index + 1]!.at);
  });
  return first;
}

/** SQL knows no difference between upper and lower case. */
function refuseTwice(columns: readonly Named[]) {
  const seen = new Set<string>();
  for (const { name, at } of columns) {
    if (seen.has(name.toLowerCase())) throw viewError('invalid', `There are two columns ${name}, which SQL cannot tell from each other.`, `${at}.name`);
    seen.add(name.toLowerCase());
  }
}

interface Compilation {
  readonly table: LakeTable;
  readonly names: readonly Named[];
  readonly types: ColumnTypes;
  /** What must hold of a resource besides. */
  readonly asked: Expression | undefined;
  readonly warn: (reason: string) => void;
}

function compiled(view: ViewDefinition, { table, names, types, asked, warn }: Compilation): { readonly query: Query; readonly collections: ReadonlySet<string> } {
  let count = 0;
  const resource = one(resourceItem(table, resourceRelation));
  const scope: Scope = {
    focus: resource, context: resource, resource, rowIndex: sql.number('0'), constants: view.constants, fresh: () => `x${++count}`, warn,
  };
  const outer = new Map<string, Expression>();
  const rowColumns = () => names.map(({ name }) => name).filter((name) => !outer.has(name));
  const rowOf = (row: Row) => sql.array(sql.row(rowColumns().map((name) => row.get(name)!)));
  const rows = compileSelects(view.selects, { scope, outer, types, rowColumns }, { row: new Map(), next: rowOf });
  const where = sql.allOf([...view.where.map((path) => condition(path, scope)), ...(asked === undefined ? [] : [asked])]);
  const parts: Parts = { table, outer, rowNames: rowColumns(), rows, where, types };
  const body = isIterated(view.selects) ? spread(parts, names) : plain(parts, names.map(({ name }) => name));
  return { query: { kind: 'query', body }, collections: new Set(names.filter(({ isCollection }) => isCollection).map(({ name }) => name)) };
}

function condition({ expression, at }: Path, scope: Scope): Expression {
  try {
    return compileCondition(expression, scope);
  } catch (error) {
    if (error instanceof PathError) throw pathFault(error, at);
    throw error;
  }
}

function isIterated(selects: readonly Select[]): boolean {
  return selects.some(({ iteration, selects: inner, unionAll }) => iteration !== undefined || unionAll.length > 0 || isIterated(inner));
}

interface Parts {
  readonly table: LakeTable;
  readonly outer: ReadonlyMap<string, Expression>;
  readonly rowNames: readonly string[];
  readonly rows: Expression;
  readonly where: Expression | undefined;
  readonly types: ColumnTypes;
}

function from({ table, where }: Parts): Pick<SqlSelect, 'from' | 'where'> {
  return {
    from: [{ kind: 'table', name: table.name, alias: { name: resourceRelation } }],
    ...(where === undefined ? {} : { where }),
  };
}

function plain(parts: Parts, names: readonly string[]): SqlSelect {
  const items = names.map((name) => ({ kind: 'item', expression: parts.outer.get(name)!, alias: name }) as const);
  return { kind: 'select', items, ...from(parts) };
}

/** Makes the rows of each resource as an array, and spreads them. */
function spread(parts: Parts, names: readonly Named[]): SqlSelect {
  const { outer, rowNames, rows, types } = parts;
  const fields = rowNames.map((name) => ({ name: fieldName(name), type: types.sqlType(name) }));
  const typed = sql.cast(rows, { kind: 'array', element: { kind: 'row', fields } });
  const inner: SqlSelect = {
    kind: 'select',
    items: [
      ...[...outer].map(([name, expression]) => ({ kind: 'item', expression, alias: fieldName(name) }) as const),
      { kind: 'item', expression: typed, alias: rowsColumn },
    ],
    ...from(parts),
  };
  const column = (name: string) => sql.name(outer.has(name) ? rowsRelation : eachRelation, fieldName(name));
  return {
    kind: 'select',
    items: names.map(({ name }) => ({ kind: 'item', expression: column(name), alias: name })),
    from: [{
      kind: 'join',
      type: 'cross',
      left: { kind: 'subquery', query: { kind: 'query', body: inner }, alias: { name: rowsRelation } },
      right: { kind: 'unnest', arrays: [sql.name(rowsRelation, rowsColumn)], alias: { name: eachRelation, columns: rowNames.map(fieldName) } },
    }],
  };
}
