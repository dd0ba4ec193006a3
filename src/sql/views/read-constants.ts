/** The constants of a view (https://build.fhir.org/ig/FHIR/sql-on-fhir-v2/StructureDefinition-ViewDefinition.html#using-constants). */
import type { Json, JsonObject } from '../../fhir/json.ts';
import type { One } from './path-value.ts';
import { classOf, isWhole, writtenValue } from './primitive-classes.ts';
import { fault, isObject, isWritable, listOf, textOf } from './read-elements.ts';
import { isTemporalText } from './temporal.ts';
import { viewError } from './view-issues.ts';

const root = 'ViewDefinition';
/** Names that paths have for something else. */
const reserved: ReadonlySet<string> = new Set(['resource', 'rootResource', 'context', 'rowIndex']);
const constantName = /^[A-Za-z][A-Za-z0-9_]{0,254}$/;

/** @throws ViewError */
export function readConstants(resource: JsonObject): ReadonlyMap<string, One> {
  const constants = new Map<string, One>();
  for (const { value, at } of listOf(resource, 'constant', root)) {
    const name = textOf(value, 'name', at);
    if (name === undefined || !constantName.test(name)) throw fault('The name of a constant begins with a letter and has letters, digits and underscores.', `${at}.name`);
    if (reserved.has(name)) throw fault('Paths have this name for something else.', `${at}.name`);
    if (constants.has(name)) throw fault('There are two constants of this name.', `${at}.name`);
    constants.set(name, readConstant(value, at));
  }
  return constants;
}

function readConstant(constant: JsonObject, at: string): One {
  const [property, ...more] = Object.keys(constant).filter((name) => name.startsWith('value'));
  if (property === undefined) throw viewError('required', 'A constant has a value, as valueString.', `${at}.value`);
  if (more.length > 0) throw fault('A constant has one value.', `${at}.value`);
  const name = property.slice('value'.length);
  const type = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  const written = writtenText(constant[property]);
  if (classOf(type) === undefined || type === 'xhtml') throw fault('A constant is of a primitive type.', `${at}.${property}`);
  if (written === undefined || !fits(type, written, constant[property])) throw fault(`This is no ${type}.`, `${at}.${property}`);
  return writtenValue(type, written);
}

function fits(type: string, written: string, value: Json | undefined): boolean {
  switch (classOf(type)) {
    case 'boolean': return typeof value === 'boolean';
    case 'number': return typeof value !== 'string' && typeof value !== 'boolean' && (!isWhole(type) || /^-?\d{1,10}$/.test(written));
    case 'text': return typeof value === 'string' && isWritable(value);
    default: return typeof value === 'string' && isTemporalText(type, written);
  }
}

function writtenText(value: Json | undefined): string | undefined {
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return String(value);
  return typeof value === 'object' && value !== null && !isObject(value) && 'rawJSON' in value ? value.rawJSON : undefined;
}
