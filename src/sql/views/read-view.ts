/**
 * Reads a ViewDefinition
 * (https://build.fhir.org/ig/FHIR/sql-on-fhir-v2/StructureDefinition-ViewDefinition-definitions.html), and refuses what is
 * none: each reason with its element.
 */
import type { Json, JsonObject } from '../../fhir/json.ts';
import { isResourceType } from '../../fhir/structures.ts';
import { readConstants } from './read-constants.ts';
import { ansiType } from './ansi-types.ts';
import { classOf } from './primitive-classes.ts';
import { fault, listOf, readPath, textOf } from './read-elements.ts';
import type { Column, Iteration, Select, ViewDefinition } from './view-definition.ts';
import { maxSelectNesting, maxViewParts } from './view-definition.ts';
import { viewError } from './view-issues.ts';

const root = 'ViewDefinition';
/** https://sql-on-fhir.org: also of a view's own name. */
const columnName = /^[A-Za-z][A-Za-z0-9_]{0,254}$/;

/** @throws ViewError */
export function readView(resource: JsonObject): ViewDefinition {
  const type = textOf(resource, 'resource', root);
  if (type === undefined) throw viewError('required', 'ViewDefinition.resource names the type of the resources that the view is of.', `${root}.resource`);
  if (!isResourceType(type)) throw fault('ViewDefinition.resource is no resource type of FHIR R4.', `${root}.resource`);
  refuseOtherVersions(resource);
  const counted = { parts: 0 };
  const selects = readSelects(resource, 'select', { at: root, depth: 0, counted });
  if (selects.length === 0) throw viewError('required', 'ViewDefinition.select says which columns the view has: at least one.', `${root}.select`);
  const where = listOf(resource, 'where', root).map(({ value, at }) => readPath(value, 'path', at));
  return { resource: type, constants: readConstants(resource), selects, where };
}

/** https://build.fhir.org/ig/FHIR/sql-on-fhir-v2/StructureDefinition-ViewDefinition-definitions.html#ViewDefinition.fhirVersion */
function refuseOtherVersions(resource: JsonObject) {
  const versions = resource['fhirVersion'];
  if (versions === undefined) return;
  const fits = Array.isArray(versions) && versions.some((version) => typeof version === 'string' && version.startsWith('4.0'));
  if (!fits) throw viewError('not-supported', 'The view is of another version of FHIR: this server has 4.0.1.', `${root}.fhirVersion`);
}

interface Position {
  readonly at: string;
  readonly depth: number;
  readonly counted: { parts: number };
}

function readSelects(parent: JsonObject, name: string, { at, depth, counted }: Position): readonly Select[] {
  if (depth >= maxSelectNesting) throw viewError('too-costly', `Selects lie at most ${maxSelectNesting} deep in each other.`, at);
  return listOf(parent, name, at).map(({ value, at: place }) => readSelect(value, { at: place, depth, counted }));
}

function readSelect(select: JsonObject, position: Position): Select {
  const { at, depth, counted } = position;
  const iteration = readIteration(select, at);
  const columns = listOf(select, 'column', at).map(({ value, at: place }) => readColumn(value, place));
  counted.parts += 1 + columns.length;
  if (counted.parts > maxViewParts) throw viewError('too-costly', `A view has at most ${maxViewParts} columns and selects.`, at);
  const below = { at, depth: depth + 1, counted };
  const selects = readSelects(select, 'select', below);
  const unionAll = readSelects(select, 'unionAll', below);
  if (columns.length + selects.length + unionAll.length === 0) {
    throw viewError('required', 'A select has columns, selects or a unionAll.', at);
  }
  return { ...(iteration === undefined ? {} : { iteration }), columns, selects, unionAll, at };
}

function readIteration(select: JsonObject, at: string): Iteration | undefined {
  const kinds = (['forEach', 'forEachOrNull', 'repeat'] as const).filter((each) => select[each] !== undefined);
  const [kind, another] = kinds;
  if (kind === undefined) return undefined;
  if (another !== undefined) throw fault(`A select has either ${kind} or ${another}, not both.`, `${at}.${another}`);
  if (kind !== 'repeat') return { kind, paths: [readPath(select, kind, at)] };
  const paths = select.repeat;
  if (!Array.isArray(paths) || paths.length === 0) throw fault('repeat is an array of paths.', `${at}.repeat`);
  return { kind, paths: paths.map((_path, index) => readPath(paths as unknown as JsonObject, String(index), `${at}.repeat`)) };
}

function readColumn(column: JsonObject, at: string): Column {
  const name = textOf(column, 'name', at);
  if (name === undefined) throw viewError('required', 'A column has a name.', `${at}.name`);
  if (!columnName.test(name)) throw fault('The name of a column begins with a letter and has letters, digits and underscores, 255 at most.', `${at}.name`);
  const path = readPath(column, 'path', at);
  const isCollection = flagOf(column, 'collection', at);
  const type = typeOfColumn(column, at);
  const sqlType = wantedType(column, at);
  if (isCollection && sqlType !== undefined) throw fault('A collection is an array: it has no ansi/type.', `${at}.tag`);
  return { name, path, isCollection, at, ...(type === undefined ? {} : { type }), ...(sqlType === undefined ? {} : { sqlType }) };
}

function flagOf(parent: JsonObject, name: string, at: string): boolean {
  const value = parent[name];
  if (value !== undefined && typeof value !== 'boolean') throw fault(`${name} is true or false.`, `${at}.${name}`);
  return value === true;
}

/** A FHIR type, by its name or its canonical URL. */
function typeOfColumn(column: JsonObject, at: string): string | undefined {
  const type = textOf(column, 'type', at)?.replace(/^http:\/\/hl7\.org\/fhir\/StructureDefinition\//, '');
  if (type === undefined) return undefined;
  if (classOf(type) === undefined) {
    throw viewError('not-supported', 'A column is of a primitive type of FHIR R4: name the elements of others as columns of their own.', `${at}.type`);
  }
  return type;
}

/** https://build.fhir.org/ig/FHIR/sql-on-fhir-v2/StructureDefinition-ViewDefinition.html#type-hinting-with-tags */
function wantedType(column: JsonObject, at: string) {
  for (const { value: tag, at: place } of listOf(column, 'tag', at)) {
    if (textOf(tag, 'name', place) !== 'ansi/type') continue;
    const wanted: Json | undefined = tag['value'];
    const type = typeof wanted === 'string' ? ansiType(wanted) : undefined;
    if (type === undefined) throw viewError('not-supported', 'This ansi/type is not offered; docs/views.md has the list.', `${place}.value`);
    return type;
  }
  return undefined;
}

