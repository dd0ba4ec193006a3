/** The way back: a resource from its row, by the roles that the table gives its fields. */
import type { LakeField, LakeTable, LakeType } from '../../../src/fhir/lake/lake-table.ts';
import type { Json, JsonObject } from '../../../src/fhir/json.ts';
import { isObject, parseJson } from '../../../src/fhir/json.ts';

type Row = { readonly [name: string]: Json | undefined };

/** The resource's elements, its type included; what no column knows is not among them. */
export function elementsOfRow(table: LakeTable, row: Row): Json {
  return { resourceType: table.type, ...members(table.columns.filter(({ role }) => role !== 'version'), row) };
}

function members(fields: readonly LakeField[], row: Row): JsonObject {
  const found: JsonObject = {};
  for (const field of fields) {
    const value = row[field.name];
    if (value === undefined || value === null) continue;
    if (field.role === 'value') found[field.element!] = valueOf(field.type, value);
    if (field.role === 'json') found[field.element!] = textOf(value);
    if (field.role === 'primitive-extension') found[`_${field.element}`] = textOf(value);
  }
  for (const field of fields.filter(({ role }) => role === 'literal')) {
    const literal = row[field.name];
    if (typeof literal === 'string') found[field.element!] = parseJson(literal);
    if (Array.isArray(literal)) found[field.element!] = literal.map((text, index) => (text === null ? (found[field.element!] as Json[])[index]! : parseJson(text as string)));
  }
  return found;
}

function valueOf(type: LakeType, value: Json): Json {
  if (type.kind === 'array') return (value as Json[]).map((item) => (item === null ? null : valueOf(type.element, item)));
  return type.kind === 'row' ? members(type.fields, value as Row) : value;
}

function textOf(value: Json): Json {
  return Array.isArray(value) ? value.map((item) => (item === null ? null : parseJson(item as string))) : parseJson(value as string);
}

/** For comparing: the members of objects stand by name, numbers as they were written. */
export function ordered(value: Json | undefined): string {
  return JSON.stringify(sorted(value ?? null));
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name]!)]));
}
