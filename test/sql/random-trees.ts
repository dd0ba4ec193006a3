/** Trees of every kind of node, the same at every run, as the parser would give them. */
import type { Expression, FrameBound, FunctionCall, Grouping, Ordering, Query, QueryBody, Relation, Select, SelectItem, SqlType, Window } from '../../src/sql/ast.ts';

/** A generator of numbers that needs no more than to be varied (https://en.wikipedia.org/wiki/Linear_congruential_generator). */
function generator(seed: number) {
  let state = seed;
  const below = (end: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * end);
  };
  return { below, one: <Item>(items: readonly Item[]): Item => items[below(items.length)]!, chance: (percent: number) => below(100) < percent };
}

const names = ['a', 'B', 'select', 'end', 'with space', 'q"uote', 'ünï', "it's", 'x--y', '/*', 'a.b', '1st', 'user'];
const texts = ['', 'abc', "it's", '"', '--', '/*', '\n', 'ü😀', "''", '\\', '%_', '$1', ';'];
const plainNames = ['lower', 'count', 'sum', 'row_number', 'json_extract', 'year'];

export function randomTrees(count: number, seed = 20_240_301): Query[] {
  const { below, one, chance } = generator(seed);
  const maybe = <Part extends object>(percent: number, part: () => Part): Partial<Part> => (chance(percent) ? part() : {});
  const many = <Item>(least: number, most: number, item: () => Item): Item[] => Array.from({ length: least + below(most - least + 1) }, item);

  function type(depth: number): SqlType {
    if (depth <= 0 || chance(60)) {
      return one<SqlType>([
        { kind: 'named', name: 'varchar' }, { kind: 'named', name: 'bigint' }, { kind: 'named', name: 'double' }, { kind: 'named', name: 'date' },
        { kind: 'named', name: 'decimal', parameters: [10, 2] }, { kind: 'named', name: 'timestamp', parameters: [3] },
        { kind: 'named', name: 'timestamp with time zone' }, { kind: 'named', name: 'varchar', parameters: [5] },
      ]);
    }
    if (chance(40)) return { kind: 'array', element: type(depth - 1) };
    if (chance(30)) return { kind: 'map', key: type(0), value: type(depth - 1) };
    return { kind: 'row', fields: many(1, 3, () => ({ ...maybe(80, () => ({ name: one(names) })), type: type(depth - 1) })) };
  }

  const literal = (): Expression => one<Expression>([
    { kind: 'null' }, { kind: 'boolean', value: chance(50) }, { kind: 'number', text: one(['0', '1', '1.10', '1e0', '.5', '2.5E-3', '-7', '-1.5']) },
    { kind: 'string', value: one(texts) }, { kind: 'date', value: '2024-03-01' }, { kind: 'timestamp', value: '2024-03-01 08:00:00.000' },
    { kind: 'interval', value: '3', unit: one(['year', 'day', 'second'] as const), ...maybe(30, () => ({ negative: true })) },
  ]);
  const name = (): Expression => ({ kind: 'name', parts: many(1, 3, () => one(names)) });

  function call(depth: number): FunctionCall {
    const inner = () => expression(depth - 1);
    if (chance(10)) return { kind: 'call', name: one(['current_date', 'current_timestamp']), arguments: [] };
    if (chance(10)) return { kind: 'call', name: 'count', arguments: [], star: true, ...maybe(50, () => ({ filter: inner() })) };
    const operands = many(0, 3, inner);
    const over = chance(30) ? { ...maybe(20, () => ({ ignoreNulls: true })), over: window(depth) } : {};
    return {
      kind: 'call', name: one(plainNames), arguments: operands, ...(operands.length > 0 ? { ...maybe(20, () => ({ distinct: true })), ...maybe(20, () => ({ orderBy: [ordering(depth)] })) } : {}),
      ...maybe(10, () => ({ filter: inner() })), ...over,
    };
  }

  function window(depth: number): Window {
    const bound = (): FrameBound => one<FrameBound>([{ kind: 'current-row' }, { kind: 'unbounded-preceding' }, { kind: 'preceding', offset: { kind: 'number', text: '2' } }]);
    return {
      ...maybe(50, () => ({ partitionBy: many(1, 2, () => expression(depth - 1)) })), ...maybe(50, () => ({ orderBy: many(1, 2, () => ordering(depth)) })),
      ...maybe(40, () => ({ frame: { unit: one(['rows', 'range'] as const), start: bound(), ...maybe(50, () => ({ end: one<FrameBound>([{ kind: 'current-row' }, { kind: 'following', offset: { kind: 'number', text: '1' } }]) })) } })),
    };
  }

  const ordering = (depth: number): Ordering => ({ expression: expression(depth - 1), ...maybe(40, () => ({ descending: true })), ...maybe(40, () => ({ nulls: one(['first', 'last'] as const) })) });
  const negated = () => maybe(40, () => ({ negated: true }));

  function expression(depth: number): Expression {
    if (depth <= 0) return chance(50) ? literal() : name();
    const inner = () => expression(depth - 1);
    const rows = (): Query => query(depth - 2);
    return one<() => Expression>([
      literal, name, () => call(depth), () => ({ kind: 'field', of: call(depth), name: one(names) }), () => ({ kind: 'subscript', of: inner(), index: inner() }),
      () => ({ kind: 'call', name: 'transform', arguments: [inner(), { kind: 'lambda', parameters: many(1, 2, () => one(names)), body: inner() }] }),
      () => ({ kind: 'unary', operator: one(['-', '+', 'not'] as const), operand: inner() }),
      () => ({ kind: 'binary', operator: one(['+', '-', '*', '/', '%', '||', '=', '<>', '<', '<=', '>', '>=', 'and', 'or'] as const), left: inner(), right: inner() }),
      () => ({ kind: 'binary', operator: one(['and', 'or'] as const), left: inner(), right: inner() }),
      () => ({ kind: 'is-null', operand: inner(), ...negated() }), () => ({ kind: 'is-distinct', left: inner(), right: inner(), ...negated() }),
      () => ({ kind: 'between', operand: inner(), low: inner(), high: inner(), ...negated() }),
      () => ({ kind: 'in', operand: inner(), values: chance(70) ? many(1, 3, inner) : rows(), ...negated() }),
      () => ({ kind: 'like', operand: inner(), pattern: inner(), ...maybe(30, () => ({ escape: literal() })), ...negated() }),
      () => ({ kind: 'exists', query: rows() }), () => ({ kind: 'scalar-query', query: rows() }),
      // oxlint-disable-next-line unicorn/no-thenable -- a branch of CASE, which nobody awaits
      () => ({ kind: 'case', ...maybe(40, () => ({ operand: inner() })), branches: many(1, 2, () => ({ when: inner(), then: inner() })), ...maybe(50, () => ({ otherwise: inner() })) }),
      () => ({ kind: 'cast', operand: inner(), type: type(2), ...maybe(40, () => ({ safe: true })) }),
      () => ({ kind: 'array', elements: many(0, 3, inner) }), () => ({ kind: 'row', elements: many(1, 3, inner) }),
      () => ({ kind: 'extract', part: one(['year', 'dow', 'hour']), from: inner() }),
      () => ({ kind: 'at-time-zone', operand: inner(), zone: { kind: 'string', value: 'Europe/Berlin' } }),
    ])();
  }

  const alias = () => ({ name: one(names), ...maybe(30, () => ({ columns: many(1, 2, () => one(names)) })) });

  function relation(depth: number): Relation {
    if (depth <= 0 || chance(40)) return { kind: 'table', ...maybe(20, () => ({ schema: one(names) })), name: one(names), ...maybe(50, () => ({ alias: alias() })) };
    return one<() => Relation>([
      () => ({ kind: 'subquery', query: query(depth - 1), ...maybe(20, () => ({ lateral: true })), ...maybe(70, () => ({ alias: alias() })) }),
      () => ({ kind: 'unnest', arrays: many(1, 2, () => expression(depth - 1)), ...maybe(40, () => ({ withOrdinality: true })), ...maybe(70, () => ({ alias: alias() })) }),
      () => ({ kind: 'join', type: 'cross', left: relation(depth - 1), right: relation(depth - 1) }),
      () => ({
        kind: 'join', type: one(['inner', 'left', 'right', 'full'] as const), left: relation(depth - 1), right: relation(depth - 1),
        ...(chance(70) ? { on: expression(depth - 1) } : { using: many(1, 2, () => one(names)) }),
      }),
    ])();
  }

  /** A row alone would be read as its parts. */
  const single = (depth: number): Expression => {
    const made = expression(depth);
    return made.kind === 'row' ? name() : made;
  };

  function grouping(depth: number): Grouping {
    const set = () => (chance(20) ? [] : chance(70) ? [single(depth)] : many(2, 3, () => expression(depth)));
    if (chance(60)) return { kind: 'simple', expressions: set() };
    return chance(50) ? { kind: one(['rollup', 'cube'] as const), expressions: many(1, 2, () => expression(depth)) } : { kind: 'sets', sets: many(1, 3, set) };
  }

  function select(depth: number): Select {
    const item = (): SelectItem => chance(15)
      ? { kind: 'all', ...maybe(50, () => ({ of: one(names) })) }
      : { kind: 'item', expression: expression(depth), ...maybe(50, () => ({ alias: one(names) })) };
    return {
      kind: 'select', ...maybe(20, () => ({ distinct: true })), items: many(1, 3, item), ...maybe(80, () => ({ from: many(1, 2, () => relation(depth)) })),
      ...maybe(50, () => ({ where: expression(depth) })), ...maybe(30, () => ({ groupBy: many(1, 2, () => grouping(depth - 1)) })), ...maybe(20, () => ({ having: expression(depth - 1) })),
    };
  }

  function body(depth: number): QueryBody {
    if (depth <= 0 || chance(60)) return select(depth);
    if (chance(30)) {
      const width = 1 + below(2);
      return { kind: 'values', rows: many(1, 3, () => Array.from({ length: width }, () => expression(depth - 1))) };
    }
    return { kind: one(['union', 'intersect', 'except'] as const), all: chance(50), left: body(depth - 1), right: chance(30) ? { kind: 'query', body: body(depth - 1), limit: 5 } : body(depth - 1) };
  }

  function query(depth: number): Query {
    return {
      kind: 'query', ...maybe(15, () => ({ with: many(1, 2, () => ({ name: one(names), ...maybe(40, () => ({ columns: [one(names)] })), query: query(depth - 1) })) })), body: body(depth),
      ...maybe(30, () => ({ orderBy: many(1, 2, () => ordering(depth)) })), ...maybe(10, () => ({ offset: below(100) })), ...maybe(20, () => ({ limit: below(100) })),
    };
  }

  return Array.from({ length: count }, () => query(3));
}
