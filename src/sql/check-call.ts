/** Checks calls: which function is meant, what it takes, and where aggregates and windows may stand. */
import type { Expression, FunctionCall, Ordering, SqlType, Window } from './ast.ts';
import { shortType, told } from './check-name.ts';
import type { Call, FunctionRule } from './functions/rule.ts';
import { insteadOf, rulesOf } from './functions/table.ts';
import { bind, type Bindings, filled, type Parameter, type Signature, signatureOf } from './signature.ts';
import { coerced, type Field, type Place, type Typed, typed } from './typed.ts';
import { boolean, isOrderable, nameOf, ownZoneTimestamp } from './types.ts';

export function callAt(call: FunctionCall, place: Place): Typed {
  const rules = rulesOf(call.name);
  if (call.name === 'grouping') return groupingAt(call, place);
  if (rules.length === 0) throw place.tools.fault(unknownFunction(call.name), call);
  const kind = rules[0]!.kind;
  if (kind === undefined) refuseOrnaments(call, place);
  if (kind === 'window' && !call.over) throw place.tools.fault(`${call.name} is a window function: OVER (…) is expected behind it.`, call);
  const isWindow = call.over !== undefined;
  const inner = isWindow ? windowPlace(call, place) : kind === 'aggregate' ? aggregatePlace(call, place) : place;
  const chosen = chooseSignature(call, rules, inner);
  return write(chosen, call, { place, inner, kind });
}

function unknownFunction(name: string): string {
  const other = insteadOf[name];
  return `There is no function ${told([name])}${other ? `: ${other}` : ': docs/sql-dialect.md lists those that are offered'}.`;
}

function refuseOrnaments(call: FunctionCall, { tools }: Place) {
  const worn = call.distinct ? 'DISTINCT' : call.orderBy ? 'ORDER BY' : call.filter ? 'FILTER' : call.over ? 'OVER' : call.star ? '*' : undefined;
  if (worn) throw tools.fault(`${call.name} is no aggregate and takes no ${worn}.`, call);
}

/** Columns inside an aggregate need not be grouped by. */
function aggregatePlace(call: FunctionCall, place: Place): Place {
  if (place.noAggregates) throw place.tools.fault(place.noAggregates, call);
  if (place.parameters.length > 0) throw place.tools.fault('A lambda holds no aggregate.', call);
  const { keys: _, outputs: __, ...rest } = place;
  return { ...rest, noAggregates: 'An aggregate holds no other: aggregate in a subquery first.', noWindows: 'An aggregate holds no window function.' };
}

function windowPlace(call: FunctionCall, place: Place): Place {
  if (place.noWindows) throw place.tools.fault(place.noWindows, call);
  if (place.parameters.length > 0) throw place.tools.fault('A lambda holds no window function.', call);
  return { ...place, noWindows: 'A window function holds no other: use a subquery.' };
}

interface Chosen {
  readonly rule: FunctionRule;
  readonly signature: Signature;
  readonly operands: readonly Typed[];
  readonly bindings: Bindings;
}

/** The first signature that takes the operands as they are, else the first that takes them at all. */
function chooseSignature(call: FunctionCall, rules: readonly FunctionRule[], place: Place): Chosen {
  const plain = call.arguments.map((operand) => operand.kind === 'lambda' ? undefined : place.tools.read(operand, place));
  const candidates = rules.flatMap((rule) => rule.signatures.map((text) => ({ rule, signature: signatureOf(text) })));
  for (const { rule, signature } of candidates) {
    const bindings = bindPlain(signature, plain, call.arguments);
    if (bindings) return withLambdas({ rule, signature, bindings }, { plain, call, place });
  }
  throw place.tools.fault(noSignature(call, plain, candidates.map(({ signature }) => signature)), call);
}

function noSignature(call: FunctionCall, plain: readonly (Typed | undefined)[], signatures: readonly Signature[]): string {
  const given = plain.map((operand) => operand ? shortType(operand.type) : 'a lambda').join(', ');
  const wanted = signatures.map(({ text }) => call.name + text.replace(/: [^:]*$/, '').replaceAll('ownzone', 'timestamp with time zone').replaceAll('zoned', 'timestamp with time zone').replaceAll(/\bD\b/g, 'double'));
  return `${call.name} does not take (${given}). It is offered as ${[...new Set(wanted)].join(', ')}.`;
}

function parameterAt({ parameters, variadic }: Signature, index: number): Parameter | undefined {
  return parameters[index] ?? (variadic ? parameters.at(-1) : undefined);
}

function bindPlain(signature: Signature, plain: readonly (Typed | undefined)[], given: readonly Expression[]): Bindings | undefined {
  const enough = signature.variadic ? plain.length >= signature.parameters.length : plain.length === signature.parameters.length;
  if (!enough) return undefined;
  let bindings: Bindings | undefined = new Map();
  for (const [index, operand] of plain.entries()) {
    const parameter = parameterAt(signature, index)!;
    if ((parameter.kind === 'lambda') !== (given[index]!.kind === 'lambda')) return undefined;
    if (parameter.kind === 'type' && operand) bindings = bind(parameter.type, operand.type, bindings);
    if (!bindings) return undefined;
  }
  return bindings;
}

interface Given {
  readonly plain: readonly (Typed | undefined)[];
  readonly call: FunctionCall;
  readonly place: Place;
}

/** Lambdas are read once the types of their parameters are known, from the left. */
function withLambdas({ rule, signature, bindings }: Omit<Chosen, 'operands'>, { plain, call, place }: Given): Chosen {
  let known = bindings;
  const operands = call.arguments.map((operand, index) => {
    const parameter = parameterAt(signature, index)!;
    if (operand.kind !== 'lambda' || parameter.kind !== 'lambda') return plain[index]!;
    const names = operand.parameters.map((_, at) => `p${place.parameters.length + at + 1}`);
    if (names.length !== parameter.parameters.length) {
      throw place.tools.fault(`This lambda has ${parameter.parameters.length} parameter${parameter.parameters.length > 1 ? 's' : ''}.`, operand);
    }
    const sqls = rule.lambdaFields?.(names, index) ?? names;
    const fields = operand.parameters.map((name, at): Field => ({ name, type: filled(parameter.parameters[at]!, known), sql: sqls[at]! }));
    const body = place.tools.read(operand.body, { ...place, parameters: [...place.parameters, ...fields] });
    const bound = bind(parameter.result, body.type, known);
    if (!bound) throw place.tools.fault(`This lambda gives ${shortType(body.type)}, where ${shortType(filled(parameter.result, known))} is wanted.`, operand);
    known = bound;
    const made = coerced(body, filled(parameter.result, known));
    return typed(made.type, `lambda ${names.join(', ')}: ${made.sql}`, [body]);
  });
  return { rule, signature, operands, bindings: known };
}

interface Around {
  readonly place: Place;
  readonly inner: Place;
  readonly kind: FunctionRule['kind'];
}

function write({ rule, signature, operands, bindings }: Chosen, call: FunctionCall, { place, inner, kind }: Around): Typed {
  const made = operands.map((operand, index) => {
    const parameter = parameterAt(signature, index)!;
    return parameter.kind === 'lambda' ? operand : widened(operand, filled(parameter.type, bindings, operand.type));
  });
  const fault = (reason: string, operand?: number) => place.tools.fault(reason, operand === undefined ? call : call.arguments[operand] ?? call);
  const types = made.map(({ type }) => type);
  const order = call.orderBy ? ` ORDER BY ${orderingsAt(call.orderBy, inner)}` : '';
  if (call.distinct && call.orderBy?.some(({ expression }) => inner.tools.read(expression, inner).sql !== made[0]?.sql)) {
    throw fault('An aggregate of DISTINCT values is ordered by those values.');
  }
  const filter = call.filter ? conditionAt(call.filter, inner) : undefined;
  const over = call.over ? ` OVER (${windowAt(call.over, inner)})` : '';
  const ornaments = { distinct: call.distinct ? 'DISTINCT ' : '', order: (call.ignoreNulls ? ' IGNORE NULLS' : '') + order, behind: (filter ? ` FILTER (WHERE ${filter.sql})` : '') + over };
  refuseCombinations(call, place);
  const early = { operands: made, types, ...ornaments, fault };
  const result = rule.result?.(early) ?? filled(signature.result, bindings, types[0]);
  const full: Call = { ...early, result };
  const sqls = made.map(({ sql }) => sql);
  const parts = kind === 'aggregate' || call.over ? ungrouped(made, call) : made;
  const value = typed(result, rule.duckDb(sqls, full), parts);
  const local = rule.local && result === ownZoneTimestamp && made.every(({ type, local: own }) => type !== ownZoneTimestamp || own !== undefined)
    ? { local: rule.local(sqls, full) } : {};
  return { ...value, ...local, ...(kind === 'aggregate' && !call.over && { aggregates: true }), ...(call.over && { windows: true }) };
}

/** Keeps the literal, which some functions want to see. */
const widened = (operand: Typed, type: SqlType): Typed => ({ ...coerced(operand, type), ...(operand.expression && { expression: operand.expression }), ...(operand.local !== undefined && { local: operand.local }) });

/** Inside of aggregates columns are free; a window's are as those around it. */
const ungrouped = (operands: readonly Typed[], call: FunctionCall) => call.over ? operands : operands.map(({ loose: _, ...operand }) => operand);

function refuseCombinations(call: FunctionCall, { tools }: Place) {
  if (call.over && (call.distinct || call.orderBy)) throw tools.fault('DISTINCT and ORDER BY inside a window function are not offered.', call);
  if (call.over && call.filter) throw tools.fault('FILTER is not offered for window functions: use CASE inside.', call);
  if (call.star && call.name !== 'count') throw tools.fault(`${call.name} takes no *.`, call);
}

function conditionAt(condition: Expression, place: Place): Typed {
  const value = place.tools.read(condition, place);
  if (nameOf(value.type) !== 'boolean' && nameOf(value.type) !== 'unknown') throw place.tools.fault(`A condition is a boolean; this is ${shortType(value.type)}.`, condition);
  return coerced(value, boolean);
}

/** Nulls come last unless told otherwise, whatever the direction. */
export function orderingText(sql: string, { descending, nulls }: Ordering): string {
  return `${sql}${descending ? ' DESC' : ' ASC'} NULLS ${nulls === 'first' ? 'FIRST' : 'LAST'}`;
}

function orderingsAt(orderings: readonly Ordering[], place: Place): string {
  return orderings.map((ordering) => {
    const value = place.tools.read(ordering.expression, place);
    if (!isOrderable(value.type)) throw place.tools.fault(`Values of ${shortType(value.type)} have no order.`, ordering.expression);
    if (value.loose) throw value.loose;
    return orderingText(value.sql, ordering);
  }).join(', ');
}

function windowAt({ partitionBy, orderBy, frame }: Window, place: Place): string {
  const partitions = partitionBy?.map((expression) => {
    const value = place.tools.read(expression, place);
    if (value.loose) throw value.loose;
    return value.sql;
  });
  const bound = (at: NonNullable<Window['frame']>['start']) => {
    if (!('offset' in at)) return at.kind.replace('-', ' ').toUpperCase();
    if (at.offset.kind !== 'number' || !/^\d{1,9}$/.test(at.offset.text)) throw place.tools.fault('The bound of a frame is a whole number.', at.offset);
    if (frame?.unit === 'range') throw place.tools.fault('Frames of RANGE with a distance are not offered.', at.offset);
    return `${at.offset.text} ${at.kind.toUpperCase()}`;
  };
  return [
    partitions && `PARTITION BY ${partitions.join(', ')}`,
    orderBy && `ORDER BY ${orderingsAt(orderBy, place)}`,
    frame && `${frame.unit.toUpperCase()} BETWEEN ${bound(frame.start)} AND ${frame.end ? bound(frame.end) : 'CURRENT ROW'}`,
  ].filter(Boolean).join(' ');
}

/** `GROUPING(a, b)`: a bit for each column that a row is not grouped by. */
function groupingAt(call: FunctionCall, place: Place): Typed {
  if (!place.keys) throw place.tools.fault('GROUPING stands where there is GROUP BY.', call);
  const columns = call.arguments.map((operand) => {
    const value = place.tools.read(operand, place);
    if (operand.kind !== 'name' || !place.keys!.has(value.sql)) throw place.tools.fault('GROUPING takes columns of GROUP BY.', operand);
    return value.sql;
  });
  if (columns.length === 0) throw place.tools.fault('GROUPING takes columns of GROUP BY.', call);
  return { ...typed({ kind: 'named', name: 'integer' }, `CAST(GROUPING(${columns.join(', ')}) AS INTEGER)`), aggregates: true };
}
