/**
 * Signatures of functions as their documentation writes them, `filter(array(T), function(T, boolean)): array(T)`, and which of them
 * takes given operands. Single capitals stand for types: N for numbers, D for doubles as they are, O for what has an order, C for what can be told apart, M
 * for dates and timestamps, any other for all.
 */
import type { SqlType } from './ast.ts';
import {
  array, bigint, boolean, commonType, date, dayInterval, decimal, double, integer, isComparable, isMoment, isNumeric, isOrderable, json,
  monthInterval, nameOf, ownZoneTimestamp, sameType, standsFor, timestamp, unknown, varchar, zonedTimestamp,
} from './types.ts';

export type Parameter =
  | { readonly kind: 'type'; readonly type: SqlType }
  | { readonly kind: 'lambda'; readonly parameters: readonly SqlType[]; readonly result: SqlType };

export interface Signature {
  readonly text: string;
  readonly parameters: readonly Parameter[];
  /** The last parameter may come any number of times, at least once. */
  readonly variadic: boolean;
  readonly result: SqlType;
}

const parsed = new Map<string, Signature>();

/** @param text `(array(T), function(T, boolean)): array(T)`, `(varchar, varchar...): varchar` */
export function signatureOf(text: string): Signature {
  let signature = parsed.get(text);
  if (!signature) parsed.set(text, signature = parse(text));
  return signature;
}

function parse(text: string): Signature {
  const words = text.match(/[A-Za-z]+|\.\.\.|[(),:]/g) ?? [];
  let at = 0;
  const take = (word: string) => words[at] === word && Boolean(at += 1);
  const parameters: Parameter[] = [];
  let variadic = false;
  const typeAt = (): SqlType => {
    const name = words[at++]!;
    if (name === 'array' && take('(')) {
      const element = typeAt();
      take(')');
      return array(element);
    }
    if (name === 'map' && take('(')) {
      const key = typeAt();
      take(',');
      const value = typeAt();
      take(')');
      return { kind: 'map', key, value };
    }
    return aliases[name] ?? { kind: 'named', name };
  };
  const lambdaAt = (): Parameter => {
    const types: SqlType[] = [];
    take('(');
    do types.push(typeAt()); while (take(','));
    take(')');
    return { kind: 'lambda', parameters: types.slice(0, -1), result: types.at(-1)! };
  };
  take('(');
  while (!take(')')) {
    parameters.push(take('function') ? lambdaAt() : { kind: 'type', type: typeAt() });
    variadic = take('...') || variadic;
    take(',');
  }
  take(':');
  return { text, parameters, variadic, result: typeAt() };
}

/** Types whose names are more than a word. */
const aliases: Readonly<Record<string, SqlType>> = { zoned: zonedTimestamp, ownzone: ownZoneTimestamp };

export type Bindings = ReadonlyMap<string, SqlType>;

const isVariable = (type: SqlType): boolean => type.kind === 'named' && /^[A-Z]$/.test(type.name);

const constraints: Readonly<Record<string, (type: SqlType) => boolean>> = { N: isNumeric, O: isOrderable, C: isComparable, M: isMoment, D: (type) => nameOf(type) === 'double' };

/** Makes a parameter's type and an operand's meet. @returns `undefined` where they do not */
export function bind(parameter: SqlType, operand: SqlType, bindings: Bindings): Bindings | undefined {
  if (isVariable(parameter)) {
    const name = nameOf(parameter);
    const common = commonType(bindings.get(name) ?? unknown, operand);
    if (!common || (common !== unknown && constraints[name] && !constraints[name](common))) return undefined;
    return new Map(bindings).set(name, common);
  }
  if (operand === unknown) return bindings;
  if (parameter.kind === 'array') return operand.kind === 'array' ? bind(parameter.element, operand.element, bindings) : undefined;
  if (parameter.kind === 'map') {
    const keys = operand.kind === 'map' ? bind(parameter.key, operand.key, bindings) : undefined;
    return keys && operand.kind === 'map' ? bind(parameter.value, operand.value, keys) : undefined;
  }
  if (nameOf(parameter) === 'decimal') return nameOf(operand) === 'decimal' ? bindings : undefined;
  return standsFor(operand, parameter) ? bindings : undefined;
}

/** The type that a parameter has once its variables are known. */
export function filled(type: SqlType, bindings: Bindings, operand?: SqlType): SqlType {
  if (isVariable(type)) return bindings.get(nameOf(type)) ?? unknown;
  if (type.kind === 'array') return array(filled(type.element, bindings));
  if (type.kind === 'map') return { kind: 'map', key: filled(type.key, bindings), value: filled(type.value, bindings) };
  if (nameOf(type) === 'decimal') return operand ?? decimal(38, 0);
  return known.find((candidate) => sameType(candidate, type)) ?? type;
}

/** One object for each type, for types of timestamps are told apart by identity. */
const known = [bigint, boolean, date, dayInterval, double, integer, json, monthInterval, ownZoneTimestamp, timestamp, varchar, zonedTimestamp, unknown];
