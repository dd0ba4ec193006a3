/** The operators between two values (https://hl7.org/fhirpath/N1/#operations). Where one is empty, so is the answer, except as noted. */
import type { ComputingExpression, ComputingOperator } from '../../fhir/path/expression.ts';
import { PathError } from '../../fhir/path/path-error.ts';
import type { Expression } from '../ast.ts';
import { typeOf } from './elements.ts';
import * as sql from './nodes.ts';
import type { Item, Many, One, ScalarForm, Value } from './path-value.ts';
import { arrayOf, bound, computed, empty, itemSql } from './path-value.ts';
import { classOf, isTemporal, isWhole } from './primitive-classes.ts';
import type { Scope } from './scope.ts';
import { booleanSql, singleItem } from './singleton.ts';
import type { Comparison } from './temporal.ts';
import { compareTemporal } from './temporal.ts';

type Binary = Extract<ComputingExpression, { kind: 'binary' }>;
type Compile = (expression: ComputingExpression, scope: Scope) => Value;

const comparisons: Partial<Record<ComputingOperator, Comparison>> = { '=': '=', '!=': '<>', '<': '<', '<=': '<=', '>': '>', '>=': '>=' };

export function compileBinary({ operator, left, right, at }: Binary, scope: Scope, compile: Compile): Value {
  const one = compile(left, scope);
  const other = compile(right, scope);
  const operands: Operands = { one, other, operator, at, scope };
  const comparison = comparisons[operator];
  if (comparison !== undefined) return compared(comparison, operands);
  switch (operator) {
    case 'and': case 'or': return computed('boolean', sql.binary(operator, ...booleans(operands)));
    case 'xor': return computed('boolean', sql.binary('<>', ...booleans(operands)));
    case 'implies': {
      const [condition, consequence] = booleans(operands);
      return computed('boolean', sql.binary('or', sql.not(condition), consequence));
    }
    case '|': return union(operands);
    case '&': return concatenated(operands);
    default: return calculated(operands);
  }
}

interface Operands {
  readonly one: Value;
  readonly other: Value;
  readonly operator: ComputingOperator;
  readonly at: number;
  readonly scope: Scope;
}

/** SQL's three-valued logic is FHIRPath's. */
function booleans({ one, other, at, scope }: Operands): [Expression, Expression] {
  return [booleanSql(one, at, scope), booleanSql(other, at, scope)];
}

function compared(comparison: Comparison, operands: Operands): Value {
  const { one, other, operator, at, scope } = operands;
  if (one.kind === 'choice' || other.kind === 'choice') throw refused(operands, 'of a choice of types: say of which by ofType(…)');
  if (one.kind === 'empty' || other.kind === 'empty') return empty;
  const [oneClass, otherClass] = [classOf(typeOf(one)), classOf(typeOf(other))];
  if (oneClass === undefined || otherClass === undefined) throw refused(operands, 'of what has elements: name the one to compare');
  const areTemporal = isTemporal(typeOf(one)) && isTemporal(typeOf(other)) && (oneClass === 'time') === (otherClass === 'time');
  // Texts may stand for dates and are compared as such only by their letters.
  const areTexts = [oneClass, otherClass].every((each) => each !== 'boolean' && each !== 'number');
  if (oneClass !== otherClass && !areTemporal && !areTexts) throw refused(operands, `between ${typeOf(one)} and ${typeOf(other)}`);
  const isEquality = operator === '=' || operator === '!=';
  if (isEquality && !areTemporal && (one.kind === 'many' || other.kind === 'many')) return computed('boolean', equalLists(comparison, [one, other], scope));
  if (!isEquality && oneClass === 'boolean') throw refused(operands, 'between booleans');
  const place = `the operand of ${operator} at character ${at + 1}`;
  const [left, right] = [singleItem(one, place, scope)!, singleItem(other, place, scope)!];
  return computed('boolean', areTemporal ? compareTemporal(comparison, left, right) : sql.binary(comparison, itemSql(left), itemSql(right)));
}

/** Collections are equal when they have the same items in the same order: nothing tells whether one is that has none. */
function equalLists(comparison: Comparison, [one, other]: readonly [One | Many, One | Many], { fresh }: Scope): Expression {
  return bound(arrayOf(one, fresh), fresh, (left) => bound(arrayOf(other, fresh), fresh, (right) => {
    const sizes = [left, right].map((items) => sql.call('cardinality', items));
    const areThere = sql.allOf(sizes.map((size) => sql.binary('>', size, sql.number('0'))))!;
    const place = fresh();
    const [item, counterpart] = [left, right].map((items) => sql.elementAt(items, sql.name(place)));
    const differing = sql.call('filter', sql.call('sequence', sql.number('1'), sizes[0]!), sql.lambda(place, sql.binary('<>', item!, counterpart!)));
    const areSame = sql.binary('=', sql.call('cardinality', differing), sql.number('0'));
    const areEqual = sql.when(sql.binary('=', sizes[0]!, sizes[1]!), areSame, sql.boolean(false));
    return sql.when(areThere, comparison === '=' ? areEqual : sql.not(areEqual));
  }));
}

/** https://hl7.org/fhirpath/N1/#-union-collections: each value once. */
function union(operands: Operands): Value {
  const { one, other, scope: { fresh } } = operands;
  if (one.kind === 'empty') return other;
  if (other.kind === 'empty') return one;
  if (one.kind === 'choice' || other.kind === 'choice' || classOf(typeOf(one)) !== classOf(typeOf(other))) throw refused(operands, 'between values of different types');
  const type = typeOf(one);
  const { form } = one.kind === 'one' ? one.item : one.item(sql.nothing);
  if (form.kind !== 'scalar') throw refused(operands, 'of what has elements: select each in a branch of unionAll');
  const both = [one, other].map((value) => sql.call('coalesce', arrayOf(value, fresh), sql.array()));
  const item = (element: Expression): Item => ({ type, form: { kind: 'scalar', scalar: form.scalar, sql: element } });
  return { kind: 'many', source: sql.call('array_distinct', sql.call('concat', ...both)), item, isSparse: false };
}

/** Joins texts; an empty one is the empty text. */
function concatenated(operands: Operands): Value {
  const [left, right] = textOperands(operands).map((each) => (each === undefined ? sql.text('') : sql.call('coalesce', each, sql.text(''))));
  return computed('string', sql.binary('||', left!, right!));
}

function textOperands(operands: Operands): readonly (Expression | undefined)[] {
  const { one, other, operator, at, scope } = operands;
  return [one, other].map((value) => {
    const item = singleItem(value, `the operand of ${operator} at character ${at + 1}`, scope);
    if (item !== undefined && classOf(item.type) !== 'text') throw refused(operands, 'of what is no text');
    return item === undefined ? undefined : itemSql(item);
  });
}

function calculated(operands: Operands): Value {
  const { one, other, operator, at, scope } = operands;
  const place = `the operand of ${operator} at character ${at + 1}`;
  const [left, right] = [singleItem(one, place, scope), singleItem(other, place, scope)];
  if (left === undefined || right === undefined) return empty;
  if (operator === '+' && classOf(left.type) === 'text' && classOf(right.type) === 'text') {
    return computed('string', sql.binary('||', itemSql(left), itemSql(right)));
  }
  if (classOf(left.type) !== 'number' || classOf(right.type) !== 'number') throw refused(operands, 'of what is no number');
  const areWhole = isWhole(left.type) && isWhole(right.type);
  const [a, b] = [(left.form as ScalarForm).sql, (right.form as ScalarForm).sql];
  if (operator === '/') return computed('decimal', sql.binary('/', sql.cast(a, sql.named('double')), sql.call('nullif', b, sql.number('0'))));
  if (operator === 'div') throw refused(operands, 'which is not offered: compute it in SQL over the view');
  if (operator === 'mod') return computed(areWhole ? 'integer' : 'decimal', sql.binary('%', a, sql.call('nullif', b, sql.number('0'))));
  return computed(areWhole ? 'integer' : 'decimal', sql.binary(operator as '+' | '-' | '*', a, b));
}

function refused({ operator, at }: Operands, reason: string): PathError {
  return new PathError(`"${operator}"`, at, reason);
}
