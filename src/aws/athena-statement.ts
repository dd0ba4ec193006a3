/**
 * The statement that Athena is given for a question: the question's own, bounded in rows, with arrays, maps and rows of its answer
 * as JSON texts. Athena tells such values as `{family=A, given=[b]}`, of which nobody can say what is a value and what is syntax.
 *
 * A statement that wraps another need not keep its order (https://trino.io/docs/current/sql/select.html#order-by-clause), so the
 * order becomes a column of the inner one: its place.
 */
import { notSupported } from '../fhir/outcome.ts';
import type { Expression, Ordering, Query, Select } from '../sql/ast.ts';
import { parseQuery } from '../sql/parse.ts';
import { quotedName } from '../sql/quote.ts';
import { isAggregate } from '../sql/functions/table.ts';
import { athenaExpressions, orderings } from '../sql/to-athena-expression.ts';
import { toAthena } from '../sql/to-athena.ts';
import type { SqlColumn, SqlQuestion } from '../ports/sql-engine.ts';
import { isNested } from './athena-values.ts';

export interface AthenaStatement {
  readonly text: string;
  /** Whether the rows are bounded by us: one more than allowed tells that there are too many. */
  readonly bounded: boolean;
}

const place = 'place';
const answer = 'answer';
const expressions = athenaExpressions(toAthena);

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
  const told = columns.map(({ name, type }, index) => `${toldAsJson(type, `"${names[index]!}"`)} AS ${quotedName(name)}`);
  const items = told.join(', ');
  const from = (inner: Query, all: readonly string[]): string => (
    `SELECT ${items} FROM (${toAthena(inner)}) AS "${answer}"(${all.map(quotedName).join(', ')})`
  );
  const byOutput = orderOfOutput(query, columns);
  if (byOutput !== undefined) {
    const order = byOutput.length === 0 ? '' : ` ORDER BY ${orderings(byOutput, expressions)}`;
    return `${from(unordered, names)}${order}${offset === 0 ? '' : ` OFFSET ${offset}`} LIMIT ${limit!}`;
  }
  const { body } = query;
  if (body.kind !== 'select' || body.distinct === true) {
    throw notSupported('What is distinct, or of several queries, and has arrays or rows, is ordered by its columns: name them, or count them.');
  }
  const placed = from({ ...unordered, body: withPlace(body, orderBy, columns) }, [...names, place]);
  return `${placed} WHERE "${answer}"."${place}" > ${offset} AND "${answer}"."${place}" <= ${offset + limit!} ORDER BY "${answer}"."${place}"`;
}

function toldAsJson(type: string, column: string): string {
  return isNested(type) ? `json_format(CAST(${column} AS JSON))` : column;
}

const ordinal = /^\d{1,6}$/;

/**
 * The order as one of what the query gives, each column by the name that it has only here: a client may have named another so.
 * @returns `undefined` where it is of something else as well
 */
function orderOfOutput({ orderBy = [], body }: Query, columns: readonly SqlColumn[]): readonly Ordering[] | undefined {
  const ordered = orderBy.flatMap((ordering) => {
    const expression = ofOutput(ordering.expression, body, columns);
    return expression === undefined ? [] : [{ ...ordering, expression }];
  });
  return ordered.length === orderBy.length ? ordered : undefined;
}

function ofOutput(expression: Expression, body: Query['body'], columns: readonly SqlColumn[]): Expression | undefined {
  const output = (index: number): Expression => ({ kind: 'name', parts: [answer, `c${index + 1}`] });
  if (expression.kind === 'number' && ordinal.test(expression.text)) return output(Number(expression.text) - 1);
  let [ofIt, ofOthers] = [0, 0];
  const replaced = renamed(expression, {
    name(found) {
      const [first, ...fields] = found.parts;
      const index = fields.length > 0 ? -1 : columns.findIndex(({ name }) => sameName(name, first!));
      if (index < 0) ofOthers += 1;
      else ofIt += 1;
      return index < 0 ? found : output(index);
    },
    other: () => void (ofOthers += 1),
  });
  if (ofOthers === 0) return replaced;
  const given = ofIt === 0 ? givenAt(expression, body) : -1;
  return given < 0 ? undefined : output(given);
}

/** @returns at which place of its list a query gives the very expression; -1 where at none, or where `*` stands for places too */
function givenAt(expression: Expression, body: Query['body']): number {
  if (body.kind !== 'select' || body.items.some(({ kind }) => kind === 'all')) return -1;
  const text = expressions.text(expression);
  return body.items.findIndex((item) => item.kind === 'item' && expressions.text(item.expression) === text);
}

/** A window looks at what the query is made of, and knows neither the names of what it gives nor their places. */
function withPlace(select: Select, orderBy: readonly Ordering[], columns: readonly SqlColumn[]): Select {
  const ordered = orderBy.map((ordering) => ({ ...ordering, expression: withoutNames(ordering.expression, select, columns) }));
  const expression: Expression = { kind: 'call', name: 'row_number', arguments: [], over: { orderBy: ordered } };
  return { ...select, items: [...select.items, { kind: 'item', expression, alias: place }] };
}

function withoutNames(expression: Expression, { items }: Select, columns: readonly SqlColumn[]): Expression {
  if (expression.kind === 'number' && ordinal.test(expression.text)) return itemAt(Number(expression.text) - 1, items, columns);
  return renamed(expression, {
    name(found) {
      const [first, ...fields] = found.parts;
      const item = items.find((each) => each.kind === 'item' && each.alias !== undefined && sameName(each.alias, first!));
      if (item?.kind !== 'item') return found;
      return fields.reduce((of: Expression, name): Expression => ({ kind: 'field', of, name }), item.expression);
    },
    // What an aggregate, a lambda or a subquery names is never what the query gives.
    other: () => {},
  });
}

/** What is given at a place in the list: `*` stands for as many columns as the rest leaves. */
function itemAt(index: number, items: Select['items'], columns: readonly SqlColumn[]): Expression {
  const isWide = ({ kind }: Select['items'][number]): boolean => kind === 'all';
  const [first, last] = [items.findIndex(isWide), items.findLastIndex(isWide)];
  const fromEnd = items.length - (columns.length - index);
  const item = first < 0 || index < first ? items[index] : fromEnd > last ? items[fromEnd] : undefined;
  return item?.kind === 'item' ? item.expression : { kind: 'name', parts: [columns[index]!.name] };
}

interface Renaming {
  readonly name: (found: Extract<Expression, { kind: 'name' }>) => Expression;
  /** Told of what has names of its own, and is left as it is. */
  readonly other: () => void;
}

function renamed<Node>(node: Node, renaming: Renaming): Node {
  if (Array.isArray(node)) return node.map((each: unknown) => renamed(each, renaming)) as Node;
  if (typeof node !== 'object' || node === null || !('kind' in node)) return node;
  const expression = node as unknown as Expression | Query;
  if (expression.kind === 'name') return renaming.name(expression) as Node;
  if (expression.kind === 'lambda' || expression.kind === 'query' || (expression.kind === 'call' && isAggregate(expression.name))) {
    renaming.other();
    return node;
  }
  return Object.fromEntries(Object.entries(node).map(([key, child]: [string, unknown]) => [key, renamed(child, renaming)])) as Node;
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
