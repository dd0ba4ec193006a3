/** Checks a SELECT: what it gives, what is grouped, and that nothing else is asked of groups (https://trino.io/docs/435/sql/select.html). */
import type { Expression, Grouping, Ordering, Select, SelectItem } from './ast.ts';
import { orderingText } from './check-call.ts';
import { sameName, shortType, told } from './check-name.ts';
import { truth } from './check-operator.ts';
import { beside, type CheckedRelation, ordinalOf, refuseTwins, relationAt, type Tables } from './check-relation.ts';
import { holdsAggregate } from './holds-aggregate.ts';
import { maxGroupingSets } from './limits.ts';
import type { Field, Output, Place, Scope, Typed } from './typed.ts';
import { isComparable, isOrderable } from './types.ts';

export interface CheckedSelect {
  readonly outputs: readonly Output[];
  readonly sql: string;
}

interface Item extends Output {
  readonly value: Typed;
}

/** @param outer the place of the query around, if there is one */
export function selectAt(select: Select, orderBy: readonly Ordering[], { place, tables }: { readonly place: Place; readonly tables: Tables }): CheckedSelect {
  const from = fromAt(select, place, tables);
  const scope: Scope = { fields: from.fields, ...(place.scope.outer && { outer: place.scope.outer }) };
  const inside: Place = { ...place, scope };
  const where = select.where && truth(place.tools.read(select.where, forbidden(inside, 'WHERE')), select.where, place);
  const grouped = select.groupBy !== undefined || select.having !== undefined
    || select.items.some((item) => item.kind === 'item' && holdsAggregate(item.expression)) || orderBy.some(({ expression }) => holdsAggregate(expression));
  const groups = groupsOf(select, inside);
  const grouping: Place = grouped ? { ...inside, keys: new Set(groups.keys) } : inside;
  const items = select.items.flatMap((item) => itemsAt(item, grouping));
  const having = select.having && solid(truth(place.tools.read(select.having, { ...grouping, noWindows: 'HAVING holds no window function.' }), select.having, place));
  if (select.distinct) refuseIncomparable(items, select, place);
  const order = orderBy.map((ordering) => orderAt(ordering, { items, place: grouping, distinct: select.distinct === true }));
  const parts = [
    `SELECT ${select.distinct ? 'DISTINCT ' : ''}${items.map(({ value }, index) => `${value.sql} AS c${index + 1}`).join(', ')}`,
    from.sql && `FROM ${from.sql}`,
    where && `WHERE ${where.sql}`,
    select.groupBy && `GROUP BY ${groups.sql}`,
    having && `HAVING ${having.sql}`,
    order.length > 0 && `ORDER BY ${order.join(', ')}`,
  ];
  return { outputs: items.map(({ name, type }) => ({ ...(name !== undefined && { name }), type })), sql: parts.filter(Boolean).join(' ') };
}

const forbidden = (place: Place, where: string): Place =>
  ({ ...place, noAggregates: `${where} holds no aggregate${where === 'WHERE' ? ': HAVING does' : ''}.`, noWindows: `${where} holds no window function: use a subquery.` });

/** Every column that a group is asked for must be grouped by. */
function solid(value: Typed): Typed {
  if (value.loose) throw value.loose;
  return value;
}

function fromAt({ from = [] }: Select, place: Place, tables: Tables): CheckedRelation {
  const start: Place = { ...place, scope: { fields: [], ...(place.scope.outer && { outer: place.scope.outer }) } };
  return from.reduce((left: CheckedRelation, relation) => {
    const right = relationAt(relation, beside(start, left.fields), tables);
    refuseTwins(left.fields, right.fields, { join: relation, place });
    return { fields: [...left.fields, ...right.fields], sql: left.sql === '' ? right.sql : `${left.sql} CROSS JOIN ${right.sql}` };
  }, { fields: [], sql: '' });
}

function itemsAt(item: SelectItem, place: Place): Item[] {
  if (item.kind === 'item') {
    const value = solid(place.tools.read(item.expression, place));
    const name = item.alias ?? nameOfExpression(item.expression);
    return [{ value, type: value.type, ...(name !== undefined && { name }) }];
  }
  const fields = place.scope.fields.filter(({ relation }) => item.of === undefined || sameName(relation, item.of));
  if (fields.length === 0) throw place.tools.fault(item.of === undefined ? '* asks for all columns, and nothing stands behind FROM.' : `There is no table ${told([item.of])} here.`, item);
  return fields.map(({ name, type, sql }) => {
    if (place.keys && !place.keys.has(sql)) throw place.tools.fault('* asks for columns that are neither in GROUP BY nor inside an aggregate.', item);
    return { value: { type, sql }, type, ...(name !== undefined && { name }) };
  });
}

/** A column keeps its name, and a field of a column; anything else has none. */
const nameOfExpression = (expression: Expression): string | undefined => expression.kind === 'name' ? expression.parts.at(-1) : undefined;

function refuseIncomparable(items: readonly Item[], select: Select, { tools }: Place) {
  const other = items.find(({ type }) => !isComparable(type));
  if (other) throw tools.fault(`DISTINCT cannot tell values of ${shortType(other.type)} apart.`, select);
}

interface Groups {
  readonly keys: readonly string[];
  readonly sql: string;
}

/** How many sets of groups it makes, each of which is made of all rows. */
function setsOf(grouping: Grouping): number {
  if (grouping.kind === 'sets') return grouping.sets.length;
  if (grouping.kind === 'simple') return 1;
  return grouping.kind === 'cube' ? 2 ** grouping.expressions.length : grouping.expressions.length + 1;
}

function refuseManySets(groupBy: readonly Grouping[], { tools }: Place) {
  let sets = 1;
  for (const grouping of groupBy) {
    sets *= setsOf(grouping);
    if (sets > maxGroupingSets) throw tools.fault(`GROUP BY makes more than ${maxGroupingSets} sets of groups: a CUBE of n columns makes 2^n. Name those that are wanted by GROUPING SETS.`, grouping);
  }
}

function groupsOf({ groupBy = [], items }: Select, place: Place): Groups {
  refuseManySets(groupBy, place);
  const keys: string[] = [];
  const key = (expression: Expression, columnsOnly: boolean) => {
    const at = ordinalOf(expression);
    const wanted = at === undefined ? expression : itemExpression(items, at, { expression, place });
    if (columnsOnly && wanted.kind !== 'name') throw place.tools.fault('ROLLUP, CUBE and GROUPING SETS take columns: name the expression in a subquery.', expression);
    const value = place.tools.read(wanted, forbidden(place, 'GROUP BY'));
    if (!isComparable(value.type)) throw place.tools.fault(`GROUP BY cannot tell values of ${shortType(value.type)} apart.`, expression);
    keys.push(value.sql);
    return value.sql;
  };
  const set = (expressions: readonly Expression[]) => `(${expressions.map((expression) => key(expression, true)).join(', ')})`;
  const written = groupBy.map((grouping: Grouping) => {
    switch (grouping.kind) {
      case 'sets': return `GROUPING SETS (${grouping.sets.map(set).join(', ')})`;
      case 'simple': return grouping.expressions.length === 0 ? 'GROUPING SETS (())' : grouping.expressions.map((expression) => key(expression, false)).join(', ');
      default: return `${grouping.kind.toUpperCase()} ${set(grouping.expressions)}`;
    }
  });
  return { keys, sql: written.join(', ') };
}

function itemExpression(items: readonly SelectItem[], at: number, { expression, place }: { readonly expression: Expression; readonly place: Place }): Expression {
  const item = items[at - 1];
  if (item?.kind === 'item' && items.slice(0, at).every(({ kind }) => kind === 'item')) return item.expression;
  throw place.tools.fault(item ? 'Places in the list are not offered behind *: name the column.' : `There is no column ${at} in the list.`, expression);
}

interface Ordered {
  readonly items: readonly Item[];
  readonly place: Place;
  readonly distinct: boolean;
}

/** A place in the list, the name of an output, or an expression of what is selected from. */
function orderAt(ordering: Ordering, { items, place, distinct }: Ordered): string {
  const at = ordinalOf(ordering.expression);
  if (at !== undefined && !items[at - 1]) throw place.tools.fault(`There is no column ${at} in the list.`, ordering.expression);
  const outputs = items.flatMap(({ name, value }): Field[] => name === undefined ? [] : [{ name, type: value.type, sql: value.sql }]);
  const value = at === undefined ? solid(place.tools.read(ordering.expression, { ...place, outputs })) : items[at - 1]!.value;
  if (!isOrderable(value.type)) throw place.tools.fault(`Values of ${shortType(value.type)} have no order.`, ordering.expression);
  const listed = at ?? items.findIndex((item) => item.value.sql === value.sql) + 1;
  if (distinct && listed === 0) throw place.tools.fault('SELECT DISTINCT is ordered by what it selects.', ordering.expression);
  return orderingText(listed > 0 ? String(listed) : value.sql, ordering);
}
