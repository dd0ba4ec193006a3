/**
 * Values of Athena's answers, which all come as texts (https://docs.aws.amazon.com/athena/latest/APIReference/API_Datum.html).
 * Arrays, maps and rows come as JSON because the statement says so (`athena-statement.ts`): Athena's own text of them,
 * `{family=A, given=[b]}`, does not tell what is a value and what is syntax.
 */
import { parseJson } from '../fhir/json.ts';
import type { RawNumber } from '../fhir/json.ts';
import type { SqlValue } from '../ports/sql-engine.ts';

const nested = /^(?:array|map|row)\b/;

/** Whether values of the type are told as JSON. */
export function isNested(type: string): boolean {
  return nested.test(type);
}

/**
 * @param type as Athena names it: `varchar`, `decimal(10,2)`, `array(row(family varchar))`
 * @param text absent for null
 */
export function valueOfText(type: string, text: string | undefined): SqlValue {
  if (text === undefined) return null;
  if (isNested(type)) return parseJson(text) as SqlValue;
  const [name] = /^[a-z]+/.exec(type) ?? [''];
  if (name === 'boolean') return text === 'true';
  if (exact.has(name)) return parseJson(text) as number | RawNumber;
  // Written as Java does, `1.0E10`.
  return inexact.has(name) && Number.isFinite(Number(text)) ? Number(text) : text;
}

const exact: ReadonlySet<string> = new Set(['tinyint', 'smallint', 'integer', 'bigint', 'decimal']);
const inexact: ReadonlySet<string> = new Set(['real', 'float', 'double']);
