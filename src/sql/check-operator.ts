/** Checks operators (https://trino.io/docs/435/functions/comparison.html, …/math.html, …/decimal.html, …/datetime.html). */
import type { Expression, SqlType } from './ast.ts';
import { shortType } from './check-name.ts';
import { decimalQuotient } from './decimals.ts';
import { bound, coerced, isNumberLiteral, type Place, type Typed, typed } from './typed.ts';
import {
  boolean, commonType, dayInterval, decimal, digitsOf, double, isComparable, isDecimal, isMoment, isNumeric, isOrderable, maxPrecision,
  monthInterval, nameOf, unknown, varchar,
} from './types.ts';

type Of<Kind extends Expression['kind']> = Extract<Expression, { kind: Kind }>;

export function binaryAt(expression: Of<'binary'>, place: Place): Typed {
  if (expression.operator === '||') return chainAt(expression, place);
  const left = place.tools.read(expression.left, place);
  const right = place.tools.read(expression.right, place);
  switch (expression.operator) {
    case 'and': case 'or': {
      const both = [truth(left, expression.left, place), truth(right, expression.right, place)];
      return typed(boolean, `(${both.map(({ sql }) => sql).join(` ${expression.operator.toUpperCase()} `)})`, both);
    }
    case '=': case '<>': case '<': case '<=': case '>': case '>=': return compared({ operator: expression.operator, left, right }, expression, place);
    default: return computed({ operator: expression.operator, left, right }, expression, place);
  }
}

/** A condition. */
export function truth(value: Typed, expression: { readonly at?: number }, { tools }: Place): Typed {
  if (value.type !== boolean && value.type !== unknown && nameOf(value.type) !== 'boolean') {
    throw tools.fault(`A condition is a boolean; this is ${shortType(value.type)}.`, expression);
  }
  return coerced(value, boolean);
}

interface Sides {
  readonly operator: string;
  readonly left: Typed;
  readonly right: Typed;
}

/** Both as the type that they have in common. */
export function alike({ operator, left, right }: Sides, of: { readonly at?: number }, { tools }: Place): readonly [Typed, Typed, SqlType] {
  const common = commonType(left.type, right.type);
  if (!common) {
    throw tools.fault(`${operator} cannot join ${shortType(left.type)} and ${shortType(right.type)}: ${castHint(left.type, right.type)}.`, of);
  }
  return [coerced(left, common), coerced(right, common), common];
}

function castHint(left: SqlType, right: SqlType): string {
  const other = nameOf(left) === 'varchar' ? right : left;
  if (nameOf(left) !== 'varchar' && nameOf(right) !== 'varchar') return 'CAST one of them';
  return isMoment(other) || isNumeric(other) ? `CAST(… AS ${nameOf(other)}) the text, or CAST the other to varchar` : 'CAST one of them';
}

export function compared(sides: Sides, of: { readonly at?: number }, place: Place): Typed {
  const [left, right, common] = alike(sides, of, place);
  if (nameOf(common) === 'json') throw place.tools.fault('JSON is not compared: use json_extract_scalar, or CAST it.', of);
  if (!isOrderable(common)) throw place.tools.fault(`Values of ${shortType(common)} are not compared: compare their parts.`, of);
  return typed(boolean, `(${left.sql} ${sides.operator} ${right.sql})`, [left, right]);
}

/** `a || b || c`, whatever its length, as a tree of little height: for one that is as high as it is long, DuckDB takes minutes. */
function chainAt(expression: Of<'binary'>, place: Place): Typed {
  const joints: Of<'binary'>[] = [];
  let first: Expression = expression;
  for (; first.kind === 'binary' && first.operator === '||'; first = first.left) joints.unshift(first);
  const operands = [place.tools.read(first, place)];
  let { type } = operands[0]!;
  for (const joint of joints) {
    const right = place.tools.read(joint.right, place);
    type = joinedType({ operator: '||', left: { ...operands.at(-1)!, type }, right }, joint, place);
    operands.push(right);
  }
  const join = type.kind === 'array' ? (left: string, right: string) => `list_concat(${left}, ${right})` : (left: string, right: string) => `(${left} || ${right})`;
  return typed(type, balanced(operands.map((operand) => coerced(operand, type).sql), join), operands);
}

/** Of two operands of `||`. */
function joinedType(sides: Sides, expression: Of<'binary'>, place: Place): SqlType {
  const { left, right } = sides;
  if ([left, right].every(({ type }) => nameOf(type) === 'varchar' || type === unknown)) return varchar;
  if (left.type.kind === 'array' && right.type.kind === 'array') return alike(sides, expression, place)[2];
  const other = [left, right].find(({ type }) => nameOf(type) !== 'varchar') ?? left;
  throw place.tools.fault(`|| joins texts or arrays; this is ${shortType(other.type)}: CAST it AS varchar.`, expression);
}

function balanced(values: readonly string[], join: (left: string, right: string) => string): string {
  if (values.length === 1) return values[0]!;
  const middle = values.length >> 1;
  return join(balanced(values.slice(0, middle), join), balanced(values.slice(middle), join));
}

function computed(sides: Sides, expression: Of<'binary'>, place: Place): Typed {
  const { operator, left, right } = sides;
  if ([left, right].some(({ type }) => isMoment(type) || type === monthInterval || type === dayInterval)) {
    return momentSum(sides, expression, place);
  }
  if (![left, right].every(({ type }) => isNumeric(type) || type === unknown)) {
    const other = [left, right].find(({ type }) => !isNumeric(type))!;
    throw place.tools.fault(`${operator} computes with numbers; this is ${shortType(other.type)}${nameOf(other.type) === 'varchar' ? ': CAST it' : ''}.`, expression);
  }
  const [first, second, common] = alike(sides, expression, place);
  if (isDecimal(common)) return decimalResult({ operator, left, right }, expression, place);
  if (common === unknown) return typed(unknown, 'NULL');
  if (operator !== '/' && operator !== '%') return typed(common, `(${first.sql} ${operator} ${second.sql})`, [left, right]);
  if (nameOf(common) === 'double') return typed(double, operator === '/' ? `(${first.sql} / ${second.sql})` : `fmod(${first.sql}, ${second.sql})`, [left, right]);
  return typed(common, divided(operator === '/' ? '//' : '%', first.sql, isNumberLiteral(right) && !/^-?0+$/.test(literal(right)) ? second.sql : nonZero(second.sql, first.sql)), [left, right]);
}

const literal = (value: Typed) => value.expression?.kind === 'number' ? value.expression.text : '';

const divided = (operator: string, left: string, right: string) => `(${left} ${operator} ${right})`;

/** NULL divided by zero is NULL. */
const nonZero = (divisor: string, dividend: string) =>
  bound([divisor, `${dividend} IS NULL`], ([zero, none]) => `CASE WHEN ${zero} = 0 AND NOT ${none} THEN error('Division by zero') ELSE ${zero} END`, true);

/** Precision and scale of a result (https://trino.io/docs/435/functions/decimal.html#binary-arithmetic-decimal-operators). */
function decimalResult({ operator, left, right }: Sides, expression: Of<'binary'>, { tools }: Place): Typed {
  const [leftPrecision, leftScale] = digitsOf(left.type);
  const [rightPrecision, rightScale] = digitsOf(right.type);
  const scale = operator === '*' ? leftScale + rightScale : Math.max(leftScale, rightScale);
  const whole = Math.max(leftPrecision - leftScale, rightPrecision - rightScale);
  const precisions: Readonly<Record<string, number>> = {
    '+': whole + scale + 1, '-': whole + scale + 1, '*': leftPrecision + rightPrecision,
    '/': leftPrecision + rightScale + Math.max(rightScale - leftScale, 0),
    '%': Math.min(leftPrecision - leftScale, rightPrecision - rightScale) + scale,
  };
  const type = decimal(Math.min(maxPrecision, precisions[operator]!), scale);
  if (scale > maxPrecision) throw tools.fault(`The result would have more than ${maxPrecision} digits: CAST to double.`, expression);
  const [first, second] = [exact(left).sql, exact(right).sql];
  if (operator === '/') return typed(type, decimalQuotient(first, second, { scales: [leftScale, rightScale, scale], result: digitsOf(type) }), [left, right]);
  if (operator === '%') return typed(type, `CAST(${divided('%', first, nonZero(second, first))} AS DECIMAL(${digitsOf(type).join(', ')}))`, [left, right]);
  return typed(type, `CAST(${first} ${operator} ${second} AS DECIMAL(${digitsOf(type).join(', ')}))`, [left, right]);
}

const exact = (value: Typed): Typed => isDecimal(value.type) ? value : coerced(value, decimal(...digitsOf(value.type)));

/** Dates and timestamps with intervals: a date stays one, and takes no hours. */
function momentSum({ operator, left, right }: Sides, expression: Of<'binary'>, { tools }: Place): Typed {
  const refuse = (reason: string) => tools.fault(reason, expression);
  const [moment, interval] = isMoment(left.type) || operator === '-' ? [left, right] : [right, left];
  if (isMoment(left.type) && isMoment(right.type)) throw refuse("The time between two moments is told by date_diff('day', from, to).");
  const intervals = [monthInterval, dayInterval];
  if (intervals.includes(interval.type as typeof dayInterval) && intervals.includes(moment.type as typeof dayInterval)) {
    if (moment.type !== interval.type || !/^[+-]$/.test(operator)) throw refuse('Intervals are added to intervals of their own kind.');
    return typed(moment.type, `(${left.sql} ${operator} ${right.sql})`, [left, right]);
  }
  if (!isMoment(moment.type) || !intervals.includes(interval.type as typeof dayInterval) || !/^[+-]$/.test(operator)) {
    throw refuse(`${operator} cannot join ${shortType(left.type)} and ${shortType(right.type)}: intervals are added to dates and timestamps, as in x + INTERVAL '3' DAY.`);
  }
  const sum = (sql: string) => operator === '+' ? `(${sql} + ${interval.sql})` : `(${sql} - ${interval.sql})`;
  if (nameOf(moment.type) !== 'date') {
    return { ...typed(moment.type, sum(moment.sql), [moment, interval]), ...(moment.local !== undefined && { local: sum(moment.local) }) };
  }
  if (interval.expression?.kind === 'interval' && /hour|minute|second/.test(interval.expression.unit)) {
    throw refuse('Hours, minutes and seconds are added to timestamps: CAST the date AS timestamp.');
  }
  return typed(moment.type, `CAST(${sum(moment.sql)} AS DATE)`, [moment, interval]);
}

export function inAt(expression: Of<'in'>, place: Place): Typed {
  const { values } = expression;
  const operand = place.tools.read(expression.operand, place);
  const not = expression.negated ? 'NOT ' : '';
  if ('kind' in values) return inQuery({ operand, query: values, not }, expression, place);
  const read = values.map((value) => place.tools.read(value, place));
  const common = read.reduce((type: SqlType, value) => alike({ operator: 'IN', left: { ...operand, type }, right: value }, expression, place)[2], operand.type);
  if (!isOrderable(common)) throw place.tools.fault(`Values of ${shortType(common)} are not compared: compare their parts.`, expression);
  const parts = [operand, ...read].map((value) => coerced(value, common));
  return typed(boolean, `(${parts[0]!.sql} ${not}IN (${parts.slice(1).map(({ sql }) => sql).join(', ')}))`, parts);
}

function inQuery({ operand, query, not }: { operand: Typed; query: Extract<Of<'in'>['values'], { kind: 'query' }>; not: string }, expression: Of<'in'>, place: Place): Typed {
  const { outputs, sql, uses } = subquery(query, place);
  if (outputs.length !== 1) throw place.tools.fault(`IN compares with one column; this query has ${outputs.length}.`, query);
  const [left, right, common] = alike({ operator: 'IN', left: operand, right: typed(outputs[0]!.type, 'c1') }, expression, place);
  if (!isOrderable(common)) throw place.tools.fault(`Values of ${shortType(common)} are not compared: compare their parts.`, expression);
  const rows = right.sql === 'c1' ? sql : `SELECT ${right.sql} FROM (${sql}) AS q`;
  return { ...typed(boolean, `(${left.sql} ${not}IN (${rows}))`, [operand, ...uses]), queries: true };
}

/** A query inside an expression; `uses` are the columns of this query that it uses. */
export function subquery(query: Extract<Of<'in'>['values'], { kind: 'query' }>, place: Place) {
  if (place.parameters.length > 0) throw place.tools.fault('A lambda holds no subquery.', query);
  if (place.noQueries) throw place.tools.fault(place.noQueries, query);
  const uses: Typed[] = [];
  const checked = place.tools.query(query, { ...place, correlated: (used) => uses.push(used) });
  return { ...checked, uses: uses.map((used) => ({ ...used, sql: '' })) };
}

export function isDistinctAt(expression: Of<'is-distinct'>, place: Place): Typed {
  const sides = { operator: 'IS DISTINCT FROM', left: place.tools.read(expression.left, place), right: place.tools.read(expression.right, place) };
  const [left, right, common] = alike(sides, expression, place);
  if (!isComparable(common) || !isOrderable(common)) throw place.tools.fault(`Values of ${shortType(common)} are not compared: compare their parts.`, expression);
  return typed(boolean, `(${left.sql} IS ${expression.negated ? 'NOT ' : ''}DISTINCT FROM ${right.sql})`, [left, right]);
}

export function likeAt(expression: Of<'like'>, place: Place): Typed {
  const parts = [expression.operand, expression.pattern, ...(expression.escape ? [expression.escape] : [])].map((part) => {
    const value = place.tools.read(part, place);
    if (nameOf(value.type) !== 'varchar' && value.type !== unknown) throw place.tools.fault(`LIKE compares texts; this is ${shortType(value.type)}: CAST it AS varchar.`, part);
    return coerced(value, varchar);
  });
  const [operand, pattern, escape] = parts;
  if (escape && !(escape.expression?.kind === 'string' && Array.from(escape.expression.value).length === 1)) {
    throw place.tools.fault('ESCAPE takes one character, as a literal.', expression.escape);
  }
  const not = expression.negated ? 'NOT ' : '';
  return typed(boolean, `(${operand!.sql} ${not}LIKE ${pattern!.sql}${escape ? ` ESCAPE ${escape.sql}` : ''})`, parts);
}
