/**
 * What a FHIRPath stands on (https://hl7.org/fhirpath/N1/#navigation-model), told as SQL over the lake's tables
 * (`../../fhir/lake/lake-table.ts`): a collection of items, each of which is a scalar, a row, or a place in a JSON text.
 * A collection is written as late as possible, so that a step to `family` reads that field and no more.
 */
import type { LakeField, ScalarType } from '../../fhir/lake/lake-table.ts';
import type { Expression } from '../ast.ts';
import * as sql from './nodes.ts';

/** A place in a JSON text: `$.value` of what `base` holds. */
export interface JsonPlace {
  readonly base: Expression;
  readonly path: string;
}

export interface Item {
  /** A FHIR type, the path of an element defined in place, or that of what was computed: `boolean`, `decimal`. */
  readonly type: string;
  readonly form: ScalarForm | RowForm | JsonForm;
}

export interface ScalarForm {
  readonly kind: 'scalar';
  readonly scalar: ScalarType;
  readonly sql: Expression;
  /** Of a dateTime or instant: its first moment, in UTC. */
  readonly timestamp?: Expression;
  /** Of a date: its first day. */
  readonly date?: Expression;
  /** Of a decimal: what was written, where a double does not tell it. */
  readonly literal?: Expression;
  /** Its id and extensions. */
  readonly primitive?: JsonPlace;
  /** What was written in the view, where it is no more than that. */
  readonly written?: string;
}

export interface RowForm {
  readonly kind: 'row';
  readonly fields: readonly LakeField[];
  readonly at: (field: string) => Expression;
  /** Absent of a resource, whose fields are columns. */
  readonly sql?: Expression;
}

export interface JsonForm extends JsonPlace {
  readonly kind: 'json';
}

/** A collection as far as SQL needs to know it. */
export type Value =
  | { readonly kind: 'empty' }
  /** One item at most: none where its SQL is null, or the condition does not hold. */
  | One
  | Many
  /** `value[x]` before it is told of which type: one alternative for each. */
  | { readonly kind: 'choice'; readonly alternatives: readonly (One | Many)[] };

export interface One {
  readonly kind: 'one';
  readonly item: Item;
  readonly condition?: Expression;
}

export interface Many {
  readonly kind: 'many';
  /** An array, of whose elements the items are made; null where there are none. */
  readonly source: Expression;
  readonly item: (element: Expression) => Item;
  /** Whether an element may come to no item, which is then null. */
  readonly isSparse: boolean;
}

export const empty: Value = { kind: 'empty' };

/** Names variables of lambdas, each once in a statement. */
export type Fresh = () => string;

export function one(item: Item, condition?: Expression): One {
  return { kind: 'one', item, ...(condition === undefined ? {} : { condition }) };
}

export function scalarItem(type: string, scalar: ScalarType, expression: Expression): Item {
  return { type, form: { kind: 'scalar', scalar, sql: expression } };
}

export function computed(type: 'boolean' | 'integer' | 'decimal' | 'string', expression: Expression): One {
  const scalars = { boolean: 'boolean', integer: 'integer', decimal: 'double', string: 'string' } as const;
  return one(scalarItem(type, scalars[type], expression));
}

/** SQL of the whole item. */
export function itemSql({ form }: Item): Expression {
  if (form.kind === 'json') return jsonAt(form);
  return form.sql ?? sql.boolean(true);
}

export function jsonAt({ base, path }: JsonPlace): Expression {
  return path === '$' ? base : sql.call('json_extract', base, sql.text(path));
}

/** Whether an item is there, never null. */
export function isItem(item: Item): Expression {
  if (item.form.kind === 'row' && item.form.sql === undefined) return sql.boolean(true);
  return sql.isThere(itemSql(item));
}

/** SQL of what is one item at most; null where it is none. */
export function oneSql({ item, condition }: One): Expression {
  return condition === undefined ? itemSql(item) : sql.when(condition, itemSql(item));
}

/** The array of those elements that come to items. */
export function dense({ source, item, isSparse }: Many, fresh: Fresh): Expression {
  if (!isSparse) return source;
  const variable = fresh();
  return sql.call('filter', source, sql.lambda(variable, isItem(item(sql.name(variable)))));
}

/** The items as an array, null where there are none. */
export function arrayOf(value: Value, fresh: Fresh): Expression {
  if (value.kind === 'empty') return sql.nothing;
  if (value.kind === 'choice') throw new Error('The type of a choice is not told');
  if (value.kind === 'one') return sql.when(present(value), sql.array(itemSql(value.item)));
  const variable = fresh();
  const element = sql.name(variable);
  const item = itemSql(value.item(element));
  const source = dense(value, fresh);
  return item === element ? source : sql.call('transform', source, sql.lambda(variable, item));
}

/** Whether there is an item, never null. */
export function present({ item, condition }: One): Expression {
  if (condition === undefined) return isItem(item);
  const holds = sql.call('coalesce', condition, sql.boolean(false));
  return item.form.kind === 'row' && item.form.sql === undefined ? holds : sql.binary('and', holds, isItem(item));
}

/** How many items there are, never null. */
export function countOf(value: Value, fresh: Fresh): Expression {
  if (value.kind === 'empty') return sql.number('0');
  if (value.kind === 'one') return sql.when(present(value), sql.number('1'), sql.number('0'));
  if (value.kind === 'many') return sql.call('coalesce', sql.call('cardinality', dense(value, fresh)), sql.number('0'));
  return value.alternatives.map((each) => countOf(each, fresh)).reduce((sum, each) => sql.binary('+', sum, each));
}

export function exists(value: Value, fresh: Fresh): Expression {
  if (value.kind === 'empty') return sql.boolean(false);
  if (value.kind === 'one') return present(value);
  if (value.kind === 'many') return sql.binary('>', countOf(value, fresh), sql.number('0'));
  return value.alternatives.map((each) => exists(each, fresh)).reduce((found, each) => sql.binary('or', found, each));
}

/** Steps from each item. @param step must come to the same kind of value for every item */
export function flatMap(value: Value, step: (item: Item) => Value, fresh: Fresh): Value {
  if (value.kind === 'empty') return empty;
  if (value.kind === 'choice') return choiceOf(value.alternatives.map((each) => flatMap(each, step, fresh)));
  if (value.kind === 'one') return onlyIf(value.condition, step(value.item));
  const variable = fresh();
  return each(value, step(value.item(sql.name(variable))), { variable, step });
}

/** What a step from each item of a collection comes to, told by what it comes to from one of them. */
function each(many: Many, from: Value, { variable, step }: { readonly variable: string; readonly step: (item: Item) => Value }): Value {
  if (from.kind === 'empty') return empty;
  if (from.kind === 'choice') {
    return choiceOf(from.alternatives.map((alternative, index) => each(many, alternative, {
      variable,
      step: (item) => (step(item) as typeof from).alternatives[index]!,
    })));
  }
  if (from.kind === 'many') {
    return { ...from, source: sql.call('flatten', sql.call('transform', many.source, sql.lambda(variable, from.source))) };
  }
  // A condition depends on its item, so that it is no part of the item of another.
  if (from.condition !== undefined) throw new Error('A condition within a collection is a filter');
  return { ...many, item: (element) => (step(many.item(element)) as One).item, isSparse: true };
}

function choiceOf(values: readonly Value[]): Value {
  const alternatives = values.flatMap((value) => (value.kind === 'choice' ? value.alternatives : value.kind === 'empty' ? [] : [value]));
  const [only] = alternatives;
  if (only === undefined) return empty;
  return alternatives.length === 1 ? only : { kind: 'choice', alternatives };
}

function onlyIf(condition: Expression | undefined, value: Value): Value {
  if (condition === undefined || value.kind === 'empty') return value;
  if (value.kind === 'choice') return { ...value, alternatives: value.alternatives.map((alternative) => onlyIf(condition, alternative) as One | Many) };
  if (value.kind === 'many') return { ...value, source: sql.when(condition, value.source) };
  return one(value.item, value.condition === undefined ? condition : sql.binary('and', condition, value.condition));
}

/** Those of which a criterion holds. */
export function filtered(value: Value, criterion: (item: Item) => Expression, fresh: Fresh): Value {
  if (value.kind === 'empty') return empty;
  if (value.kind === 'choice') return choiceOf(value.alternatives.map((alternative) => filtered(alternative, criterion, fresh)));
  if (value.kind === 'one') return onlyIf(criterion(value.item), value);
  const variable = fresh();
  const source = sql.call('filter', dense(value, fresh), sql.lambda(variable, criterion(value.item(sql.name(variable)))));
  return { ...value, source, isSparse: false };
}

/** The item at a place from 0. */
export function itemAt(value: Value, place: number, fresh: Fresh): Value {
  if (value.kind === 'choice') return choiceOf(value.alternatives.map((alternative) => itemAt(alternative, place, fresh)));
  if (value.kind === 'one') return place === 0 ? value : empty;
  return value.kind === 'empty' ? empty : one(value.item(sql.elementAt(dense(value, fresh), sql.number(String(place + 1)))));
}

/** Gives an expression a name, where it is more than a name: engines compute it once. */
export function bound(expression: Expression, fresh: Fresh, use: (bound: Expression) => Expression): Expression {
  if (isSimple(expression)) return use(expression);
  const variable = fresh();
  return sql.elementAt(sql.call('transform', sql.array(expression), sql.lambda(variable, use(sql.name(variable)))), sql.number('1'));
}

function isSimple(expression: Expression): boolean {
  return expression.kind === 'name' || (expression.kind === 'field' && isSimple(expression.of));
}
