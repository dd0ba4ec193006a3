/** The functions of a path that choose and test (https://hl7.org/fhirpath/N1/#functions), and where those on values are found. */
import type { ComputingCall, ComputingExpression } from '../../fhir/path/expression.ts';
import { textArgument, typeArgument } from '../../fhir/path/expression.ts';
import { PathError } from '../../fhir/path/path-error.ts';
import { fhirType } from '../../fhir/path/types.ts';
import { isResourceType } from '../../fhir/structures.ts';
import type { Expression } from '../ast.ts';
import { boundaryOf } from './boundaries.ts';
import type { Called, PathFunction } from './called.ts';
import { elementsOf, jsonText, ofType, typeOf } from './elements.ts';
import * as sql from './nodes.ts';
import type { Item, ScalarForm, Value } from './path-value.ts';
import { computed, countOf, empty, exists, filtered, flatMap, itemAt, itemSql, one, scalarItem } from './path-value.ts';
import { classOf } from './primitive-classes.ts';
import type { Scope } from './scope.ts';
import { booleanSql, singleItem } from './singleton.ts';
import { textFunctions } from './text-functions.ts';

export const pathFunctions: Readonly<Record<string, PathFunction>> = {
  where: (called) => where(called),
  exists: (called) => computed('boolean', exists(called.call.arguments.length === 0 ? called.from : where(called), called.scope.fresh)),
  empty: ({ from, call, scope }) => bare(call) && computed('boolean', sql.not(exists(from, scope.fresh))),
  all: (called) => computed('boolean', sql.not(exists(where(called, true), called.scope.fresh))),
  count: ({ from, call, scope }) => bare(call) && computed('integer', sql.cast(countOf(from, scope.fresh), sql.named('integer'))),
  first: ({ from, call, scope }) => bare(call) && itemAt(from, 0, scope.fresh),
  last: ({ from, call, scope }) => bare(call) && last(from, scope),
  single: ({ from, call, scope }) => bare(call) && single(from, call, scope),
  ofType: ({ from, call, scope }) => ofType(from, typeNamed(call), scope.fresh),
  extension: (called) => extension(called),
  not: ({ from, call, scope }) => bare(call) && computed('boolean', sql.not(booleanSql(from, call.at, scope))),
  iif: (called) => iif(called),
  hasValue: ({ from, call, scope }) => bare(call) && computed('boolean', hasValue(from, scope)),
  getResourceKey: ({ from, call }) => bare(call) && resourceKey(from, call),
  getReferenceKey: (called) => referenceKey(called),
  lowBoundary: ({ from, call, scope }) => bare(call) && boundary(from, 'low', { call, scope }),
  highBoundary: ({ from, call, scope }) => bare(call) && boundary(from, 'high', { call, scope }),
  ...textFunctions,
};

/** @throws PathError when the function is given something */
function bare(call: ComputingCall): true {
  if (call.arguments.length > 0) throw new PathError(`${call.name}(…)`, call.at, 'which takes no argument here');
  return true;
}

function onlyArgument(call: ComputingCall): ComputingExpression {
  const [argument, ...more] = call.arguments;
  if (argument === undefined || more.length > 0) throw new PathError(`${call.name}(…)`, call.at, 'which takes one argument');
  return argument;
}

/** @param isNegated for those of which the criterion does not hold */
function where({ from, call, scope, compile }: Called, isNegated = false): Value {
  const criterion = onlyArgument(call);
  const holds = (item: Item): Expression => {
    const condition = booleanSql(compile(criterion, { ...scope, focus: one(item) }), criterion.at, scope);
    return isNegated ? sql.not(sql.call('coalesce', condition, sql.boolean(false))) : condition;
  };
  if (from.kind === 'choice') throw new PathError(`${call.name}(…)`, call.at, 'of a choice of types: say of which by ofType(…)');
  return filtered(from, holds, scope.fresh);
}

function last(from: Value, scope: Scope): Value {
  if (from.kind !== 'many') return from;
  return one(from.item(sql.elementAt(arraySource(from, scope), sql.number('-1'))));
}

function arraySource(from: Extract<Value, { kind: 'many' }>, { fresh }: Scope): Expression {
  const all = filtered(from, (item) => sql.isThere(itemSql(item)), fresh);
  return from.isSparse && all.kind === 'many' ? all.source : from.source;
}

function single(from: Value, { at }: ComputingCall, scope: Scope): Value {
  const item = singleItem(from, `single() at character ${at + 1}`, scope);
  return item === undefined ? empty : one(item);
}

function typeNamed(call: ComputingCall): string {
  const name = typeArgument(call);
  const type = name === undefined ? undefined : fhirType(name);
  if (type === undefined) throw new PathError(`${call.name}(…)`, call.at, 'which takes the name of a type of FHIR R4');
  return type;
}

/** https://hl7.org/fhir/R4/fhirpath.html#functions */
function extension({ from, call, scope }: Called): Value {
  const url = textArgument(call) ?? constantText(call, scope);
  if (url === undefined) throw new PathError('extension(…)', call.at, 'which takes the url of an extension as a text');
  const extensions = flatMap(from, (item) => elementsOf(item, 'extension'), scope.fresh);
  return filtered(extensions, ({ form }) => {
    if (form.kind !== 'json') throw new Error('An extension is a JSON text');
    return sql.binary('=', jsonText(form, 'url'), sql.text(url));
  }, scope.fresh);
}

function constantText({ arguments: [argument] }: ComputingCall, { constants }: Scope): string | undefined {
  const form = argument?.kind === 'root' ? constants.get(argument.name.slice(1))?.item.form : undefined;
  return form?.kind === 'scalar' ? form.written : undefined;
}

/** https://hl7.org/fhirpath/N1/#iifcriterion-expression-true-result-collection-otherwise-result-collection-collection */
function iif({ call, scope, compile }: Called): Value {
  const [criterion, then, otherwise, ...more] = call.arguments;
  if (criterion === undefined || then === undefined || more.length > 0) throw new PathError('iif(…)', call.at, 'which takes a condition and one or two values');
  const condition = booleanSql(compile(criterion, scope), criterion.at, scope);
  const values = [then, ...(otherwise === undefined ? [] : [otherwise])].map((each) => singleItem(compile(each, scope), 'iif(…)', scope));
  const [first, second] = values;
  const type = first?.type ?? second?.type;
  if (type === undefined) return empty;
  const forms = values.filter((item) => item !== undefined).map(({ form }) => form);
  const [form] = forms;
  if (form?.kind !== 'scalar' || forms.some((each) => each.kind !== 'scalar' || each.scalar !== form.scalar)) {
    throw new PathError('iif(…)', call.at, 'which takes values of one primitive type');
  }
  return one({ type, form: eitherForm(condition, first, second) });
}

/** With what stands beside both: the moment of a dateTime is that of the one that is chosen. */
function eitherForm(condition: Expression, first: Item | undefined, second: Item | undefined): ScalarForm {
  const [chosen, other] = [first?.form, second?.form] as readonly (ScalarForm | undefined)[];
  const either = (of: (form: ScalarForm) => Expression | undefined) => {
    const [a, b] = [chosen, other].map((form) => (form === undefined ? sql.nothing : of(form)));
    return a === undefined || b === undefined ? undefined : sql.when(condition, a, b);
  };
  const [timestamp, date, literal] = [either((form) => form.timestamp), either((form) => form.date), either((form) => form.literal)];
  return {
    kind: 'scalar',
    scalar: (chosen ?? other)!.scalar,
    sql: either((form) => form.sql)!,
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(date === undefined ? {} : { date }),
    ...(literal === undefined ? {} : { literal }),
  };
}

function hasValue(from: Value, { fresh }: Scope): Expression {
  if (from.kind === 'choice') return sql.binary('=', countOf(from, fresh), sql.number('1'));
  const isPrimitive = from.kind !== 'empty' && classOf(typeOf(from)) !== undefined;
  return isPrimitive ? sql.binary('=', countOf(from, fresh), sql.number('1')) : sql.boolean(false);
}

/** https://build.fhir.org/ig/FHIR/sql-on-fhir-v2/StructureDefinition-ViewDefinition.html#getresourcekey--keytype: the id. */
function resourceKey(from: Value, { at }: ComputingCall): Value {
  if (from.kind !== 'one' || !isResourceType(from.item.type)) throw new PathError('getResourceKey()', at, 'which is of the resource');
  const { form } = from.item;
  if (form.kind !== 'row') throw new PathError('getResourceKey()', at, 'which is of the resource');
  return one(scalarItem('id', 'string', form.at('id')));
}

/** The id of the resource that a reference leads to, where it is written as `Patient/123` and of the type that is asked for. */
function referenceKey({ from, call, scope }: Called): Value {
  const type = call.arguments.length === 0 ? undefined : typeOfReference(call);
  if (from.kind === 'choice') throw new PathError('getReferenceKey()', call.at, 'of a choice of types: say of which by ofType(…)');
  if (from.kind !== 'empty' && typeOf(from) !== 'Reference') throw new PathError('getReferenceKey()', call.at, 'which is of a Reference');
  return flatMap(from, (item) => one(scalarItem('id', 'string', keyOf(item, type))), scope.fresh);
}

function typeOfReference(call: ComputingCall): string {
  const type = typeArgument(call) ?? textArgument(call);
  if (!isResourceType(type)) throw new PathError('getReferenceKey(…)', call.at, 'which takes the name of a resource type of FHIR R4');
  return type;
}

/** A reference in a JSON text: `Patient/123`, also of another version, and behind a base. */
const referenceParts = '(?:^|/)([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?$';

function keyOf(item: Item, type: string | undefined): Expression {
  const { form } = item;
  if (form.kind === 'row') {
    const { fields, at } = form;
    const column = (role: string) => at(fields.find((each) => each.role === role)!.name);
    return type === undefined ? column('reference-id') : sql.when(sql.binary('=', column('reference-type'), sql.text(type)), column('reference-id'));
  }
  if (form.kind !== 'json') throw new Error('A Reference has elements');
  const part = (group: string) => sql.call('regexp_extract', jsonText(form, 'reference'), sql.text(referenceParts), sql.number(group));
  return type === undefined ? part('2') : sql.when(sql.binary('=', part('1'), sql.text(type)), part('2'));
}

/** Of a Period: the boundary of its start or its end. */
function boundary(from: Value, side: 'low' | 'high', { call, scope }: Pick<Called, 'call' | 'scope'>): Value {
  const of = from.kind === 'one' && from.item.type === 'Period'
    ? flatMap(from, (item) => elementsOf(item, side === 'low' ? 'start' : 'end'), scope.fresh)
    : from;
  const item = singleItem(of, `${side}Boundary() at character ${call.at + 1}`, scope);
  if (item === undefined) return empty;
  const found = boundaryOf(item, side);
  if (found === undefined) throw new PathError(`${side}Boundary()`, call.at, `of ${item.type}, which has none`);
  return one(found);
}

