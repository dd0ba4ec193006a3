/**
 * Compiles the FHIRPath of a search parameter at run time
 * (https://hl7.org/fhir/R4/searchparameter-definitions.html#SearchParameter.expression) into functions that select elements by
 * their types. It has what selects: paths, `|`, `as`, `ofType`, `[n]`, `first()`, `last()`, `where()`, `extension()`; and
 * conditions, in `where()` or as the result: `=`, `!=`, `and`, `or`, `is`, `exists()`, `empty()`, `not()`. What would compute,
 * or read another resource, is refused.
 */
import { textArgument, typeArgument } from '../../path/expression.ts';
import type { Binary, Call, Expression } from '../../path/expression.ts';
import { PathError } from '../../path/path-error.ts';
import { fhirType, isA } from '../../path/types.ts';
import { isResourceType } from '../../structures.ts';
import { asTest, connected, equals, hasType, holds, leadsTo, negated, someHolds } from './logic.ts';
import type { Test } from './logic.ts';
import { children, itself, ofType, selectsNothing, union } from './selection.ts';
import type { Item, Position, Selector } from './selection.ts';

/** What an expression, or the part of it in `where()`, starts from. */
export interface Focus {
  readonly positions: readonly Position[];
  /** `element`: of a composite, where the roots of FHIRPath would lead away. */
  readonly kind: 'resource' | 'element' | 'criteria';
}

const booleanPosition: Position = { type: 'boolean', path: 'boolean' };

/** @throws PathError for what is not offered, and for names that the types at hand do not have */
export function compileSelector(expression: Expression, focus: Focus): Selector {
  if (isTest(expression)) {
    const test = compileTest(expression, focus);
    return { positions: [booleanPosition], select: (from) => booleanItems(test(from)) };
  }
  switch (expression.kind) {
    case 'root':
      return compileRoot(expression.name, focus, expression.at);
    case 'member':
      return expression.of === undefined ? compileFirst(expression.name, focus, expression.at) : member(compileSelector(expression.of, focus), expression.name, expression.at);
    case 'index':
      return slice(compileSelector(expression.of, focus), expression.index, expression.index + 1);
    case 'type':
      return ofType(compileSelector(expression.of, focus), typeNamed(expression.type, expression.at));
    case 'call':
      return compileCall(expression, focus);
    case 'binary':
      return union(compileSelector(expression.left, focus), compileSelector(expression.right, focus));
    case 'literal':
      throw new PathError('a literal', expression.at, 'where elements are to be selected');
  }
}

function compileRoot(name: string, { positions, kind }: Focus, at: number): Selector {
  // Within where() a root would make every element look at the whole resource: a cost without bound.
  if (name === '$this' || (kind === 'resource' && (name === '%resource' || name === '%context'))) return itself(positions);
  throw new PathError(name, at, kind === 'resource' ? undefined : 'where it may not stand');
}

/** A path begins with the type of what it starts from, with another of the parameter's types, or (a few in R4) with an element. */
function compileFirst(name: string, { positions, kind }: Focus, at: number): Selector {
  if (!/^[A-Z]/.test(name)) return member(itself(positions), name, at);
  if (positions.some(({ type }) => isA(type, name))) return ofType(itself(positions), name);
  if (kind === 'resource' && (isResourceType(name) || name === 'DomainResource')) return selectsNothing;
  throw new PathError(named(name), at, fhirType(name) === undefined ? 'which is no type of R4' : 'where this type may not stand');
}

function member(of: Selector, name: string, at: number): Selector {
  const child = children(of.positions, name);
  if (child.positions.length === 0 && of.positions.length > 0) {
    const types = [...new Set(of.positions.map(({ type }) => type))];
    const without = types.length > 3 ? 'none of the types has there' : `${types.join(' and ')} does not have`;
    throw new PathError(`the element ${named(name)}`, at, `which ${without}`);
  }
  return { positions: child.positions, select: (from) => child.select(of.select(from)) };
}

function slice(of: Selector, start: number, end?: number): Selector {
  return { positions: of.positions, select: (from) => of.select(from).slice(start, end) };
}

function compileCall(call: Call, focus: Focus): Selector {
  const { name, at, arguments: given } = call;
  const of = calledOn(call, focus);
  switch (given.length === 0 ? `${name}()` : name) {
    case 'first()':
      return slice(of, 0, 1);
    case 'last()':
      return slice(of, -1);
    case 'ofType':
    case 'as':
      return ofType(of, typeNamed(typeArgument(call), at));
    case 'extension':
      return extension(of, call);
    case 'where': {
      if (given.length > 1) break;
      const test = compileTest(given[0] as Expression, within(of));
      return { positions: of.positions, select: (from) => of.select(from).filter((item) => holds(test, item)) };
    }
    case 'resolve()':
      throw new PathError('resolve()', at, 'without "is" and a type behind it');
  }
  throw new PathError(`${named(name)}(${given.length === 0 ? '' : '…'})`, at);
}

function extension(of: Selector, call: Call): Selector {
  const url = textArgument(call);
  if (url === undefined) throw new PathError('extension()', call.at, 'without the text of a URL');
  const extensions = member(of, 'extension', call.at);
  const urls = children(extensions.positions, 'url');
  const hasUrl = (item: Item): boolean => urls.select([item]).some(({ value }) => value === url);
  return { positions: extensions.positions, select: (from) => extensions.select(from).filter(hasUrl) };
}

function booleanItems(value: boolean | undefined): readonly Item[] {
  return value === undefined ? [] : [{ position: booleanPosition, value }];
}

const conditions: ReadonlySet<string> = new Set(['exists', 'empty', 'not']);

/** Whether the expression is a condition, whatever the types of its elements. */
function isTest(expression: Expression): boolean {
  const { kind } = expression;
  if (kind === 'binary') return expression.operator !== '|';
  if (kind === 'type') return expression.operator === 'is';
  return kind === 'call' && conditions.has(expression.name);
}

function compileTest(expression: Expression, focus: Focus): Test {
  const { kind } = expression;
  if (kind === 'binary' && expression.operator !== '|') return compileBinary(expression, focus);
  if (kind === 'type' && expression.operator === 'is') return compileIs(expression, focus);
  if (kind === 'call' && conditions.has(expression.name)) return compileCondition(expression, focus);
  if (kind === 'literal' && expression.literal.kind === 'boolean') {
    const { value } = expression.literal;
    return () => value;
  }
  return asTest(compileSelector(expression, focus).select);
}

function compileBinary({ operator, left, right, at }: Binary, focus: Focus): Test {
  if (operator === 'and' || operator === 'or') return connected(operator, compileTest(left, focus), compileTest(right, focus));
  const [path, given] = left.kind === 'literal' ? [right, left] : [left, right];
  if (given.kind !== 'literal' || path.kind === 'literal') throw new PathError(`"${operator}"`, at, 'without a literal on one side');
  const test = equals(compileSelector(path, focus).select, given.literal);
  return operator === '=' ? test : negated(test);
}

function compileIs({ of, type: name, at }: Extract<Expression, { kind: 'type' }>, focus: Focus): Test {
  const type = typeNamed(name, at);
  if (of.kind !== 'call' || of.name !== 'resolve' || of.arguments.length > 0) return hasType(compileSelector(of, focus).select, type);
  const { positions, select } = calledOn(of, focus);
  const canResolve = positions.every((position) => position.type === 'Reference' || isA(position.type, 'uri'));
  if (!canResolve) throw new PathError('resolve()', of.at, 'of what is no reference');
  if (!isA(type, 'Resource') && type !== 'DomainResource') throw new PathError('"resolve() is"', at, `with ${type}, which is no resource`);
  return leadsTo(select, type);
}

function compileCondition(call: Call, focus: Focus): Test {
  const { name, of, arguments: given, at } = call;
  if (given.length > (name === 'exists' ? 1 : 0) || (name === 'not' && of === undefined)) throw new PathError(`${name}()`, at, 'in a form that is not offered');
  if (name === 'not') return negated(compileTest(of as Expression, focus));
  const selector = calledOn(call, focus);
  const [criteria] = given;
  if (criteria !== undefined) return someHolds(selector.select, compileTest(criteria, within(selector)));
  const exists: Test = (from) => selector.select(from).length > 0;
  return name === 'exists' ? exists : negated(exists);
}

/** What stands before the dot of a call; without one it is called on what is at hand. */
function calledOn(call: Call, focus: Focus): Selector {
  return call.of === undefined ? itself(focus.positions) : compileSelector(call.of, focus);
}

/** What `where()` holds its criteria against. */
function within({ positions }: Selector): Focus {
  return { positions, kind: 'criteria' };
}

/** The type that `as`, `is` and `ofType` name. */
function typeNamed(name: string | undefined, at: number): string {
  const type = name === undefined ? undefined : fhirType(name);
  if (type === undefined) throw new PathError(name === undefined ? 'an argument' : named(name), at, 'which is no type of R4');
  return type;
}

/** Names have 64 characters at most. */
function named(name: string): string {
  return name.slice(0, 64);
}
