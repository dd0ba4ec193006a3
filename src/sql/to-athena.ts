/**
 * Writes a tree as a statement for Athena (https://docs.aws.amazon.com/athena/latest/ug/select.html). Every name is quoted and
 * every operand that is more than a name stands in parentheses: reading it again gives the same tree.
 */
import type { Grouping, Join, Query, QueryBody, Relation, Select, SelectItem } from './ast.ts';
import { quotedName, wholeNumber } from './quote.ts';
import { type AthenaExpressions, athenaExpressions, orderings } from './to-athena-expression.ts';

/** @throws Error when a name, a number or a type could not have been read: a fault of whoever made the tree */
export function toAthena(query: Query): string {
  const { with: tables = [], body, orderBy, offset, limit } = query;
  const parts = [
    tables.length > 0 && `WITH ${tables.map((table) => `${quotedName(table.name)}${columnNames(table.columns)} AS (${toAthena(table.query)})`).join(', ')}`,
    bodyText(body),
    orderBy && `ORDER BY ${orderings(orderBy, expressions)}`,
    offset !== undefined && `OFFSET ${wholeNumber(offset)}`,
    limit !== undefined && `LIMIT ${wholeNumber(limit)}`,
  ];
  return parts.filter(Boolean).join(' ');
}

const expressions: AthenaExpressions = athenaExpressions(toAthena);
const { text, operand } = expressions;

const columnNames = (columns: readonly string[] | undefined) => columns ? `(${columns.map(quotedName).join(', ')})` : '';

function bodyText(body: QueryBody): string {
  switch (body.kind) {
    case 'select': return selectText(body);
    case 'values': return `VALUES ${body.rows.map(rowText).join(', ')}`;
    case 'query': return `(${toAthena(body)})`;
    default: return `${sideText(body.left)} ${body.kind.toUpperCase()} ${body.all ? 'ALL ' : ''}${sideText(body.right)}`;
  }
}

const sideText = (side: QueryBody) => side.kind === 'union' || side.kind === 'intersect' || side.kind === 'except' ? `(${bodyText(side)})` : bodyText(side);

/** A row of one row says so: in parentheses alone it would be taken for the columns. */
function rowText(row: Extract<QueryBody, { kind: 'values' }>['rows'][number]): string {
  const alone = row.length === 1 && row[0]!.kind === 'row';
  return `${alone ? 'ROW' : ''}(${row.map(text).join(', ')})`;
}

function selectText(select: Select): string {
  const parts = [
    `SELECT ${select.distinct ? 'DISTINCT ' : ''}${select.items.map(itemText).join(', ')}`,
    select.from && `FROM ${select.from.map(relationText).join(', ')}`,
    select.where && `WHERE ${text(select.where)}`,
    select.groupBy && `GROUP BY ${select.groupBy.map(groupingText).join(', ')}`,
    select.having && `HAVING ${text(select.having)}`,
  ];
  return parts.filter(Boolean).join(' ');
}

function itemText(item: SelectItem): string {
  if (item.kind === 'all') return item.of === undefined ? '*' : `${quotedName(item.of)}.*`;
  return text(item.expression) + (item.alias === undefined ? '' : ` AS ${quotedName(item.alias)}`);
}

const setText = (set: readonly Parameters<typeof text>[0][]) => set.length === 1 ? operand(set[0]!) : `(${set.map(text).join(', ')})`;

function groupingText(grouping: Grouping): string {
  switch (grouping.kind) {
    case 'simple': return setText(grouping.expressions);
    case 'sets': return `GROUPING SETS (${grouping.sets.map(setText).join(', ')})`;
    default: return `${grouping.kind.toUpperCase()} (${grouping.expressions.map(text).join(', ')})`;
  }
}

function relationText(relation: Relation): string {
  if (relation.kind === 'join') return joinText(relation);
  const alias = relation.alias ? ` AS ${quotedName(relation.alias.name)}${columnNames(relation.alias.columns)}` : '';
  switch (relation.kind) {
    case 'table': return (relation.schema === undefined ? '' : `${quotedName(relation.schema)}.`) + quotedName(relation.name) + alias;
    case 'subquery': return `${relation.lateral ? 'LATERAL ' : ''}(${toAthena(relation.query)})${alias}`;
    default:
      return `UNNEST(${relation.arrays.map(text).join(', ')})${relation.withOrdinality ? ' WITH ORDINALITY' : ''}${alias}`;
  }
}

function joinText({ type, left, right, on, using }: Join): string {
  const joined = type === 'cross' ? 'CROSS JOIN' : `${type.toUpperCase()} JOIN`;
  const condition = on ? ` ON ${text(on)}` : using ? ` USING (${using.map(quotedName).join(', ')})` : '';
  return `${relationText(left)} ${joined} ${right.kind === 'join' ? `(${relationText(right)})` : relationText(right)}${condition}`;
}
