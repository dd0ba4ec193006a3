/** Short ways to make the nodes of a statement (`../ast.ts`). */
import type { ScalarType } from '../../fhir/lake/lake-table.ts';
import type { BinaryOperator, Expression, SqlType } from '../ast.ts';

export const nothing: Expression = { kind: 'null' };

export function text(value: string): Expression {
  return { kind: 'string', value };
}

/** @param written as SQL has it: `1`, `1.5e0` */
export function number(written: string): Expression {
  return { kind: 'number', text: written };
}

export function boolean(value: boolean): Expression {
  return { kind: 'boolean', value };
}

export function name(...parts: readonly string[]): Expression {
  return { kind: 'name', parts };
}

export function field(of: Expression, fieldName: string): Expression {
  return { kind: 'field', of, name: fieldName };
}

export function call(functionName: string, ...given: readonly Expression[]): Expression {
  return { kind: 'call', name: functionName, arguments: given };
}

export function lambda(parameter: string, body: Expression): Expression {
  return { kind: 'lambda', parameters: [parameter], body };
}

export function binary(operator: BinaryOperator, left: Expression, right: Expression): Expression {
  return { kind: 'binary', operator, left, right };
}

/** All of them hold; `undefined` of none. */
export function allOf(conditions: readonly Expression[]): Expression | undefined {
  return conditions.reduce<Expression | undefined>((found, each) => (found === undefined ? each : binary('and', found, each)), undefined);
}

export function not(operand: Expression): Expression {
  return { kind: 'unary', operator: 'not', operand };
}

export function isNull(operand: Expression): Expression {
  return { kind: 'is-null', operand };
}

export function isThere(operand: Expression): Expression {
  return { kind: 'is-null', operand, negated: true };
}

/** CASE with one branch; null otherwise, unless told. */
export function when(condition: Expression, then: Expression, otherwise?: Expression): Expression {
  return { kind: 'case', branches: [branch(condition, then)], ...(otherwise === undefined ? {} : { otherwise }) };
}

export function branch(condition: Expression, then: Expression): { readonly when: Expression; readonly then: Expression } {
  // oxlint-disable-next-line unicorn/no-thenable -- a branch of CASE, which nobody awaits
  return { when: condition, then };
}

export function cast(operand: Expression, type: SqlType): Expression {
  return { kind: 'cast', operand, type };
}

/** Null where it is no such thing. */
export function tryCast(operand: Expression, type: SqlType): Expression {
  return { kind: 'cast', operand, type, safe: true };
}

export function array(...elements: readonly Expression[]): Expression {
  return { kind: 'array', elements };
}

export function row(elements: readonly Expression[]): Expression {
  return { kind: 'row', elements };
}

/** The element at a place from 1, null beyond the end. */
export function elementAt(of: Expression, index: Expression): Expression {
  return call('element_at', of, index);
}

const athenaNames: Readonly<Record<ScalarType, string>> = {
  string: 'varchar', boolean: 'boolean', integer: 'integer', bigint: 'bigint', double: 'double', date: 'date', timestamp: 'timestamp',
};

export function sqlScalar(type: ScalarType): SqlType {
  return named(athenaNames[type]);
}

export function named(typeName: string, ...parameters: readonly number[]): SqlType {
  return { kind: 'named', name: typeName, ...(parameters.length === 0 ? {} : { parameters }) };
}

export const jsonArray: SqlType = { kind: 'array', element: named('json') };
