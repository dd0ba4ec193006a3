/** Functions of JSON (https://trino.io/docs/435/functions/json.html). A JSON text that is none has no parts, as in Trino. */
import { bound } from '../typed.ts';
import { type Call, type FunctionRule, literalOperand, quoted } from './rule.ts';

/** A path goes down by at most so many steps. */
const maxSteps = 50;

const step = /\.([A-Za-z_][A-Za-z0-9_-]*)|\[(\d{1,9})\]|\["([^"\\]+)"\]|\['([^'\\]+)'\]/y;

/** `$.a[0]["b c"]`, as DuckDB writes it. */
function pathLiteral(call: Call): string {
  const path = literalOperand(call, 1, 'A path');
  if (!path.startsWith('$')) throw call.fault('A path begins with $, the whole.', 1);
  const steps: string[] = [];
  for (let at = 1; at < path.length; at = step.lastIndex) {
    step.lastIndex = at;
    const found = step.exec(path);
    if (!found) throw call.fault(`The path has something at its character ${at + 1} that is not offered: .name, [0] and ["name"] are.`, 1);
    steps.push(found[2] === undefined ? `."${found[1] ?? found[3] ?? found[4]}"` : `[${Number(found[2])}]`);
    if (steps.length > maxSteps) throw call.fault(`A path has at most ${maxSteps} steps.`, 1);
  }
  return quoted(`$${steps.join('')}`);
}

const readable = (value: string) => `CASE WHEN json_valid(${value}) THEN ${value} END`;

export const jsonFunctions: readonly FunctionRule[] = [
  {
    name: 'json_extract', signatures: ['(varchar, varchar): json', '(json, varchar): json'], note: 'the path is a literal of `.name`, `[0]` and `["name"]`',
    duckDb: ([value], call) => bound([value!], ([text]) => `json_extract(${readable(text!)}, ${pathLiteral(call)})`),
  },
  {
    name: 'json_extract_scalar', signatures: ['(varchar, varchar): varchar', '(json, varchar): varchar'],
    note: 'the path as for `json_extract`; of a number such as `1.10` DuckDB gives `1.1`',
    duckDb: ([value], call) => bound([`json_extract(${bound([value!], ([text]) => readable(text!))}, ${pathLiteral(call)})`], ([part]) =>
      `CASE WHEN json_type(${part}) NOT IN ('OBJECT', 'ARRAY', 'NULL') THEN ${part} ->> '$' END`, true),
  },
  {
    name: 'json_parse', signatures: ['(varchar): json'],
    duckDb: ([value]) => bound([value!], ([text]) => `CASE WHEN NOT json_valid(${text}) THEN error('This text is no JSON') ELSE json(${text}) END`, true),
  },
  { name: 'json_format', signatures: ['(json): varchar'], note: 'of `json_parse`, Trino orders members by name', duckDb: ([value]) => `CAST(${value} AS VARCHAR)` },
  {
    name: 'json_array_length', signatures: ['(varchar): bigint', '(json): bigint'],
    duckDb: ([value]) => bound([value!], ([text]) => `CASE WHEN json_valid(${text}) THEN CASE WHEN json_type(${text}) = 'ARRAY' THEN CAST(json_array_length(${text}) AS BIGINT) END END`),
  },
  {
    name: 'json_size', signatures: ['(varchar, varchar): bigint', '(json, varchar): bigint'], note: 'the path as for `json_extract`',
    duckDb: ([value], call) => bound([`json_extract(${bound([value!], ([text]) => readable(text!))}, ${pathLiteral(call)})`], ([part]) =>
      `CASE WHEN json_type(${part}) = 'ARRAY' THEN CAST(json_array_length(${part}) AS BIGINT) WHEN json_type(${part}) = 'OBJECT' THEN len(json_keys(${part})) WHEN ${part} IS NOT NULL THEN 0 END`, true),
  },
];
