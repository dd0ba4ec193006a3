/**
 * Holds what was sent against the shape of its operation, and words what does not fit as AWS does: every finding in one
 * ValidationException, each with the path of its member. What was sent is never repeated.
 */
import { serializationError, validationError } from './control-error.ts';
import type { ControlError } from './control-error.ts';
import type { ListShape, Shape, StructureShape, TextShape, ValueOf } from './shape.ts';

/** Beyond these the message grows and nobody learns more. */
const maxFindings = 10;

/**
 * Members that the shape does not have are passed over, as AWS does: clients of newer models send them.
 * @throws ControlError SerializationException for another JSON type, ValidationException with everything that does not fit
 */
export function checkedInput<S extends StructureShape>(shape: S, sent: unknown): ValueOf<S> {
  const findings: string[] = [];
  const value = checked(shape, sent, { path: '', findings });
  if (findings.length === 0) return value as ValueOf<S>;
  const errors = findings.length === 1 ? '1 validation error' : `${findings.length} validation errors`;
  throw validationError(`${errors} detected: ${findings.slice(0, maxFindings).join('; ')}`);
}

/** The text of a request's body as JSON. @throws ControlError SerializationException */
export function parsedInput(body: string): unknown {
  if (body.trim() === '') return {};
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw serializationError('The body of the request is no JSON.');
  }
}

interface Place {
  /** As AWS writes it: `tags.1.member.key`; empty for the request itself. */
  readonly path: string;
  readonly findings: string[];
}

function checked(shape: Shape, value: unknown, place: Place): unknown {
  switch (shape.kind) {
    case 'text': return checkedText(shape, ofType(value, 'string', place), place);
    case 'integer': {
      const number = ofType(value, 'number', place);
      if (!Number.isSafeInteger(number)) throw wrongType('an integer', place);
      if (number < shape.min) fail(place, `Member must have value greater than or equal to ${shape.min}`);
      if (number > shape.max) fail(place, `Member must have value less than or equal to ${shape.max}`);
      return number;
    }
    case 'timestamp': return checkedInstant(ofType(value, 'number', place), place);
    case 'boolean': return ofType(value, 'boolean', place);
    case 'list': return checkedList(shape, value, place);
    case 'structure': return checkedStructure(shape, value, place);
  }
}

function checkedText({ min, max, pattern, values }: TextShape, text: string, place: Place): string {
  if (values !== undefined && !values.includes(text)) fail(place, `Member must satisfy enum value set: [${values.join(', ')}]`);
  // Counted as characters only where the units of UTF-16, which are never fewer, do not already fit.
  const length = max !== undefined && text.length > max ? [...text].length : text.length;
  if (min !== undefined && length < min) fail(place, `Member must have length greater than or equal to ${min}`);
  if (max !== undefined && length > max) fail(place, `Member must have length less than or equal to ${max}`);
  else if (pattern !== undefined && !pattern.test(text)) {
    fail(place, `Member must satisfy regular expression pattern: ${pattern.source.replace(/^\^(?:\(\?:)?/, '').replace(/\)?\$$/, '')}`);
  }
  return text;
}

/** The furthest from 1970 that a date can be. */
const maxInstantSeconds = 8.64e12;

function checkedInstant(seconds: number, place: Place): number {
  if (Math.abs(seconds) > maxInstantSeconds) throw wrongType('a timestamp in seconds', place);
  return seconds;
}

function checkedList({ of, max }: ListShape, value: unknown, place: Place): unknown {
  if (!Array.isArray(value)) throw wrongType('a list', place);
  if (value.length > max) {
    fail(place, `Member must have length less than or equal to ${max}`);
    return value;
  }
  return value.map((member, index) => {
    const path = `${place.path}.${index + 1}.member`;
    if (member === null) fail({ ...place, path }, 'Member must not be null');
    return member === null ? member : checked(of, member, { ...place, path });
  });
}

function checkedStructure({ members, required, union }: StructureShape, value: unknown, place: Place): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType('a structure', place);
  const sent = value as Readonly<Record<string, unknown>>;
  const found: Record<string, unknown> = {};
  for (const [name, shape] of Object.entries(members)) {
    const path = joined(place.path, name);
    const member = Object.hasOwn(sent, name) ? sent[name] : undefined;
    if (member !== undefined && member !== null) found[name] = checked(shape, member, { ...place, path });
    else if (required.includes(name)) place.findings.push(`Value null at '${path}' failed to satisfy constraint: Member must not be null`);
  }
  if (union === true && Object.keys(found).length !== 1) fail(place, `Exactly one of its members must be set: [${Object.keys(members).join(', ')}]`);
  return found;
}

interface JsonTypes {
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
}

function ofType<Name extends keyof JsonTypes>(value: unknown, type: Name, place: Place): JsonTypes[Name] {
  if (typeof value !== type) throw wrongType(type === 'number' ? 'a number' : `a ${type}`, place);
  return value as JsonTypes[Name];
}

function wrongType(wanted: string, { path }: Place): ControlError {
  return serializationError(path === '' ? `The request must be ${wanted}.` : `The value at '${path}' must be ${wanted}.`);
}

function fail({ path, findings }: Place, constraint: string): void {
  findings.push(`Value at '${path}' failed to satisfy constraint: ${constraint}`);
}

/** AWS writes members in its messages with a small first letter. */
function joined(path: string, name: string): string {
  const member = `${name[0]!.toLowerCase()}${name.slice(1)}`;
  return path === '' ? member : `${path}.${member}`;
}
