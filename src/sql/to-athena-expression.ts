/** Writes expressions for Athena: see `to-athena.ts`. */
import type { Expression, FrameBound, FunctionCall, Ordering, Query, Window } from './ast.ts';
import { functionName, numberText, quotedName, quotedText } from './quote.ts';
import { typeText } from './type-names.ts';

export interface AthenaExpressions {
  /** Where any expression may stand. */
  readonly text: (expression: Expression) => string;
  /** Where an operator is beside it: in parentheses, unless it is a name, a call or the like. */
  readonly operand: (expression: Expression) => string;
}

type Of<Kind extends Expression['kind']> = Extract<Expression, { kind: Kind }>;

/** `a AND b AND c` is read from the left: such chains need no parentheses, which would nest too deep. */
const chained: ReadonlySet<string> = new Set(['and', 'or', '+', '*', '||']);

const compound: ReadonlySet<Expression['kind']> = new Set([
  'unary', 'binary', 'is-null', 'is-distinct', 'between', 'in', 'like', 'lambda', 'at-time-zone',
]);

/** Functions that stand without parentheses. */
const moments: ReadonlySet<string> = new Set(['current_date', 'current_timestamp', 'localtimestamp', 'current_time', 'localtime']);

/** @param queryText writes a subquery */
export function athenaExpressions(queryText: (query: Query) => string): AthenaExpressions {
  const operand = (expression: Expression) => compound.has(expression.kind) ? `(${text(expression)})` : text(expression);
  const list = (expressions: readonly Expression[]) => expressions.map(text).join(', ');
  const both: AthenaExpressions = { text, operand };

  function text(expression: Expression): string {
    switch (expression.kind) {
      case 'name': return expression.parts.map(quotedName).join('.');
      case 'field': return `${base(expression.of)}.${quotedName(expression.name)}`;
      case 'subscript': return `${base(expression.of)}[${operand(expression.index)}]`;
      case 'call': return callText(expression, both);
      case 'lambda': return `(${expression.parameters.map(quotedName).join(', ')}) -> ${text(expression.body)}`;
      case 'exists': return `EXISTS (${queryText(expression.query)})`;
      case 'scalar-query': return `(${queryText(expression.query)})`;
      case 'case': return caseText(expression);
      case 'cast': return `${expression.safe ? 'TRY_CAST' : 'CAST'}(${text(expression.operand)} AS ${typeText(expression.type)})`;
      case 'array': return `ARRAY[${list(expression.elements)}]`;
      case 'row': return `ROW(${list(expression.elements)})`;
      case 'extract': return `EXTRACT(${functionName(expression.part)} FROM ${operand(expression.from)})`;
      case 'at-time-zone': return `${base(expression.operand)} AT TIME ZONE ${text(expression.zone)}`;
      default: return operatorText(expression);
    }
  }

  /** In front of a dot or a bracket: numbers and intervals stand in parentheses too. */
  function base(expression: Expression): string {
    const plain = ['name', 'field', 'subscript', 'call', 'array', 'row', 'scalar-query', 'cast', 'case'].includes(expression.kind);
    return plain ? text(expression) : `(${text(expression)})`;
  }

  function operatorText(expression: Exclude<Expression, Of<'name' | 'field' | 'subscript' | 'call' | 'lambda' | 'exists' | 'scalar-query'
    | 'case' | 'cast' | 'array' | 'row' | 'extract' | 'at-time-zone'>>): string {
    switch (expression.kind) {
      case 'unary': return expression.operator === 'not' ? `NOT (${text(expression.operand)})` : `${expression.operator}(${text(expression.operand)})`;
      case 'binary': return binaryText(expression);
      case 'is-null': return `${operand(expression.operand)} IS ${not(expression)}NULL`;
      case 'is-distinct': return `${operand(expression.left)} IS ${not(expression)}DISTINCT FROM ${operand(expression.right)}`;
      case 'between': return `${operand(expression.operand)} ${not(expression)}BETWEEN ${operand(expression.low)} AND ${operand(expression.high)}`;
      case 'in': {
        const values = 'kind' in expression.values ? queryText(expression.values) : list(expression.values);
        return `${operand(expression.operand)} ${not(expression)}IN (${values})`;
      }
      case 'like': {
        const escape = expression.escape ? ` ESCAPE ${operand(expression.escape)}` : '';
        return `${operand(expression.operand)} ${not(expression)}LIKE ${operand(expression.pattern)}${escape}`;
      }
      default: return literalText(expression);
    }
  }

  function binaryText({ operator, left, right }: Of<'binary'>): string {
    const chain = left.kind === 'binary' && left.operator === operator && chained.has(operator);
    return `${chain ? text(left) : operand(left)} ${operator.toUpperCase()} ${operand(right)}`;
  }

  function caseText({ operand: compared, branches, otherwise }: Of<'case'>): string {
    const whens = branches.map(({ when, then }) => `WHEN ${text(when)} THEN ${text(then)}`);
    return ['CASE', compared && text(compared), ...whens, otherwise && `ELSE ${text(otherwise)}`, 'END'].filter(Boolean).join(' ');
  }

  return both;
}

const not = (expression: { readonly negated?: boolean }) => expression.negated ? 'NOT ' : '';

function literalText(literal: Of<'null' | 'boolean' | 'number' | 'string' | 'date' | 'timestamp' | 'time' | 'interval'>): string {
  switch (literal.kind) {
    case 'null': return 'NULL';
    case 'boolean': return literal.value ? 'TRUE' : 'FALSE';
    case 'number': return numberText(literal.text);
    case 'string': return quotedText(literal.value);
    case 'interval': return `INTERVAL ${literal.negative ? '-' : ''}${quotedText(literal.value)} ${functionName(literal.unit).toUpperCase()}`;
    default: return `${literal.kind.toUpperCase()} ${quotedText(literal.value)}`;
  }
}

export function orderings(list: readonly Ordering[], { text }: AthenaExpressions): string {
  return list.map(({ expression, descending, nulls }) =>
    `${text(expression)}${descending ? ' DESC' : ''}${nulls ? ` NULLS ${nulls.toUpperCase()}` : ''}`).join(', ');
}

function callText(call: FunctionCall, expressions: AthenaExpressions): string {
  if (moments.has(call.name)) return call.name;
  const { text } = expressions;
  const operands = call.star ? '*' : `${call.distinct ? 'DISTINCT ' : ''}${call.arguments.map(text).join(', ')}`;
  const ordered = call.orderBy ? ` ORDER BY ${orderings(call.orderBy, expressions)}` : '';
  const filter = call.filter ? ` FILTER (WHERE ${text(call.filter)})` : '';
  const nulls = call.ignoreNulls ? ' IGNORE NULLS' : '';
  const over = call.over ? ` OVER (${windowText(call.over, expressions)})` : '';
  return `${functionName(call.name)}(${operands}${ordered})${filter}${nulls}${over}`;
}

function windowText({ partitionBy, orderBy, frame }: Window, expressions: AthenaExpressions): string {
  const bound = (at: FrameBound) => 'offset' in at
    ? `${expressions.operand(at.offset)} ${at.kind.toUpperCase()}`
    : at.kind.replace('-', ' ').toUpperCase();
  const range = frame && (frame.end ? `BETWEEN ${bound(frame.start)} AND ${bound(frame.end)}` : bound(frame.start));
  return [
    partitionBy && `PARTITION BY ${partitionBy.map(expressions.text).join(', ')}`,
    orderBy && `ORDER BY ${orderings(orderBy, expressions)}`,
    frame && `${frame.unit.toUpperCase()} ${range}`,
  ].filter(Boolean).join(' ');
}
