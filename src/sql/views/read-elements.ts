/** The elements of a ViewDefinition's JSON as they may stand: lists of objects, texts, paths. */
import type { Json, JsonObject } from '../../fhir/json.ts';
import { parseComputingPath } from '../../fhir/path/parse.ts';
import { PathError } from '../../fhir/path/path-error.ts';
import type { Path } from './view-definition.ts';
import { maxPathLength } from './view-definition.ts';
import type { ViewError } from './view-issues.ts';
import { viewError } from './view-issues.ts';

export function fault(diagnostics: string, expression: string): ViewError {
  return viewError('invalid', diagnostics, expression);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('rawJSON' in value);
}

/** @throws ViewError for anything but a list of objects; an absent one is empty */
export function listOf(parent: JsonObject, name: string, at: string): readonly { readonly value: JsonObject; readonly at: string }[] {
  const list = parent[name];
  if (list === undefined) return [];
  if (!Array.isArray(list)) throw fault(`${name} is an array.`, `${at}.${name}`);
  return list.map((value, index) => {
    const place = `${at}.${name}[${index}]`;
    if (!isObject(value)) throw fault(`Each ${name} is an object.`, place);
    return { value, at: place };
  });
}

/** @throws ViewError for anything but a text that SQL can hold */
export function textOf(parent: JsonObject, name: string, at: string): string | undefined {
  const value = parent[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '') throw fault(`${name} is a text.`, `${at}.${name}`);
  if (!isWritable(value)) throw fault(`${name} has a character that is none of Unicode, or the one of number 0.`, `${at}.${name}`);
  return value;
}

export function isWritable(value: string): boolean {
  return !/\0|\p{Surrogate}/u.test(value);
}

/** @throws ViewError for what is absent, or no path */
export function readPath(parent: JsonObject, name: string, at: string): Path {
  const place = /^\d+$/.test(name) ? `${at}[${name}]` : `${at}.${name}`;
  const text = textOf(parent, name, at);
  if (text === undefined) throw viewError('required', 'There must be a path here.', place);
  if (text.length > maxPathLength) throw viewError('too-long', `A path has at most ${maxPathLength} characters.`, place);
  // An escape may write what a text may not hold.
  if (/\\u0000|\\u[dD][89a-fA-F]/.test(text)) throw fault('An escape stands for a character that SQL cannot hold.', place);
  try {
    return { text, expression: parseComputingPath(text), at: place };
  } catch (error) {
    if (error instanceof PathError) throw pathFault(error, place);
    throw error;
  }
}

export function pathFault({ message }: PathError, place: string): ViewError {
  return fault(`The path has ${message}.`, place);
}
