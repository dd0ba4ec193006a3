/** Every function of the subset, by its name; docs/sql-dialect.md tells of them. */
import { aggregates } from './aggregates.ts';
import { jsonFunctions } from './json.ts';
import { listFunctions } from './list.ts';
import { numberFunctions } from './number.ts';
import type { FunctionRule } from './rule.ts';
import { textFunctions } from './text.ts';
import { timeFunctions } from './time.ts';

export const functionGroups: readonly { readonly title: string; readonly rules: readonly FunctionRule[] }[] = [
  { title: 'Texts', rules: textFunctions },
  { title: 'Numbers and conditions', rules: numberFunctions },
  { title: 'Dates and timestamps', rules: timeFunctions },
  { title: 'Arrays', rules: listFunctions },
  { title: 'JSON', rules: jsonFunctions },
  { title: 'Aggregates and windows', rules: aggregates },
];

const byName = new Map<string, readonly FunctionRule[]>();
for (const { rules } of functionGroups) for (const rule of rules) byName.set(rule.name, [...(byName.get(rule.name) ?? []), rule]);

/** Some names are of a function and an aggregate. */
export const rulesOf = (name: string): readonly FunctionRule[] => byName.get(name) ?? [];

export const isAggregate = (name: string): boolean => rulesOf(name).some(({ kind }) => kind === 'aggregate') || name === 'grouping';

/** What to write in place of functions that are often looked for. */
export const insteadOf: Readonly<Record<string, string>> = {
  date_part: 'use extract(part FROM x)', datediff: "use date_diff('day', from, to)", dateadd: "use date_add('day', 1, x)", isnull: 'use x IS NULL',
  ifnull: 'use coalesce', nvl: 'use coalesce', iff: 'use if', len: 'use length', size: 'use cardinality', array_length: 'use cardinality',
  array_contains: 'use contains', list_contains: 'use contains', string_agg: "use array_join(array_agg(x), ', ')", listagg: "use array_join(array_agg(x), ', ')",
  group_concat: "use array_join(array_agg(x), ', ')", to_date: "use date_parse(x, '%Y-%m-%d')", to_timestamp: 'use from_iso8601_timestamp', getdate: 'use now()',
  median: 'use approx_percentile(x, 0.5)', percentile_cont: 'use approx_percentile', json_value: 'use json_extract_scalar', get_json_object: 'use json_extract_scalar',
  format_datetime: 'use date_format', parse_datetime: 'use date_parse or from_iso8601_timestamp', left: 'use substr(x, 1, n)', right: 'use substr(x, -n)',
  map_agg: 'maps are not offered', map: 'maps are not offered', histogram: 'use GROUP BY and count(*)', typeof: 'the answer tells the types of its columns',
  regexp_substr: 'use regexp_extract', ilike: 'use lower(x) LIKE', random: 'answers are to be the same again', rand: 'answers are to be the same again',
  uuid: 'answers are to be the same again', to_char: 'use date_format', trunc: 'use truncate or date_trunc',
};
