/** Functions of numbers, and conditions (https://trino.io/docs/435/functions/math.html, https://trino.io/docs/435/functions/conditional.html). */
import type { SqlType } from '../ast.ts';
import { bound, guarded } from '../typed.ts';
import { decimal, digitsOf, duckDbType, isDecimal, maxPrecision, nameOf } from '../types.ts';
import { type Call, type FunctionRule, same } from './rule.ts';

type Shape = (precision: number, scale: number) => readonly [number, number];

/** A decimal's own shape, made from that of the first operand. */
const shaped = (shape: Shape) => ({ types }: { readonly types: readonly SqlType[] }): SqlType | undefined => {
  const [type] = types;
  if (!type || !isDecimal(type)) return undefined;
  const [precision, scale] = shape(...digitsOf(type));
  return decimal(Math.min(maxPrecision, precision), scale);
};

const whole = shaped((precision, scale) => [precision - scale + Math.min(scale, 1), 0]);

const cast = (sql: string, { result }: Call) => `CAST(${sql} AS ${duckDbType(result)})`;

const rounding = (name: string): FunctionRule['duckDb'] => (operands, call) =>
  nameOf(call.result) === 'integer' || nameOf(call.result) === 'bigint' ? operands[0]! : cast(`${name}(${operands.join(', ')})`, call);

/** What DuckDB raises an error for and Trino does not. */
const outside = (name: string, isOutside: (value: string) => string, otherwise: string): FunctionRule['duckDb'] => ([operand]) =>
  bound([operand!], ([value]) => `CASE WHEN ${isOutside(value!)} THEN CAST('${otherwise}' AS DOUBLE) ELSE ${name}(${value}) END`);

const logarithm = (name: string): FunctionRule['duckDb'] => ([operand]) => bound([operand!], ([value]) =>
  `CASE WHEN ${value} < 0 THEN CAST('NaN' AS DOUBLE) WHEN ${value} = 0 THEN CAST('-Infinity' AS DOUBLE) ELSE ${name}(${value}) END`);

/** Null where any is; DuckDB's own leaves nulls out. */
const extreme = (name: string): FunctionRule['duckDb'] => (operands) =>
  bound(operands, (values) => `CASE WHEN ${values.map((value) => `${value} IS NULL`).join(' OR ')} THEN NULL ELSE ${name}(${values.join(', ')}) END`);

const doubles = (names: readonly string[]): FunctionRule[] => names.map((name) => ({ name, signatures: ['(double): double'], duckDb: same(name) }));

const ceilings: Pick<FunctionRule, 'signatures' | 'duckDb' | 'result'> = { signatures: ['(N): N'], duckDb: rounding('ceil'), result: whole };

export const numberFunctions: readonly FunctionRule[] = [
  { name: 'abs', signatures: ['(N): N'], duckDb: same('abs') },
  { name: 'ceil', ...ceilings },
  { name: 'ceiling', ...ceilings },
  { name: 'floor', signatures: ['(N): N'], duckDb: rounding('floor'), result: whole },
  {
    name: 'round', signatures: ['(N): N', '(N, integer): N'],
    note: 'the number of digits is a literal',
    duckDb: (operands, call) => {
      if (operands.length === 1) return rounding('round')(operands, call);
      const digits = call.operands[1]?.expression;
      if (digits?.kind !== 'number' || !/^\d$|^1\d$/.test(digits.text)) throw call.fault('The number of digits is a literal from 0 to 19.', 1);
      return rounding('round')([operands[0]!, digits.text], call);
    },
    result: (call) => call.types.length === 1 ? whole(call) : shaped((precision, scale) => [precision + 1, scale])(call),
  },
  { name: 'truncate', signatures: ['(double): double'], duckDb: same('trunc') },
  { name: 'sign', signatures: ['(N): N'], duckDb: ([value], call) => cast(`sign(${value})`, call), result: shaped(() => [1, 0]) },
  {
    name: 'mod', signatures: ['(integer, integer): integer', '(bigint, bigint): bigint', '(double, double): double'],
    duckDb: ([left, right], { result }) => nameOf(result) === 'double'
      ? `fmod(${left}, ${right})`
      : `(${left} % ${guarded(right!, (v) => `${v} = 0`, 'Division by zero')})`,
  },
  { name: 'sqrt', signatures: ['(double): double'], duckDb: outside('sqrt', (value) => `${value} < 0`, 'NaN') },
  { name: 'ln', signatures: ['(double): double'], duckDb: logarithm('ln') },
  { name: 'log2', signatures: ['(double): double'], duckDb: logarithm('log2') },
  { name: 'log10', signatures: ['(double): double'], duckDb: logarithm('log10') },
  ...doubles(['exp', 'degrees', 'radians']),
  { name: 'power', signatures: ['(double, double): double'], duckDb: same('pow') },
  { name: 'pow', signatures: ['(double, double): double'], duckDb: same('pow') },
  { name: 'pi', signatures: ['(): double'], duckDb: same('pi') },
  { name: 'is_nan', signatures: ['(double): boolean'], duckDb: same('isnan') },
  { name: 'is_finite', signatures: ['(double): boolean'], duckDb: same('isfinite') },
  { name: 'greatest', signatures: ['(O...): O'], duckDb: extreme('greatest') },
  { name: 'least', signatures: ['(O...): O'], duckDb: extreme('least') },
  { name: 'if', signatures: ['(boolean, T): T', '(boolean, T, T): T'], duckDb: ([condition, then, otherwise]) => `CASE WHEN ${condition} THEN ${then} ELSE ${otherwise ?? 'NULL'} END`.replace(/^(.*)$/s, '($1)') },
  { name: 'coalesce', signatures: ['(T, T...): T'], duckDb: same('coalesce') },
  { name: 'nullif', signatures: ['(O, O): O'], note: 'both of one type', duckDb: same('nullif') },
  {
    name: 'try', signatures: ['(T): T'], note: 'not around aggregates, window functions and subqueries',
    duckDb: ([value], { operands, fault }) => {
      if (operands[0]?.aggregates || operands[0]?.windows || operands[0]?.queries) throw fault('TRY holds no aggregate, window function or subquery: use it on their operands, or nullif on a divisor.', 0);
      // Within a lambda, for DuckDB takes `error` for volatile, which TRY refuses.
      return `TRY(list_transform([TRUE], lambda z: ${value})[1])`;
    },
  },
];
