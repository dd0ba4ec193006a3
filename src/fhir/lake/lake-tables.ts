/**
 * The lake's table of each resource type, made from the R4 definitions (https://hl7.org/fhir/R4/structuredefinition.html)
 * by the conventions of `lake-table.ts`. A table is made when it is first asked for and kept.
 */
import type { Element } from '../structures.ts';
import configuredColumns from './extension-columns.json' with { type: 'json' };
import { isResourceType, structureOf } from '../structures.ts';
import type { ExtensionColumn, FieldRole, LakeField, LakeTable, LakeType, ScalarType } from './lake-table.ts';
import { unknownColumn, versionColumns } from './lake-table.ts';

/**
 * How often an element that is defined by itself is typed below itself: `item.item.item` of a Questionnaire, `concept` of a
 * CodeSystem, `part` of Parameters. Three levels hold nearly all that is written, and the type of every column
 * stays within the 131,072 characters that a Glue column takes; what lies deeper is JSON text.
 */
export const recursionBound = 3;

/**
 * How often a data type is typed below itself. A Reference has an Identifier, which has a Reference to its assigner: typing that once
 * more would double the columns of every reference, for an identifier of an organisation that names an identifier.
 */
export const dataTypeBound = 1;

/** A choice of more types than this is of any type (https://hl7.org/fhir/R4/datatypes.html#open). */
const openChoice = 40;

export interface LakeTableOptions {
  /** Of every resource type: those of the table's type become columns. Unless given, those of `extension-columns.json`. */
  readonly extensionColumns?: readonly ExtensionColumn[];
}

/** With the configured columns. */
const tables = new Map<string, LakeTable>();

/** What Glue, Athena and DuckDB all take as it is. */
const columnName = /^[a-z0-9_]{1,64}$/;

/** @throws RangeError when R4 has no such resource type, or a column cannot be named so */
export function lakeTable(type: string, { extensionColumns }: LakeTableOptions = {}): LakeTable {
  if (extensionColumns !== undefined) return makeTable(type, extensionColumns);
  let table = tables.get(type);
  if (table === undefined) tables.set(type, table = makeTable(type, configuredColumns));
  return table;
}

function makeTable(type: string, extensionColumns: readonly ExtensionColumn[]): LakeTable {
  if (!isResourceType(type)) throw new RangeError('A table is of a resource type of FHIR R4.');
  const wanted = extensionColumns.filter((column) => column.type === type);
  if (!wanted.every(({ name }) => columnName.test(name))) throw new RangeError('The name of an extension\'s column must be of a to z, 0 to 9 and _.');
  if (new Set(wanted.map(({ name }) => name)).size < wanted.length) throw new RangeError('Two columns of extensions of a type have one name.');
  return { type, name: type.toLowerCase(), columns: [...fieldsOf(type, []), ...wanted.map(extensionField), unknownField, ...versionFields] };
}

export function scalar(type: ScalarType): LakeType {
  return { kind: 'scalar', scalar: type };
}

const text = scalar('string');

const unknownField: LakeField = { name: unknownColumn, type: text, role: 'unknown' };

const versionFields: readonly LakeField[] = [
  { name: versionColumns.version, type: scalar('bigint'), role: 'version' },
  { name: versionColumns.validFrom, type: scalar('timestamp'), role: 'version' },
  { name: versionColumns.validTo, type: scalar('timestamp'), role: 'version' },
  { name: versionColumns.deleted, type: scalar('boolean'), role: 'version' },
  { name: versionColumns.layer, type: text, role: 'version' },
];

/** The text of the first such extension's value: a primitive's as written, anything else as JSON. */
function extensionField({ name, url }: ExtensionColumn): LakeField {
  return { name: `extension_${name}`, type: text, role: 'extension-value', element: 'extension', fhirType: 'Extension', url };
}

/** @param path the types that the fields lie in, the outermost first */
function fieldsOf(type: string, path: readonly string[]): LakeField[] {
  const structure = structureOf(type);
  if (structure === undefined) throw new Error(`The type ${type} has no structure`);
  const choiceSizes = new Map<string, number>();
  for (const { baseName } of structure.elements.values()) choiceSizes.set(baseName, (choiceSizes.get(baseName) ?? 0) + 1);
  const inside = [...path, type];
  return [...structure.elements.values()].flatMap((element) => {
    if (element.isPrimitive) return primitiveFields(element, type);
    const isOpen = choiceSizes.get(element.baseName)! > openChoice;
    return [isText(element, inside, isOpen) ? field(element, text, 'json') : field(element, { kind: 'row', fields: fieldsOf(element.type, inside) }, 'value')];
  });
}

/** Whether an element that is no primitive becomes JSON text. */
function isText({ type }: Element, path: readonly string[], isOpen: boolean): boolean {
  if (type === 'Extension' || type === 'Resource') return true;
  // An ElementDefinition's default, fixed, pattern and example: each of any type, more than a Glue column takes.
  if (isOpen && path.some((outer) => outer.startsWith('ElementDefinition'))) return true;
  const bound = type.includes('.') ? recursionBound : dataTypeBound;
  return path.filter((outer) => outer === type).length >= bound;
}

function primitiveFields(element: Element, parent: string): LakeField[] {
  const fields = [field(element, scalar(scalarTypes[element.type] ?? 'string'), 'value')];
  const companion = (suffix: string, type: ScalarType, role: FieldRole) => fields.push(named(`${element.name}_${suffix}`, field(element, scalar(type), role)));
  if (element.type === 'date') companion('date', 'date', 'date');
  if (element.type === 'dateTime' || element.type === 'instant') companion('timestamp', 'timestamp', 'timestamp');
  if (element.type === 'decimal') companion('literal', 'string', 'literal');
  if (parent === 'Reference' && element.name === 'reference') {
    companion('type', 'string', 'reference-type');
    companion('id', 'string', 'reference-id');
  }
  // Ids and XHTML have no extensions (https://hl7.org/fhir/R4/json.html#primitive).
  if (element.name !== 'id' && element.type !== 'xhtml') fields.push(named(`_${element.name}`, field(element, text, 'primitive-extension')));
  return fields;
}

const scalarTypes: Readonly<Record<string, ScalarType>> = {
  boolean: 'boolean',
  integer: 'integer',
  positiveInt: 'integer',
  unsignedInt: 'integer',
  decimal: 'double',
};

function field(element: Element, type: LakeType, role: FieldRole): LakeField {
  return {
    name: element.name.toLowerCase(),
    type: element.isArray ? { kind: 'array', element: type } : type,
    role,
    element: element.name,
    fhirType: element.type,
  };
}

function named(name: string, companion: LakeField): LakeField {
  return { ...companion, name: name.toLowerCase() };
}
