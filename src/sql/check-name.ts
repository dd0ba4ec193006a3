/**
 * Finds what a name stands for (https://trino.io/docs/435/language/reserved.html has no word on it; this is the order of Trino's
 * analyzer): a lambda's parameter, an output column where ORDER BY stands, a column, a column of an outer query.
 */
import type { Expression, SqlType } from './ast.ts';
import { type Field, fieldSql, type Place, type Typed, typed } from './typed.ts';
import { typeName } from './type-names.ts';
import { tellableType } from './types.ts';

type Name = Extract<Expression, { kind: 'name' }>;

export const sameName = (left: string | undefined, right: string | undefined): boolean =>
  left !== undefined && right !== undefined && left.toLowerCase() === right.toLowerCase();

export function nameAt(name: Name, place: Place): Typed {
  const [first = '', ...rest] = name.parts;
  const parameter = place.parameters.findLast((candidate) => sameName(candidate.name, first));
  if (parameter) return fieldsOf(typed(parameter.type, parameter.sql), rest, { name, place });
  const output = place.outputs?.filter((candidate) => sameName(candidate.name, first)) ?? [];
  if (output.length > 0) return fieldsOf(outputAt(output, name, place), rest, { name, place });
  return columnAt(name, place);
}

function outputAt(found: readonly Field[], name: Name, { tools }: Place): Typed {
  if (new Set(found.map((field) => field.sql)).size > 1) throw tools.fault(`More than one column of the answer is named ${name.parts[0]}.`, name);
  return typed(found[0]!.type, found[0]!.sql);
}

function columnAt(name: Name, place: Place): Typed {
  for (let at: Place | undefined = place; at; at = at.scope.outer) {
    const found = findColumn(name.parts, at.scope.fields);
    if (found === 'ambiguous') throw place.tools.fault(`${told(name.parts)} is a column of more than one table here: write the table in front of it.`, name);
    if (found) return used(found, name, { place, at });
  }
  throw place.tools.fault(unknownName(name.parts, place), name);
}

interface Found {
  readonly field: Field;
  readonly rest: readonly string[];
}

/** `a.b` is column b of table a, or else field b of column a. */
function findColumn(parts: readonly string[], fields: readonly Field[]): Found | 'ambiguous' | undefined {
  const [first, second, ...rest] = parts;
  const qualified = fields.filter((field) => sameName(field.relation, first) && sameName(field.name, second));
  const plain = qualified.length > 0 ? [] : fields.filter((field) => sameName(field.name, first));
  const [field, ...others] = [...qualified, ...plain];
  if (!field) return undefined;
  if (others.length > 0) return 'ambiguous';
  return { field, rest: qualified.length > 0 ? rest : parts.slice(1) };
}

function used({ field, rest }: Found, name: Name, { place, at }: { readonly place: Place; readonly at: Place }): Typed {
  const value = typed(field.type, field.sql);
  const full = fieldsOf(value, rest, { name, place });
  if (at !== place && sameScope(at, place)) return full;
  if (at !== place) {
    place.correlated?.(looseAt({ value, full, name, place: at }));
    return full;
  }
  return looseAt({ value, full, name, place });
}

const sameScope = (left: Place, right: Place) => left.scope === right.scope;

/** Marks a column that is not grouped by, where columns must be. */
function looseAt({ value, full, name, place }: { value: Typed; full: Typed; name: Name; place: Place }): Typed {
  if (!place.keys || place.keys.has(value.sql) || place.keys.has(full.sql)) return full;
  const reason = `${told(name.parts)} is neither in GROUP BY nor inside an aggregate.`;
  return { ...full, loose: place.tools.fault(reason, name) };
}

interface Asked {
  readonly name: { readonly at?: number };
  readonly place: Place;
}

/** `.a.b` of a row. */
export function fieldsOf(value: Typed, names: readonly string[], { name, place }: Asked): Typed {
  return names.reduce((row: Typed, wanted) => {
    if (row.type.kind !== 'row') throw place.tools.fault(noRow(row.type, wanted), name);
    const index = row.type.fields.findIndex((field) => sameName(field.name, wanted));
    const field = row.type.fields[index];
    if (!field) throw place.tools.fault(`The row has no field ${told([wanted])}. ${offered(row.type.fields.map(({ name: own }) => own))}`, name);
    return { ...typed(field.type, fieldSql(row.sql, field.name, index), [row]) };
  }, value);
}

function noRow(type: SqlType, wanted: string): string {
  const said = `The field ${told([wanted])} is asked of ${shortType(type)}, which has no fields`;
  if (type.kind === 'array') return `${said}: take an element first, as in …[1].${wanted}, or UNNEST it.`;
  return type.kind === 'named' && type.name === 'varchar' ? `${said}; if it is a JSON text, use json_extract.` : `${said}.`;
}

/** Types of rows are long: their names say enough. */
export function shortType(type: SqlType): string {
  const name = typeName(tellableType(type));
  return name.length > 60 ? `${name.slice(0, 57)}…` : name;
}

export const told = (parts: readonly string[]): string => parts.map((part) => part.length > 60 ? `${part.slice(0, 57)}…` : part).join('.');

function unknownName(parts: readonly string[], place: Place): string {
  const [first = '', second] = parts;
  if (first.startsWith('$')) return 'Hidden columns are not offered.';
  const own = place.scope.fields.filter((field) => sameName(field.relation, first));
  if (own.length > 0 && second !== undefined) return `${told([first])} has no column ${told([second])}. ${offered(own.map(({ name }) => name))}`;
  if (place.scope.fields.length === 0) return `There is no column ${told([first])}: nothing stands behind FROM. Texts are written in '…'.`;
  return `There is no column ${told([first])}. ${offered(place.scope.fields.map(({ name }) => name))}`;
}

/** So many names fit a sentence. */
const toldNames = 40;

export function offered(names: readonly (string | undefined)[]): string {
  const known = [...new Set(names.filter((name) => name !== undefined))];
  if (known.length === 0) return 'It has none with a name.';
  return `There are: ${known.slice(0, toldNames).join(', ')}${known.length > toldNames ? ' and others' : ''}.`;
}
