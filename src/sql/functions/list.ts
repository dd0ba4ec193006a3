/** Functions of arrays (https://trino.io/docs/435/functions/array.html, https://trino.io/docs/435/functions/lambda.html). */
import { bound, guarded } from '../typed.ts';
import { duckDbType, nameOf } from '../types.ts';
import { type FunctionRule, same } from './rule.ts';

/** True, false, or null where a null leaves it open. */
const some = (list: string, decided: 'TRUE' | 'FALSE') => bound([list], ([all]) =>
  `CASE WHEN list_contains(${all}, ${decided}) THEN ${decided} WHEN list_count(${all}) < len(${all}) THEN NULL WHEN ${all} IS NOT NULL THEN ${decided === 'TRUE' ? 'FALSE' : 'TRUE'} END`);

const extreme = (name: string): FunctionRule['duckDb'] => ([list]) =>
  bound([list!], ([all]) => `CASE WHEN list_count(${all}) = len(${all}) THEN ${name}(${all}) END`);

export const listFunctions: readonly FunctionRule[] = [
  { name: 'cardinality', signatures: ['(array(T)): bigint'], duckDb: same('len') },
  {
    name: 'element_at', signatures: ['(array(T), bigint): T'],
    duckDb: ([list, place], { operands }) => {
      const index = operands[1]?.expression;
      const plain = index?.kind === 'number' && Number(index.text) !== 0;
      return `list_extract(${list}, ${plain ? place : guarded(place!, (v) => `${v} = 0`, 'Array indices start at 1')})`;
    },
  },
  {
    name: 'contains', signatures: ['(array(O), O): boolean'], note: 'not for arrays of rows: use `any_match`',
    duckDb: ([list, sought]) => bound([list!, sought!], ([all, one]) =>
      `CASE WHEN ${one} IS NULL OR ${all} IS NULL THEN NULL WHEN list_contains(${all}, ${one}) THEN TRUE WHEN list_count(${all}) < len(${all}) THEN NULL ELSE FALSE END`),
  },
  { name: 'filter', signatures: ['(array(T), function(T, boolean)): array(T)'], duckDb: same('list_filter') },
  { name: 'transform', signatures: ['(array(T), function(T, U)): array(U)'], duckDb: same('list_transform') },
  { name: 'any_match', signatures: ['(array(T), function(T, boolean)): boolean'], duckDb: ([list, test]) => some(`list_transform(${list}, ${test})`, 'TRUE') },
  { name: 'all_match', signatures: ['(array(T), function(T, boolean)): boolean'], duckDb: ([list, test]) => some(`list_transform(${list}, ${test})`, 'FALSE') },
  { name: 'none_match', signatures: ['(array(T), function(T, boolean)): boolean'], duckDb: ([list, test]) => `(NOT ${some(`list_transform(${list}, ${test})`, 'TRUE')})` },
  {
    name: 'reduce', signatures: ['(array(T), S, function(S, T, S), function(S, R)): R'],
    // DuckDB's states are of the elements' type: each is a pair of a state and an element.
    lambdaFields: ([first, second], operand) => operand === 2 ? [`${first}['s']`, `${second}['e']`] : [first!],
    duckDb: ([list, start, step, end], { types }) => {
      const element = `CAST(NULL AS ${duckDbType(types[0]?.kind === 'array' ? types[0].element : types[0]!)})`;
      const state = duckDbType(types[1]!);
      const colon = step!.indexOf(':');
      const [parameters, body] = [step!.slice(0, colon), step!.slice(colon + 1)];
      const pairs = `list_transform(${list}, lambda e: {'s': CAST(NULL AS ${state}), 'e': e})`;
      const reduced = `list_reduce(${pairs}, ${parameters}: {'s': CAST(${body} AS ${state}), 'e': ${element}}, {'s': CAST(${start} AS ${state}), 'e': ${element}})`;
      return `list_transform([${reduced}['s']], ${end})[1]`;
    },
  },
  { name: 'flatten', signatures: ['(array(array(T))): array(T)'], duckDb: same('flatten') },
  {
    name: 'array_distinct', signatures: ['(array(C)): array(C)'],
    duckDb: ([list]) => bound([list!], ([all]) => `list_filter(${all}, lambda e, i: list_position(${all}, e) = i)`, true),
  },
  { name: 'array_sort', signatures: ['(array(O)): array(O)'], note: 'without a comparator', duckDb: ([list]) => `list_sort(${list}, 'ASC', 'NULLS LAST')` },
  {
    name: 'array_join', signatures: ['(array(O), varchar): varchar', '(array(O), varchar, varchar): varchar'], note: 'of texts, integers, decimals, booleans',
    duckDb: ([list, by, none], { types, fault }) => {
      const element = types[0]?.kind === 'array' ? nameOf(types[0].element) : '';
      if (!['varchar', 'integer', 'bigint', 'decimal', 'boolean', 'unknown'].includes(element)) throw fault('CAST the elements AS varchar by transform first.', 0);
      const texts = `CAST(${list} AS VARCHAR[])`;
      return `array_to_string(${none === undefined ? texts : `list_transform(${texts}, lambda e: coalesce(e, ${none}))`}, ${by})`;
    },
  },
  { name: 'array_max', signatures: ['(array(O)): O'], duckDb: extreme('list_max') },
  { name: 'array_min', signatures: ['(array(O)): O'], duckDb: extreme('list_min') },
  {
    name: 'array_position', signatures: ['(array(O), O): bigint'],
    duckDb: ([list, sought]) => bound([list!, sought!], ([all, one]) => `CASE WHEN ${all} IS NOT NULL AND ${one} IS NOT NULL THEN CAST(coalesce(list_position(${all}, ${one}), 0) AS BIGINT) END`),
  },
  {
    name: 'array_remove', signatures: ['(array(O), O): array(O)'],
    duckDb: ([list, sought]) => bound([list!, sought!], ([all, one]) => `CASE WHEN ${one} IS NOT NULL THEN list_filter(${all}, lambda e: e IS DISTINCT FROM ${one}) END`, true),
  },
  {
    name: 'slice', signatures: ['(array(T), bigint, bigint): array(T)'],
    duckDb: ([list, start, size]) => bound([list!, guarded(start!, (v) => `${v} = 0`, 'Array indices start at 1'), guarded(size!, (v) => `${v} < 0`, 'A length is not negative')], ([all, from, count]) => {
      const first = `CASE WHEN ${from} < 0 THEN len(${all}) + ${from} + 1 ELSE ${from} END`;
      return `CASE WHEN ${from} IS NULL OR ${count} IS NULL THEN NULL WHEN ${count} = 0 OR ${first} < 1 THEN list_slice(${all}, 2, 1) ELSE list_slice(${all}, ${first}, ${first} + ${count} - 1) END`;
    }, true),
  },
  {
    name: 'sequence', signatures: ['(bigint, bigint): array(bigint)', '(bigint, bigint, bigint): array(bigint)', '(date, date): array(date)'],
    duckDb: ([from, to, step], { types }) => {
      if (nameOf(types[0]!) === 'date') {
        return `list_transform(${guarded(`generate_series(CAST(0 AS BIGINT), CAST(abs(${to} - ${from}) AS BIGINT))`, (v) => `len(${v}) > ${maxSequence}`, 'A sequence has at most 10000 elements')}, lambda e: CAST(${from} + CAST(CASE WHEN ${to} < ${from} THEN -e ELSE e END AS INTEGER) AS DATE))`;
      }
      const by = step ?? bound([from!, to!], ([low, high]) => `CASE WHEN ${high} < ${low} THEN -1 ELSE 1 END`);
      return bound([from!, to!, by], ([low, high, one]) =>
        `CASE WHEN ${one} = 0 OR sign(${high} - ${low}) * sign(${one}) < 0 THEN error('A sequence goes from its start to its end') WHEN abs(${high} - ${low}) // abs(${one}) >= ${maxSequence} THEN error('A sequence has at most ${maxSequence} elements') ELSE generate_series(${low}, ${high}, ${one}) END`, true);
    },
  },
];

/** Trino's own bound. */
const maxSequence = 10_000;
