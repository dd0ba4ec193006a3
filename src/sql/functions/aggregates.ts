/** Aggregates and window functions (https://trino.io/docs/435/functions/aggregate.html, https://trino.io/docs/435/functions/window.html). */
import { decimalQuotient } from '../decimals.ts';
import { decimal, digitsOf, duckDbType, isDecimal, maxPrecision } from '../types.ts';
import { aggregate, type Call, type FunctionRule } from './rule.ts';

const own = (name: string): FunctionRule['duckDb'] => (operands, call) => aggregate(name, operands, call);

/** DuckDB's sums and counts of integers are wider. */
const narrowed = (name: string): FunctionRule['duckDb'] => (operands, call) => `CAST(${aggregate(name, operands, call)} AS ${duckDbType(call.result)})`;

const plain = (name: string, signatures: readonly string[], duckDb = own(name)): FunctionRule => ({ name, signatures, kind: 'aggregate', duckDb });

const window = (name: string, signatures: readonly string[]): FunctionRule => ({ name, signatures, kind: 'window', duckDb: own(name) });

const statistics = ['stddev', 'stddev_samp', 'stddev_pop', 'variance', 'var_samp', 'var_pop'];
const pairs = ['corr', 'covar_samp', 'covar_pop', 'regr_slope', 'regr_intercept'];

/** Null where DuckDB says NaN. */
const numbers = (name: string): FunctionRule['duckDb'] => (operands, call) => `list_transform([${aggregate(name, operands, call)}], lambda v: CASE WHEN NOT isnan(v) THEN v END)[1]`;

const averageOfDecimals = ([value]: readonly string[], call: Call): string => {
  const [, scale] = digitsOf(call.types[0]!);
  const sum = `CAST(${aggregate('sum', [value!], call)} AS DECIMAL(38, ${scale}))`;
  return decimalQuotient(sum, `CAST(${aggregate('count', [value!], call)} AS DECIMAL(19, 0))`, { scales: [scale, 0, scale], result: digitsOf(call.result) });
};

export const aggregates: readonly FunctionRule[] = [
  plain('count', ['(): bigint', '(T): bigint'], (operands, call) => aggregate('count', operands.length > 0 ? operands : ['*'], call)),
  // DuckDB's own is null where nothing but null was counted.
  plain('count_if', ['(boolean): bigint'], ([condition], call) => aggregate('count', [`CASE WHEN ${condition} THEN 1 END`], call)),
  {
    name: 'sum', signatures: ['(bigint): bigint', '(decimal): decimal', '(double): double'], kind: 'aggregate', duckDb: narrowed('sum'),
    result: ({ types: [type] }) => type && isDecimal(type) ? decimal(maxPrecision, digitsOf(type)[1]) : undefined,
  },
  {
    name: 'avg', signatures: ['(bigint): double', '(decimal): decimal', '(double): double'], kind: 'aggregate',
    duckDb: (operands, call) => isDecimal(call.result) ? averageOfDecimals(operands, call) : aggregate('avg', operands, call),
  },
  plain('min', ['(O): O']),
  plain('max', ['(O): O']),
  plain('min_by', ['(T, O): T'], own('arg_min_null')),
  plain('max_by', ['(T, O): T'], own('arg_max_null')),
  plain('bool_and', ['(boolean): boolean']),
  plain('bool_or', ['(boolean): boolean']),
  plain('every', ['(boolean): boolean'], own('bool_and')),
  { ...plain('arbitrary', ['(T): T'], own('any_value')), note: 'any of the values: the engines may choose another' },
  { ...plain('any_value', ['(T): T']), note: 'any of the values: the engines may choose another' },
  { ...plain('array_agg', ['(T): array(T)']), note: 'in any order without ORDER BY' },
  { ...plain('approx_distinct', ['(C): bigint'], ([value], call) => `count(DISTINCT ${value})${call.behind}`), note: 'estimated on Athena, exact on DuckDB' },
  {
    ...plain('approx_percentile', ['(bigint, double): bigint', '(double, double): double'], ([value, share], call) => {
      if (call.operands[1]?.expression?.kind !== 'number') throw call.fault('The share is a literal from 0 to 1.', 1);
      return `quantile_disc(${value}, ${share})${call.behind}`;
    }),
    note: 'estimated on Athena, exact on DuckDB; the share is a literal',
  },
  ...statistics.map((name) => plain(name, ['(double): double'])),
  ...pairs.map((name): FunctionRule => ({ ...plain(name, ['(D, D): double'], numbers(name)), note: 'of doubles: CAST integers' })),
  { name: 'row_number', signatures: ['(): bigint'], kind: 'window', duckDb: own('row_number') },
  window('rank', ['(): bigint']),
  window('dense_rank', ['(): bigint']),
  window('percent_rank', ['(): double']),
  window('cume_dist', ['(): double']),
  window('ntile', ['(bigint): bigint']),
  window('first_value', ['(T): T']),
  window('last_value', ['(T): T']),
  window('nth_value', ['(T, bigint): T']),
  window('lag', ['(T): T', '(T, bigint): T', '(T, bigint, T): T']),
  window('lead', ['(T): T', '(T, bigint): T', '(T, bigint, T): T']),
];
