/** The functions on texts and their conversions (https://hl7.org/fhirpath/N1/#string-manipulation, #conversion). */
import type { ComputingCall } from '../../fhir/path/expression.ts';
import { PathError } from '../../fhir/path/path-error.ts';
import type { Expression } from '../ast.ts';
import { decimalText } from './boundaries.ts';
import type { Called, PathFunction } from './called.ts';
import { typeOf } from './elements.ts';
import * as sql from './nodes.ts';
import type { Item, Value } from './path-value.ts';
import { arrayOf, computed, empty, itemSql } from './path-value.ts';
import { classOf, isWhole } from './primitive-classes.ts';
import { singleItem } from './singleton.ts';

export const textFunctions: Readonly<Record<string, PathFunction>> = {
  join,
  startsWith: (called) => test(called, (text, part) => sql.binary('=', sql.call('substr', text, sql.number('1'), sql.call('length', part)), part)),
  endsWith: (called) => test(called, (text, part) => sql.binary('=', sql.call('substr', text, sql.binary('+', sql.binary('-', sql.call('length', text), sql.call('length', part)), sql.number('1'))), part)),
  contains: (called) => test(called, (text, part) => sql.binary('>', sql.call('strpos', text, part), sql.number('0'))),
  upper: (called) => changed(called, (text) => sql.call('upper', text)),
  lower: (called) => changed(called, (text) => sql.call('lower', text)),
  trim: (called) => changed(called, (text) => sql.call('trim', text)),
  length: ({ from, call, scope }) => {
    const text = textItem({ from, call, scope });
    return text === undefined ? empty : computed('integer', sql.cast(sql.call('length', text), sql.named('integer')));
  },
  substring,
  replace,
  toString: (called: Called) => converted(called, 'string', asText),
  toInteger: (called) => converted(called, 'integer', (item) => {
    if (classOf(item.type) === 'boolean') return sql.when(itemSql(item), sql.number('1'), sql.when(sql.not(itemSql(item)), sql.number('0')));
    return isWhole(item.type) ? itemSql(item) : classOf(item.type) === 'text' ? sql.tryCast(itemSql(item), sql.named('integer')) : undefined;
  }),
  toDecimal: (called) => converted(called, 'decimal', (item) => {
    const kind = classOf(item.type);
    return kind === 'number' || kind === 'text' ? sql.tryCast(itemSql(item), sql.named('double')) : undefined;
  }),
};

type Of = Pick<Called, 'from' | 'call' | 'scope'>;

/** https://build.fhir.org/ig/HL7/FHIRPath/#joinseparator-string--string: the empty text of an empty collection. */
function join({ from, call, scope }: Called): Value {
  const separator = call.arguments.length === 0 ? '' : literalText(call, 0);
  if (separator === undefined || call.arguments.length > 1) throw new PathError('join(…)', call.at, 'which takes a text');
  if (from.kind === 'empty') return computed('string', sql.text(''));
  if (from.kind === 'choice' || classOf(typeOf(from)) !== 'text') throw new PathError('join(…)', call.at, 'of what are no texts');
  const joined = from.kind === 'one' ? itemSql(singleItem(from, 'join(…)', scope)!) : sql.call('array_join', arrayOf(from, scope.fresh), sql.text(separator));
  return computed('string', sql.call('coalesce', joined, sql.text('')));
}

function textItem({ from, call, scope }: Of): Expression | undefined {
  const item = singleItem(from, `${call.name}(…) at character ${call.at + 1}`, scope);
  if (item !== undefined && classOf(item.type) !== 'text') throw new PathError(`${call.name}(…)`, call.at, 'of what is no text');
  return item === undefined ? undefined : itemSql(item);
}

function literalText({ arguments: given }: ComputingCall, place: number): string | undefined {
  const argument = given[place];
  return argument?.kind === 'literal' && argument.literal.kind === 'text' ? argument.literal.text : undefined;
}

function test(called: Called, compare: (text: Expression, part: Expression) => Expression): Value {
  const { call, scope, compile } = called;
  const [argument, ...more] = call.arguments;
  if (argument === undefined || more.length > 0) throw new PathError(`${call.name}(…)`, call.at, 'which takes one text');
  const text = textItem(called);
  const part = textItem({ from: compile(argument, scope), call, scope });
  return text === undefined || part === undefined ? empty : computed('boolean', compare(text, part));
}

function changed(called: Called, change: (text: Expression) => Expression): Value {
  if (called.call.arguments.length > 0) throw new PathError(`${called.call.name}(…)`, called.call.at, 'which takes no argument here');
  const text = textItem(called);
  return text === undefined ? empty : computed('string', change(text));
}

/** From a place that begins at 0; empty where it lies outside of the text. */
function substring(called: Called): Value {
  const { call } = called;
  const [start, length] = call.arguments.map((argument) => (argument.kind === 'literal' && argument.literal.kind === 'number' ? argument.literal.text : undefined));
  const isWholeNumber = (digits: string | undefined): digits is string => digits !== undefined && /^\d{1,9}$/.test(digits);
  if (!isWholeNumber(start) || call.arguments.length > 2 || (call.arguments.length === 2 && !isWholeNumber(length))) {
    throw new PathError('substring(…)', call.at, 'which takes one or two whole numbers');
  }
  const text = textItem(called);
  if (text === undefined) return empty;
  const from = sql.number(String(Number(start) + 1));
  const part = sql.call('substr', text, from, ...(length === undefined ? [] : [sql.number(length)]));
  return computed('string', sql.when(sql.binary('<=', from, sql.call('length', text)), part));
}

function replace(called: Called): Value {
  const { call } = called;
  const [pattern, substitution] = [literalText(call, 0), literalText(call, 1)];
  if (!pattern || substitution === undefined || call.arguments.length > 2) throw new PathError('replace(…)', call.at, 'which takes two texts');
  const text = textItem(called);
  return text === undefined ? empty : computed('string', sql.call('replace', text, sql.text(pattern), sql.text(substitution)));
}

function converted({ from, call, scope }: Called, type: 'string' | 'integer' | 'decimal', convert: (item: Item) => Expression | undefined): Value {
  if (call.arguments.length > 0) throw new PathError(`${call.name}(…)`, call.at, 'which takes no argument here');
  const item = singleItem(from, `${call.name}(…) at character ${call.at + 1}`, scope);
  if (item === undefined) return empty;
  const found = convert(item);
  if (found === undefined) throw new PathError(`${call.name}(…)`, call.at, `of ${item.type}`);
  return computed(type, found);
}

/** A primitive as a text; `undefined` of what is none. */
export function asText(item: Item): Expression | undefined {
  const kind = classOf(item.type);
  if (kind === undefined || item.form.kind !== 'scalar') return undefined;
  if (kind === 'boolean') return sql.when(itemSql(item), sql.text('true'), sql.when(sql.not(itemSql(item)), sql.text('false')));
  return kind === 'number' ? decimalText(item.form) : itemSql(item);
}

