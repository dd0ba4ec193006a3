/** The resource of one line of an import, held against what the job's validation level asks for. */
import { parseJson } from '../../fhir/json.ts';
import type { Json } from '../../fhir/json.ts';
import { outlineOf } from '../../fhir/json-outline.ts';
import type { Outline } from '../../fhir/json-outline.ts';
import { repeatedName } from '../../fhir/json-names.ts';
import { badRequest, invalidResource } from '../../fhir/outcome.ts';
import type { Resource } from '../../fhir/resource.ts';
import { maxBodyDepth } from '../parse-body.ts';
import { routedTypes } from '../route.ts';
import { requireWhole } from '../update.ts';
import { accept } from '../validation-level.ts';
import type { ValidationLevel } from '../validation-level.ts';

const storedTypes: ReadonlySet<string> = new Set(routedTypes);
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The JSON of a line or a file, decimals and all as they were written. @throws FhirError 400 */
export function parsedText(bytes: Uint8Array): Json {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw badRequest('This is not UTF-8. Write the file in UTF-8, as JSON is.');
  }
  const outline = outlineOf(text, maxBodyDepth);
  if (outline === undefined) throw badRequest(`This is nested deeper than ${maxBodyDepth} levels.`);
  const value = parsedJson(text, outline);
  const repeated = repeatedName(text, value, outline);
  if (repeated !== undefined) throw badRequest(`An object has two properties of one name, the second at character ${repeated}.`);
  return value;
}

function parsedJson(text: string, outline: Outline): Json {
  try {
    return parseJson(text, outline);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const position = /position (\d+)/.exec(error.message)?.[1];
    // The message itself may quote the line.
    throw badRequest(`This is not JSON${position === undefined ? '' : `: the fault is at character ${position}`}. A line is one resource.`);
  }
}

/** @throws FhirError 400, 422 */
export function acceptedLine(value: Json, level: ValidationLevel): Resource & { id: string } {
  const { resource } = accept(value, level);
  const { resourceType, id } = resource;
  if (!storedTypes.has(resourceType)) {
    throw invalidResource([{ severity: 'error', code: 'not-supported', diagnostics: 'The resourceType is none of the types of FHIR R4 that are stored.', expression: 'Resource.resourceType' }]);
  }
  if (id === undefined) {
    throw invalidResource([{ severity: 'error', code: 'required', diagnostics: 'The resource has no id. An import stores it under its own id, and needs one.', expression: `${resourceType}.id` }]);
  }
  requireWhole(resource);
  return resource as Resource & { id: string };
}

const blank = new Set([0x20, 0x09, 0x0d]);

/** Lines of nothing are passed over: a file may end in some. */
export function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => blank.has(byte));
}
