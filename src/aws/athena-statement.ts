/**
 * The statement that Athena is given for a question: the question's own, bounded in rows, with arrays, maps and rows of its answer
 * as JSON texts. Athena tells such values as `{family=A, given=[b]}`, of which nobody can say what is a value and what is syntax.
 *
 * A statement that wraps another need not keep its order (https://trino.io/docs/current/sql/select.html#order-by-clause), so the
 * order becomes a column of the inner one: its place.
 */
import type { Expression, Ordering, Query, Select } from '../sql/ast.ts';
import { parseQuery } from '../sql/parse.ts';
import { quotedName } from '../sql/quote.ts';
import { toAthena } from '../sql/to-athena.ts';
import type { SqlColumn, SqlQuestion } from '../ports/sql-engine.ts';
import { isNested } from './athena-values.ts';

export interface AthenaStatement {
  readonly text: string;
  /** Whether the rows are bounded by us: one more than allowed tells that there are too many. */
  readonly bounded: boolean;
}

const place = 'place';

/** @param question whose statement `src/sql` has written */
export function athenaStatement({ statement, columns, limits }: Pick<SqlQuestion, 'statement' | 'columns' | 'limits'>): AthenaStatement {
  const query = parseQuery(statement);
  const most = limits.rows + 1;
  const bounded = query.limit === undefined || query.limit >= most;
  const whole = bounded ? { ...query, limit: most } : query;
  const text = columns.some(({ type }) => isNested(type)) ? wrapped(whole, columns) : toAthena(whole);
  return { text, bounded };
}

function wrapped(query: Query, columns: readonly SqlColumn[]): string {
  const { orderBy = [], offset = 0, limit, ...unordered } = query;
  const names = columns.map((_, index) => `c${index + 1}`);
  const items = columns.map(({ name, type }, index) => `${toldAsJson(type, `"${names[index]!}"`)} AS ${quotedName(name)}`).join(', ');
  const alias = (all: readonly string[]): string => `AS "answer"(${all.map(quotedName).join(', ')})`;
  if (orderBy.length > 0 && query.body.kind === 'select' && query.body.distinct !== true) {
    const placed: Query = { ...unordered, body: withPlace(query.body, orderBy) };
    return `SELECT ${items} FROM (${toAthena(placed)}) ${alias([...names, place])} WHERE "${place}" > ${offset} AND "${place}" <= ${offset + limit!} ORDER BY "${place}"`;
  }
  const byOutput = orderBy.map((ordering) => outputOrder(ordering, columns));
  const order = orderBy.length === 0 ? '' : ` ORDER BY ${byOutput.join(', ')}`;
  return `SELECT ${items} FROM (${toAthena(unordered)}) ${alias(names)}${order}${offset === 0 ? '' : ` OFFSET ${offset}`} LIMIT ${limit!}`;
}

function toldAsJson(type: string, column: string): string {
  return isNested(type) ? `json_format(CAST(${column} AS JSON))` : column;
}

/** A window looks at what the query is made of, and knows neither the names of what it gives nor their places. */
function withPlace(select: Select, orderBy: readonly Ordering[]): Select {
  const ordered = orderBy.map((ordering) => ({ ...ordering, expression: withoutNames(ordering.expression, select) }));
  const expression: Expression = { kind: 'call', name: 'row_number', arguments: [], over: { orderBy: ordered } };
  return { ...select, items: [...select.items, { kind: 'item', expression, alias: place }] };
}

function withoutNames(expression: Expression, { items }: Select): Expression {
  if (expression.kind === 'number') {
    const item = items[Number(expression.text) - 1];
    return item?.kind === 'item' ? item.expression : expression;
  }
  if (expression.kind !== 'name' || expression.parts.length !== 1) return expression;
  const named = items.find((item) => item.kind === 'item' && item.alias?.toLowerCase() === expression.parts[0]!.toLowerCase());
  return named?.kind === 'item' ? named.expression : expression;
}

/** What is distinct, or of several queries, is ordered by what it gives, and by nothing else. */
function outputOrder({ expression, descending, nulls }: Ordering, columns: readonly SqlColumn[]): string {
  const named = expression.kind === 'name' ? columns.findIndex(({ name }) => name.toLowerCase() === expression.parts.at(-1)!.toLowerCase()) + 1 : 0;
  const at = expression.kind === 'number' ? Number(expression.text) : named;
  if (at === 0) throw new RangeError('Arrays and rows that are distinct, or of several queries, are ordered by columns of the answer.');
  return `"c${at}"${descending ? ' DESC' : ''}${nulls === undefined ? '' : ` NULLS ${nulls.toUpperCase()}`}`;
}
