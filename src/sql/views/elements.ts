/**
 * The steps from an item to its elements: fields of rows, and places in JSON texts below them
 * (https://hl7.org/fhir/R4/fhirpath.html#polymorphism for what choices are called).
 */
import type { LakeField, LakeTable, ScalarType } from '../../fhir/lake/lake-table.ts';
import { isA } from '../../fhir/path/types.ts';
import { elementsNamed, isResourceType, structureOf } from '../../fhir/structures.ts';
import type { Element } from '../../fhir/structures.ts';
import type { Expression } from '../ast.ts';
import * as sql from './nodes.ts';
import type { Item, JsonPlace, Many, One, ScalarForm, Value } from './path-value.ts';
import { empty, filtered, flatMap, jsonAt, one } from './path-value.ts';
import type { Fresh } from './path-value.ts';

/** The resource that a row of a table is. @param relation the name under which the statement has the table */
export function resourceItem({ type, columns }: LakeTable, relation: string): Item {
  return { type, form: { kind: 'row', fields: columns, at: (column) => sql.name(relation, column) } };
}

/** The elements of one name: none where the type has no such element, a choice where it has one for each of several types. */
export function elementsOf(item: Item, name: string): Value {
  if (item.form.kind === 'scalar') return ofPrimitive(item.form, name);
  const structure = structureOf(item.type);
  const found = structure === undefined ? [] : elementsNamed(structure, name);
  const values = found.map((element) => childOf(item, element)).filter((value) => value !== undefined);
  const [only] = values;
  if (only === undefined) return empty;
  return values.length === 1 ? only : { kind: 'choice', alternatives: values };
}

/** Whether R4 has the element in the type: paths that lead nowhere are told. */
export function hasElement(type: string, name: string): boolean {
  if (type === 'Resource' || name === 'extension' || name === 'id') return true;
  const structure = structureOf(type);
  return structure !== undefined && elementsNamed(structure, name).length > 0;
}

/** https://hl7.org/fhirpath/N1/#oftypetype--type-specifier--collection */
export function ofType(value: Value, type: string, fresh: Fresh): Value {
  if (value.kind === 'empty') return empty;
  if (value.kind === 'choice') {
    // `valueString` is what is asked for by `value.ofType(string)`, although codes and ids are strings as well.
    const exact = value.alternatives.find((each) => typeOf(each) === type);
    if (exact !== undefined) return exact;
    const fitting = value.alternatives.filter((each) => isA(typeOf(each), type));
    const [only] = fitting;
    return only === undefined ? empty : fitting.length === 1 ? only : { kind: 'choice', alternatives: fitting };
  }
  if (isResourceType(type) && typeOf(value) === 'Resource') return resourcesOf(value, type, fresh);
  return isA(typeOf(value), type) ? value : empty;
}

/** The type of a collection's items. */
export function typeOf(value: One | Many): string {
  return value.kind === 'one' ? value.item.type : value.item(sql.nothing).type;
}

/** Resources within a resource are JSON texts, which tell their types themselves. */
function resourcesOf(value: One | Many, type: string, fresh: Fresh): Value {
  const fitting = filtered(value, (item) => sql.binary('=', jsonText(placeOf(item), 'resourceType'), sql.text(type)), fresh);
  return flatMap(fitting, (item) => one({ ...item, type }), fresh);
}

function placeOf({ form }: Item): JsonPlace {
  if (form.kind !== 'json') throw new Error('A resource within a resource is a JSON text');
  return form;
}

/** The text at a property of a JSON object. */
export function jsonText({ base, path }: JsonPlace, property: string): Expression {
  return sql.call('json_extract_scalar', base, sql.text(`${path}.${property}`));
}

/** A primitive has extensions, and no other elements of its own. */
function ofPrimitive({ primitive }: ScalarForm, name: string): Value {
  if (name !== 'extension' || primitive === undefined) return empty;
  return jsonElements({ base: primitive.base, path: `${primitive.path}.extension` }, 'Extension');
}

function childOf(item: Item, element: Element): One | Many | undefined {
  const { form } = item;
  if (form.kind === 'json') return jsonChild(form, element);
  if (form.kind !== 'row') return undefined;
  const field = form.fields.find((each) => each.element === element.name && (each.role === 'value' || each.role === 'json'));
  if (field === undefined) return undefined;
  const from = form.at(field.name);
  if (field.role === 'json') return textChild(field, from, element.type);
  if (field.type.kind === 'array') return arrayChild(field, from, element);
  if (field.type.kind === 'row') return one(rowItem(element.type, field.type.fields, from));
  return one({ type: element.type, form: { kind: 'scalar', scalar: field.type.scalar, sql: from, ...companions(form, element.name) } });
}

function companions({ fields, at }: Extract<Item['form'], { kind: 'row' }>, element: string): Partial<ScalarForm> {
  const of = (role: LakeField['role']) => {
    const field = fields.find((each) => each.element === element && each.role === role);
    return field === undefined ? undefined : at(field.name);
  };
  const timestamp = of('timestamp');
  const date = of('date');
  const literal = of('literal');
  const primitive = of('primitive-extension');
  return {
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(date === undefined ? {} : { date }),
    ...(literal === undefined ? {} : { literal }),
    ...(primitive === undefined ? {} : { primitive: { base: primitive, path: '$' } }),
  };
}

/** What the table holds as JSON texts. */
function textChild({ type: { kind } }: LakeField, from: Expression, type: string): One | Many {
  const item = (base: Expression): Item => ({ type, form: { kind: 'json', base, path: '$' } });
  return kind === 'array' ? { kind: 'many', source: from, item, isSparse: false } : one(item(from));
}

function arrayChild({ type }: LakeField, from: Expression, element: Element): Many {
  if (type.kind !== 'array') throw new Error('An array is expected');
  const inner = type.element;
  const item = (each: Expression): Item => {
    if (inner.kind === 'row') return rowItem(element.type, inner.fields, each);
    if (inner.kind === 'scalar') return { type: element.type, form: { kind: 'scalar', scalar: inner.scalar, sql: each } };
    throw new Error('No element is an array of arrays');
  };
  return { kind: 'many', source: from, item, isSparse: false };
}

function rowItem(type: string, fields: readonly LakeField[], of: Expression): Item {
  return { type, form: { kind: 'row', fields, sql: of, at: (field) => sql.field(of, field) } };
}

function jsonChild({ base, path }: JsonPlace, element: Element): One | Many {
  const place = { base, path: `${path}.${element.name}` };
  if (element.isArray) return jsonElements(place, element.type);
  return one(jsonItem(place, element));
}

/** The elements of an array in a JSON text. */
function jsonElements(place: JsonPlace, type: string): Many {
  return {
    kind: 'many',
    source: sql.cast(jsonAt(place), sql.jsonArray),
    item: (base) => jsonItem({ base, path: '$' }, { type, name: '', isPrimitive: structureOf(type) === undefined && type !== 'Resource' }),
    isSparse: false,
  };
}

function jsonItem(place: JsonPlace, { type, name, isPrimitive }: Pick<Element, 'type' | 'name' | 'isPrimitive'>): Item {
  if (!isPrimitive) return { type, form: { kind: 'json', ...place } };
  const scalar = jsonScalars[type] ?? 'string';
  const written = sql.call('json_extract_scalar', place.base, sql.text(place.path));
  const typed = scalar === 'string' ? written : sql.tryCast(written, sql.sqlScalar(scalar));
  const primitive = name === '' ? {} : { primitive: { base: place.base, path: `${place.path.slice(0, -name.length)}_${name}` } };
  return { type, form: { kind: 'scalar', scalar, sql: typed, ...(scalar === 'double' ? { literal: written } : {}), ...primitive } };
}

const jsonScalars: Readonly<Record<string, ScalarType>> = {
  boolean: 'boolean', integer: 'integer', positiveInt: 'integer', unsignedInt: 'integer', decimal: 'double',
};
