/** A column of a view: its path as SQL, in the type that it is wanted in. */
import { PathError } from '../../fhir/path/path-error.ts';
import type { ScalarType } from '../../fhir/lake/lake-table.ts';
import type { Expression, SqlType } from '../ast.ts';
import { compilePath } from './compile-path.ts';
import { typeOf } from './elements.ts';
import * as sql from './nodes.ts';
import type { Item, ScalarForm, Value } from './path-value.ts';
import { arrayOf, itemSql } from './path-value.ts';
import type { PrimitiveClass } from './primitive-classes.ts';
import { classOf, isTemporal, isWhole } from './primitive-classes.ts';
import { pathFault } from './read-elements.ts';
import type { Scope } from './scope.ts';
import { singleItem } from './singleton.ts';
import { day, moment } from './temporal.ts';
import { asText } from './text-functions.ts';
import type { Column } from './view-definition.ts';
import { viewError } from './view-issues.ts';

export interface CompiledColumn {
  readonly sql: Expression;
  readonly sqlType: SqlType;
  /** Absent where nothing tells it: the path is empty whatever the data, and the column has no type. */
  readonly fhirType?: string;
}

const scalars: Readonly<Record<PrimitiveClass, ScalarType>> = {
  text: 'string', boolean: 'boolean', number: 'double', date: 'string', dateTime: 'string', time: 'string',
};

/** @throws ViewError */
export function compileColumn(column: Column, scope: Scope): CompiledColumn {
  try {
    return compiled(column, compilePath(column.path.expression, scope), scope);
  } catch (error) {
    if (error instanceof PathError) throw pathFault(error, column.path.at);
    throw error;
  }
}

function compiled(column: Column, value: Value, scope: Scope): CompiledColumn {
  if (value.kind === 'choice') throw viewError('invalid', 'The path leads to a choice of types: say of which by ofType(…).', column.path.at);
  const found = value.kind === 'empty' ? undefined : typeOf(value);
  if (found !== undefined && classOf(found) === undefined) {
    throw viewError('invalid', `The path leads to ${found}, which has elements: name the one that the column shows.`, column.path.at);
  }
  const fhirType = column.type ?? found;
  if (found !== undefined && fhirType !== undefined && !isShownAs(found, fhirType)) {
    throw viewError('invalid', `The path leads to ${found}, which is not of the column's type.`, `${column.at}.type`);
  }
  const type = sql.sqlScalar(scalarOf(fhirType));
  const known = fhirType === undefined ? {} : { fhirType };
  if (column.isCollection) return { sql: collection(value, fhirType, scope), sqlType: { kind: 'array', element: type }, ...known };
  const sqlType = column.sqlType ?? type;
  const item = singleItem(value, `column ${column.name}`, scope);
  if (item === undefined) return { sql: sql.cast(sql.nothing, sqlType), sqlType, ...known };
  return { sql: column.sqlType === undefined ? shown(item, fhirType) : inSqlType(item, column.sqlType, column), sqlType, ...known };
}

function scalarOf(type: string | undefined): ScalarType {
  const kind = type === undefined ? undefined : classOf(type);
  if (kind === undefined) return 'string';
  return kind === 'number' && isWhole(type!) ? 'integer' : scalars[kind];
}

/** A value as the type that a column declares: numbers as wider ones, everything as a text. */
function isShownAs(found: string, declared: string): boolean {
  const [from, to] = [classOf(found), classOf(declared)];
  if (to === 'text') return true;
  if (from === 'number' && to === 'number') return isWhole(found) || !isWhole(declared);
  return from === to || (from === 'text' && isTemporal(declared)) || (from === 'date' && to === 'dateTime');
}

function shown(item: Item, declared: string | undefined): Expression {
  if (declared !== undefined && classOf(declared) === 'text' && classOf(item.type) !== 'text') return asText(item)!;
  if (declared === 'decimal' && isWhole(item.type)) return sql.cast(itemSql(item), sql.named('double'));
  return itemSql(item);
}

function collection(value: Value, declared: string | undefined, scope: Scope): Expression {
  const items: Value = value.kind === 'many' ? { ...value, item: (element) => shownItem(value.item(element), declared) } : value;
  return sql.call('coalesce', arrayOf(items, scope.fresh), sql.array());
}

function shownItem(item: Item, declared: string | undefined): Item {
  return item.form.kind === 'scalar' ? { ...item, form: { ...item.form, sql: shown(item, declared) } } : item;
}

function inSqlType(item: Item, type: SqlType, column: Column): Expression {
  const { form } = item;
  if (form.kind !== 'scalar' || type.kind !== 'named') throw new Error('A column is a scalar');
  const isMoment = classOf(item.type) === 'dateTime';
  if (isMoment || item.type === 'date') {
    if (type.name === 'date') return day(item.type, form);
    if (type.name === 'timestamp') return isMoment ? moment(form) : sql.cast(day(item.type, form), type);
  }
  const from = classOf(item.type);
  const isNumeric = ['integer', 'bigint', 'double', 'decimal'].includes(type.name);
  if (type.name === 'varchar') return asText(item)!;
  if (from === 'boolean' && type.name === 'boolean') return itemSql(item);
  if (from === 'number' && isNumeric) return type.name === 'decimal' ? exact(form, type) : sql.cast(itemSql(item), type);
  if (from === 'text' && (isNumeric || type.name === 'date')) return sql.tryCast(itemSql(item), type);
  throw viewError('invalid', `The path leads to ${item.type}, which is not of the column's ansi/type.`, `${column.at}.tag`);
}

/** From what was written, whose digits a double may not have. */
function exact(form: ScalarForm, type: SqlType): Expression {
  return form.literal === undefined ? sql.cast(form.sql, type) : sql.call('coalesce', sql.tryCast(form.literal, type), sql.cast(form.sql, type));
}
