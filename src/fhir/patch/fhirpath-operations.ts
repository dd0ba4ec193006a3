/** The operations of a FHIRPath Patch, read from its Parameters (https://hl7.org/fhir/R4/fhirpatch.html). */
import type { Json, JsonObject } from '../json.ts';
import { isNumber, isObject, numberText } from '../json.ts';
import { badRequest, FhirError, invalidResource, tooCostly } from '../outcome.ts';
import { structureOf } from '../structures.ts';
import { checkStructure } from '../validate/structure.ts';
import { maxPatchOperations } from './json-patch.ts';
import { parsePatchPath } from './patch-path.ts';
import type { Path } from './patch-path.ts';
import type { Item } from './places.ts';

/** What an operation puts in place: of a data type, a resource, or, where the element's type has no name, its parts. */
export type PatchValue =
  | { readonly type: string; readonly item: Item }
  | { readonly parts: readonly { readonly name: string; readonly value: PatchValue }[] };

interface Located {
  /** Where the Parameters tell of it, for issues. */
  readonly position: number;
  readonly path: Path;
}

export type FhirPathOperation = Located &
  (
    | { readonly type: 'add'; readonly name: string; readonly value: PatchValue }
    | { readonly type: 'insert'; readonly index: number; readonly value: PatchValue }
    | { readonly type: 'delete' }
    | { readonly type: 'replace'; readonly value: PatchValue }
    | { readonly type: 'move'; readonly source: number; readonly destination: number }
  );

/** @throws FhirError 400 for what is no FHIRPath Patch */
export function parseFhirPathPatch(value: Json): readonly FhirPathOperation[] {
  if (Array.isArray(value)) throw badRequest('A JSON Patch is sent with the Content-Type application/json-patch+json.');
  if (!isObject(value) || value['resourceType'] !== 'Parameters') {
    throw badRequest('A FHIRPath Patch is a Parameters resource; a JSON Patch is sent with the Content-Type application/json-patch+json.');
  }
  const issues = checkStructure(value, 'Parameters').filter(({ severity }) => severity === 'error' || severity === 'fatal');
  if (issues.length > 0) throw invalidResource(issues);
  const parameters = objects(value['parameter']);
  if (parameters.length > maxPatchOperations) throw tooCostly(`A patch may have ${maxPatchOperations} operations; send several.`);
  return parameters.map(parseOperation);
}

function objects(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function parseOperation(parameter: JsonObject, position: number): FhirPathOperation {
  if (parameter['name'] !== 'operation') throw malformed(position, 'parameters of a FHIRPath Patch are named operation.');
  const parts = partsByName(parameter, position);
  const type = text(parts, 'type', position);
  const located = { position, path: pathOf(text(parts, 'path', position), position) };
  switch (type) {
    case 'add':
      return { ...located, type, name: text(parts, 'name', position), value: valueIn(parts, position) };
    case 'insert':
      return { ...located, type, index: count(parts, 'index', position), value: valueIn(parts, position) };
    case 'delete':
      return { ...located, type };
    case 'replace':
      return { ...located, type, value: valueIn(parts, position) };
    case 'move':
      return { ...located, type, source: count(parts, 'source', position), destination: count(parts, 'destination', position) };
    default:
      throw malformed(position, 'type is add, insert, delete, replace or move.');
  }
}

function partsByName(parameter: JsonObject, position: number): ReadonlyMap<Json | undefined, JsonObject> {
  const parts = objects(parameter['part']);
  const named = new Map(parts.map((part) => [part['name'], part]));
  if (named.size < parts.length) throw malformed(position, 'each part may be there once.');
  return named;
}

function pathOf(path: string, position: number): Path {
  try {
    return parsePatchPath(path);
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
    throw malformed(position, error.message);
  }
}

type Parts = ReadonlyMap<Json | undefined, JsonObject>;

function text(parts: Parts, name: string, position: number): string {
  const part = parts.get(name);
  const value = part?.['valueString'] ?? part?.['valueCode'];
  if (typeof value !== 'string') throw malformed(position, `it needs a part ${name}, ${name === 'type' ? 'a code' : 'a string'}.`);
  return value;
}

function count(parts: Parts, name: string, position: number): number {
  const part = parts.get(name);
  const value = part?.['valueInteger'] ?? part?.['valueUnsignedInt'] ?? part?.['valuePositiveInt'];
  if (!isNumber(value) || !/^\d{1,9}$/.test(numberText(value))) throw malformed(position, `it needs a part ${name}, an integer from 0.`);
  return Number(numberText(value));
}

function valueIn(parts: Parts, position: number): PatchValue {
  const part = parts.get('value');
  if (part === undefined) throw malformed(position, 'it needs a part value.');
  return patchValue(part, position);
}

function patchValue(part: JsonObject, position: number): PatchValue {
  const { resource } = part;
  if (isObject(resource) && typeof resource['resourceType'] === 'string') return { type: resource['resourceType'], item: { value: resource } };
  for (const { name, type, baseName } of structureOf('Parameters.parameter')?.elements.values() ?? []) {
    if (baseName !== 'value' || (part[name] === undefined && part[`_${name}`] === undefined)) continue;
    return { type, item: { value: part[name], sibling: part[`_${name}`] } };
  }
  const parts = objects(part['part']);
  if (parts.length === 0) throw malformed(position, 'a value is of a data type, a resource, or has parts.');
  return { parts: parts.map((each) => ({ name: nameOf(each), value: patchValue(each, position) })) };
}

/** There, as the structure has been checked. */
function nameOf({ name }: JsonObject): string {
  return typeof name === 'string' ? name : '';
}

function malformed(position: number, rule: string): FhirError {
  return badRequest(`Operation ${position} of the patch: ${rule}`, `Parameters.parameter[${position}]`);
}
