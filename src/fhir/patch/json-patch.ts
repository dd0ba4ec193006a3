/**
 * JSON Patch (https://www.rfc-editor.org/rfc/rfc6902) on the JSON of a resource.
 *
 * fast-json-patch finds places and changes them. What it would do by way of doubles (copies, comparisons of numbers) or
 * without looking at bounds (move, copy) is put together here from its checked `_get`, `remove` and `add`.
 */
import { applyOperation, validator } from 'fast-json-patch/commonjs/core.js';
import type { Operation, Validator } from 'fast-json-patch/commonjs/core.js';
import type { Json, JsonObject, RawNumber } from '../json.ts';
import { isNumber, isObject, isRawNumber, numberText, numberValue, parseJson } from '../json.ts';
import { badRequest, FhirError, tooCostly, unprocessable } from '../outcome.ts';
import type { Resource } from '../resource.ts';
import { maxDepth } from '../structures.ts';

export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly path: string; readonly from: string };

/** More than one hand writes; each costs a walk along its path. */
export const maxPatchOperations = 1000;
/** Copies of copies double with every operation: so many values all copies of a patch may have in all. */
export const maxCopiedValues = 100_000;
/** A text counts as a value for so many of its characters: copies of one long text would outgrow what can be written out. */
export const charactersOfAValue = 100;

/** Copies within copies go deep. A body may be nested as far, which is more than any resource may. */
export const maxPatchedDepth = 2 * maxDepth;

const names: ReadonlySet<unknown> = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test'] satisfies JsonPatchOperation['op'][]);
/** https://www.rfc-editor.org/rfc/rfc6901#section-3 */
const pointer = /^(?:\/(?:[^~/]|~[01])*)*$/;

/** @throws FhirError 400 for what is no JSON Patch */
export function parseJsonPatch(value: Json): readonly JsonPatchOperation[] {
  if (!Array.isArray(value)) throw badRequest('A JSON Patch is an array of operations, as in [{"op":"replace","path":"/active","value":true}].');
  if (value.length > maxPatchOperations) throw tooCostly(`A patch may have ${maxPatchOperations} operations; send several.`);
  return value.map(parseOperation);
}

function parseOperation(value: Json, index: number): JsonPatchOperation {
  const malformed = (rule: string): FhirError => badRequest(`Operation ${index} of the patch: ${rule}`);
  if (!isObject(value)) throw malformed('an operation is a JSON object.');
  const { op, path, from } = value;
  if (!names.has(op)) throw malformed('op is add, remove, replace, move, copy or test.');
  if (!isPointer(path)) throw malformed('path is a JSON Pointer, as in /name/0/family.');
  switch (op as JsonPatchOperation['op']) {
    case 'remove':
      return { op: 'remove', path };
    case 'move':
    case 'copy':
      if (!isPointer(from)) throw malformed('from is a JSON Pointer, as in /name/0/family.');
      if (op === 'move' && path.startsWith(`${from}/`)) throw malformed('nothing can be moved into a part of itself.');
      return { op: op as 'move' | 'copy', path, from };
    default:
      if (value['value'] === undefined) throw malformed('the operation needs a value.');
      return { op: op as 'add' | 'replace' | 'test', path, value: value['value'] };
  }
}

function isPointer(value: Json | undefined): value is string {
  return typeof value === 'string' && pointer.test(value);
}

/**
 * @returns the patched copy, which may be no resource any more
 * @throws FhirError 422 naming the operation that cannot be applied; 403 when copies grow without measure
 */
export function applyJsonPatch(resource: Resource, operations: readonly JsonPatchOperation[]): Json {
  const patching: Patching = { document: marked(resource), copied: 0 };
  for (const [index, operation] of operations.entries()) {
    try {
      apply(patching, operation);
    } catch (error) {
      if (error instanceof FhirError) throw error;
      // The library's errors hold the document.
      const reason = operation.op === 'test' ? 'the value is another, or not there' : 'its path leads to no place where that can be done';
      throw unprocessable(`Operation ${index} of the patch (${operation.op}) cannot be applied: ${reason}. Nothing was changed.`);
    }
  }
  if (isNestedDeeper(patching.document, maxPatchedDepth)) {
    throw unprocessable(`The patch would nest the resource deeper than ${maxPatchedDepth} levels. Nothing was changed.`);
  }
  return unmarked(patching.document);
}

interface Patching {
  document: Marked;
  copied: number;
}

/**
 * JSON as it is while it is patched. A number that a double would change is a symbol, described by its digits: nothing
 * looks for members in it, nothing else is like it. Objects inherit nothing that a path could find.
 */
type Marked = null | boolean | number | string | symbol | Marked[] | { [name: string]: Marked };

function apply(patching: Patching, operation: JsonPatchOperation): void {
  const paths = 'from' in operation ? [operation.path, operation.from] : [operation.path];
  if (paths.some((path) => /\/(?:__proto__|0\d+)(?:\/|$)/.test(path))) throw new Error('No element has such a name, no array such an index.');
  switch (operation.op) {
    case 'test':
      if (!equal(unmarked(valueAt(patching, operation.path)), operation.value)) throw new Error('It is another.');
      return;
    case 'move': {
      const moved = valueAt(patching, operation.from);
      run(patching, { op: 'remove', path: operation.from });
      return run(patching, { op: 'add', path: operation.path, value: moved });
    }
    case 'copy': {
      const copy = unmarked(valueAt(patching, operation.from));
      patching.copied += countValues(copy);
      if (patching.copied > maxCopiedValues) throw tooCostly(`The copies of a patch may have ${maxCopiedValues} values in all.`);
      return run(patching, { op: 'add', path: operation.path, value: marked(copy) });
    }
    case 'remove':
      return run(patching, { op: 'remove', path: operation.path });
    default:
      run(patching, { op: operation.op, path: operation.path, value: marked(operation.value) });
  }
}

function run(patching: Patching, operation: Operation): void {
  patching.document = applyOperation<unknown>(patching.document, operation, placeCheck, true, true).newDocument as Marked;
}

const placeCheck: Validator<unknown> = (operation, ...place) => {
  validator('value' in operation ? { ...operation, value: null } : operation, ...place);
};

function valueAt({ document }: Patching, path: string): Marked {
  const asked = { op: '_get' as const, path, value: undefined as unknown };
  applyOperation<unknown>(document, asked, placeCheck, true, true);
  return asked.value as Marked;
}

function marked(value: Json): Marked {
  if (isRawNumber(value)) return Symbol(value.rawJSON);
  if (Array.isArray(value)) return value.map(marked);
  if (!isObject(value)) return value;
  const copy = Object.create(null) as Record<string, Marked>;
  for (const [name, member] of Object.entries(value)) if (member !== undefined) copy[name] = marked(member);
  return copy;
}

function unmarked(value: Marked): Json {
  if (typeof value === 'symbol') return parseJson(value.description as string);
  if (Array.isArray(value)) return value.map(unmarked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, unmarked(member)])) as JsonObject;
}

/** Level by level: recursion would not come to the end of what it is to refuse. */
function isNestedDeeper(document: Marked, levels: number): boolean {
  let level: readonly Marked[] = [document];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > levels) return true;
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  return false;
}

function countValues(value: Json | undefined): number {
  if (typeof value === 'string') return 1 + Math.floor(value.length / charactersOfAValue);
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return 1;
  return Object.values(value).reduce<number>((count, member: Json | undefined) => count + countValues(member), 1);
}

/** https://www.rfc-editor.org/rfc/rfc6902#section-4.6: numbers by their value, however they are written. */
function equal(one: Json | undefined, other: Json | undefined): boolean {
  if (isNumber(one) && isNumber(other)) return numberText(one) === numberText(other) || (isShort(one) && isShort(other) && numberValue(one) === numberValue(other));
  if (Array.isArray(one)) return Array.isArray(other) && one.length === other.length && one.every((item, index) => equal(item, other[index]));
  if (!isObject(one) || !isObject(other)) return one === other;
  const present = Object.keys(one);
  return present.length === Object.keys(other).length && present.every((name) => Object.hasOwn(other, name) && equal(one[name], other[name]));
}

/** So few digits that two numbers which differ are different doubles. */
function isShort(value: number | RawNumber): boolean {
  return numberText(value).replace(/[eE].*$/, '').replace(/\D/g, '').replace(/^0+/, '').length <= 15;
}
