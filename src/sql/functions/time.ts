/** Functions of dates and timestamps (https://trino.io/docs/435/functions/datetime.html). */
import { guarded } from '../typed.ts';
import { datePattern } from '../text-patterns.ts';
import { duckDbType, nameOf, ownZoneTimestamp } from '../types.ts';
import { type Call, type FunctionRule, literalOperand, quoted } from './rule.ts';

/** What a client's clocks show: of a moment in its own zone only where that zone is known. */
function clock(operand: number, call: Call, sql: string): string {
  if (call.types[operand] !== ownZoneTimestamp) return sql;
  const { local } = call.operands[operand]!;
  if (local === undefined) throw call.fault("The time zone is not known here: say x AT TIME ZONE 'UTC'.", operand);
  return local;
}

const parts: Readonly<Record<string, string>> = {
  year: 'year', quarter: 'quarter', month: 'month', week: 'week', week_of_year: 'week', day: 'day', day_of_month: 'day', day_of_week: 'isodow',
  dow: 'isodow', day_of_year: 'dayofyear', doy: 'dayofyear', year_of_week: 'isoyear', yow: 'isoyear',
};

const clockParts: Readonly<Record<string, string>> = { hour: 'hour', minute: 'minute', second: 'second' };

/** A part of EXTRACT, and a function by its name. */
const partFunctions: readonly FunctionRule[] = [
  ...Object.entries(parts).map(([name, duckDb]): FunctionRule => ({
    name, signatures: ['(date): bigint', '(timestamp): bigint', '(zoned): bigint', '(ownzone): bigint'],
    duckDb: ([value], call) => `${duckDb}(${clock(0, call, value!)})`,
  })),
  ...Object.entries(clockParts).map(([name, duckDb]): FunctionRule => ({
    name, signatures: ['(timestamp): bigint', '(zoned): bigint', '(ownzone): bigint'],
    duckDb: ([value], call) => `${duckDb}(${clock(0, call, value!)})`,
  })),
  {
    name: 'millisecond', signatures: ['(timestamp): bigint', '(zoned): bigint', '(ownzone): bigint'],
    duckDb: ([value], call) => `(millisecond(${clock(0, call, value!)}) % 1000)`,
  },
];

const units = ['millisecond', 'second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'];

function unitOf(call: Call): string {
  const unit = literalOperand(call, 0, 'A unit').toLowerCase();
  if (!units.includes(unit)) throw call.fault(`The units are ${units.join(', ')}.`, 0);
  const ofDay = units.indexOf(unit) < units.indexOf('day');
  if (ofDay && nameOf(call.types.at(-1)!) === 'date') throw call.fault(`A date has no ${unit}: CAST it AS timestamp.`, 0);
  return unit;
}

const interval: Readonly<Record<string, (count: string) => string>> = {
  millisecond: (count) => `to_milliseconds(${count})`, second: (count) => `to_seconds(${count})`, minute: (count) => `to_minutes(${count})`,
  hour: (count) => `to_hours(${count})`, day: (count) => `to_days(CAST(${count} AS INTEGER))`, week: (count) => `to_days(CAST(${count} * 7 AS INTEGER))`,
  month: (count) => `to_months(CAST(${count} AS INTEGER))`, quarter: (count) => `to_months(CAST(${count} * 3 AS INTEGER))`,
  year: (count) => `to_months(CAST(${count} * 12 AS INTEGER))`,
};

const added: FunctionRule['duckDb'] = ([, count, value], call) =>
  `CAST(${value} + ${interval[unitOf(call)]!(count!)} AS ${duckDbType(call.result)})`;

const truncated = (value: string, call: Call) => `CAST(date_trunc('${unitOf(call)}', ${value}) AS ${duckDbType(call.result)})`;

/** Codes of MySQL's, which Trino takes, as `strftime` writes and `strptime` reads them. */
const codes: Readonly<Record<string, string>> = {
  '%Y': '%Y', '%y': '%y', '%m': '%m', '%c': '%-m', '%d': '%d', '%e': '%-d', '%H': '%H', '%k': '%-H', '%h': '%I', '%I': '%I', '%l': '%-I',
  '%i': '%M', '%s': '%S', '%S': '%S', '%p': '%p', '%T': '%H:%M:%S', '%M': '%B', '%b': '%b', '%W': '%A', '%a': '%a', '%j': '%j', '%%': '%%',
};

function formatLiteral(call: Call, offered: readonly string[]): string {
  const format = literalOperand(call, 1, 'A format');
  return quoted(format.replaceAll(/%.?/gs, (code) => {
    if (!offered.includes(code)) throw call.fault(`The format has a code that is not offered: ${offered.join(' ')} are.`, 1);
    return codes[code]!;
  }));
}

const isoMoment = String.raw`[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}(:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?)?)?`;

/** The text as DuckDB reads it, whole: `2024` is its first day. */
function isoText(text: string): string {
  const checked = guarded(text, (v) => `NOT regexp_full_match(${v}, '${isoMoment}')`, 'This text is no moment of ISO 8601');
  return `list_transform([${checked}], lambda v: CASE length(v) WHEN 4 THEN v || '-01-01' WHEN 7 THEN v || '-01' ELSE v END)[1]`;
}

const isoClock = (text: string) =>
  `date_trunc('millisecond', CAST(regexp_replace(${isoText(text)}, '(T[^Z+-]*)(Z|[+-][0-9:]*)$', '\\1') AS TIMESTAMP))`;

/** Minutes that the zone is ahead of UTC. */
const isoOffset = (text: string) =>
  `list_transform([regexp_extract(${text}, 'T.*([+-])([0-9]{2}):?([0-9]{2})$', ['s', 'h', 'm'])], lambda v: CASE v.s WHEN '' THEN 0 ELSE (CAST(v.h AS BIGINT) * 60 + CAST(v.m AS BIGINT)) * CASE v.s WHEN '-' THEN -1 ELSE 1 END END)[1]`;

const now = "date_trunc('millisecond', now() AT TIME ZONE 'UTC')";

const moments = ['(varchar, M): M'];

/** As CAST reads it. */
const dateOfText = (text: string) => `CAST(${guarded(`trim(${text})`, (v) => `NOT regexp_full_match(${v}, '${datePattern}')`, 'This text is no date')} AS DATE)`;

export const timeFunctions: readonly FunctionRule[] = [
  {
    name: 'date', signatures: ['(varchar): date', '(timestamp): date', '(zoned): date', '(ownzone): date'], note: 'as CAST to date',
    duckDb: ([value], call) => nameOf(call.types[0]!) === 'varchar' ? dateOfText(value!) : `CAST(${clock(0, call, value!)} AS DATE)`,
  },
  ...partFunctions,
  { name: 'current_date', signatures: ['(): date'], duckDb: () => `CAST(${now} AS DATE)`, note: 'in UTC, without parentheses' },
  { name: 'current_timestamp', signatures: ['(): zoned'], duckDb: () => now, note: 'in UTC, without parentheses' },
  { name: 'localtimestamp', signatures: ['(): timestamp'], duckDb: () => now, note: 'in UTC, without parentheses' },
  { name: 'now', signatures: ['(): zoned'], duckDb: () => now, note: 'in UTC' },
  {
    name: 'date_trunc', signatures: moments, note: 'the unit is a literal',
    duckDb: ([, value], call) => {
      if (call.types[1] !== ownZoneTimestamp) return truncated(value!, call);
      const local = clock(1, call, value!);
      return `(${truncated(local, call)} - (${local} - ${value}))`;
    },
    local: ([, value], call) => truncated(clock(1, call, value!), call),
  },
  {
    name: 'date_add', signatures: ['(varchar, bigint, M): M'], note: 'the unit is a literal', duckDb: added,
    local: ([unit, count, value], call) => added([unit!, count!, clock(2, call, value!)], call),
  },
  {
    name: 'date_diff', signatures: ['(varchar, M, M): bigint'], note: 'the unit is a literal; of moments in zones of their own up to weeks',
    duckDb: ([, from, to], call) => {
      const unit = unitOf(call);
      if (call.types[1] === ownZoneTimestamp && /month|quarter|year/.test(unit)) throw call.fault(`Say in which zone ${unit}s are counted: x AT TIME ZONE 'UTC'.`, 0);
      return `datesub('${unit}', ${from}, ${to})`;
    },
  },
  { name: 'last_day_of_month', signatures: ['(date): date', '(timestamp): date', '(zoned): date', '(ownzone): date'], duckDb: ([value], call) => `last_day(${clock(0, call, value!)})` },
  { name: 'from_iso8601_date', signatures: ['(varchar): date'], note: '`2024-03-01`', duckDb: ([text]) => `CAST(${guarded(text!, (v) => `NOT regexp_full_match(${v}, '[0-9]{4}-[0-9]{2}-[0-9]{2}')`, 'This text is no date of ISO 8601')} AS DATE)` },
  {
    name: 'from_iso8601_timestamp', signatures: ['(varchar): ownzone'],
    note: 'its zone is that of the text, UTC where it has none; to show it, or to store it in a column, say `AT TIME ZONE \'UTC\'` or CAST it',
    duckDb: ([text]) => `(${isoClock(text!)} - to_minutes(${isoOffset(text!)}))`,
    local: ([text]) => isoClock(text!),
  },
  {
    name: 'to_iso8601', signatures: ['(date): varchar', '(timestamp): varchar', '(zoned): varchar'],
    duckDb: ([value], { types }) => nameOf(types[0]!) === 'date' ? `strftime(${value}, '%Y-%m-%d')` : `strftime(${value}, '%Y-%m-%dT%H:%M:%S.%g${nameOf(types[0]!) === 'timestamp' ? '' : 'Z'}')`,
  },
  {
    name: 'date_format', signatures: ['(timestamp, varchar): varchar', '(zoned, varchar): varchar', '(ownzone, varchar): varchar'], note: 'the format is a literal of `%Y %m %d %H %i %s` and their like',
    duckDb: ([value], call) => `strftime(${clock(0, call, value!)}, ${formatLiteral(call, Object.keys(codes))})`,
  },
  {
    name: 'date_parse', signatures: ['(varchar, varchar): timestamp'], note: 'the format is a literal of `%Y %m %d %H %i %s %T %%`',
    duckDb: ([text], call) => `strptime(${text}, ${formatLiteral(call, ['%Y', '%m', '%d', '%H', '%i', '%s', '%S', '%T', '%%'])})`,
  },
  { name: 'from_unixtime', signatures: ['(double): zoned'], duckDb: ([seconds]) => `make_timestamp(CAST(round(${seconds} * 1000) AS BIGINT) * 1000)` },
  { name: 'to_unixtime', signatures: ['(timestamp): double', '(zoned): double', '(ownzone): double'], duckDb: ([value]) => `(epoch_ms(${value}) / 1000e0)` },
];
