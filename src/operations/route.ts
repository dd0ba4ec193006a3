/**
 * From method and path to the operation, by the table's routes (https://hl7.org/fhir/R4/http.html#summary).
 *
 * The routes are laid out once as a tree of path segments; a request costs one step per segment.
 */
import { resourceTypes } from '../fhir/definitions/resource-types.ts';
import { badRequest, FhirError, notFound, notSupported } from '../fhir/outcome.ts';
import { idPattern } from '../fhir/resource.ts';
import { operationNames, table } from './table.ts';
import type { OperationEntry, OperationName, Route } from './table.ts';

export interface RouteMatch {
  readonly name: OperationName;
  readonly operation: OperationEntry;
  readonly route: Route;
  /** The decoded segments of the template's names. */
  readonly path: Readonly<Record<string, string>>;
}

/** Carriers of requests and answers, which have no end-point of their own in HealthLake either. */
const neverStored: ReadonlySet<string> = new Set(['Parameters', 'OperationOutcome']);

/** The types that have an end-point: every one of R4 but `Parameters` and `OperationOutcome`. */
export const routedTypes: readonly string[] = resourceTypes.filter((type) => !neverStored.has(type));

const knownTypes: ReadonlySet<string> = new Set(routedTypes);

interface Destination {
  readonly name: OperationName;
  readonly operation: OperationEntry;
  readonly route: Route;
}

interface Segment {
  readonly literals: Map<string, Segment>;
  readonly destinations: Map<string, Destination>;
  parameter?: { readonly name: string; readonly segment: Segment };
}

function newSegment(): Segment {
  return { literals: new Map(), destinations: new Map() };
}

function childOf(parent: Segment, part: string): Segment {
  if (part.startsWith('{')) {
    parent.parameter ??= { name: part.slice(1, -1), segment: newSegment() };
    return parent.parameter.segment;
  }
  const child = parent.literals.get(part) ?? newSegment();
  parent.literals.set(part, child);
  return child;
}

function buildTree(): Segment {
  const root = newSegment();
  for (const name of operationNames) {
    const operation = table[name];
    for (const route of operation.routes) {
      const end = route.template.split('/').filter((part) => part !== '').reduce(childOf, root);
      end.destinations.set(route.method, { name, operation, route });
    }
  }
  return root;
}

const tree = buildTree();

/**
 * @param method in capitals
 * @param path behind `/datastore/{datastoreId}/r4`, as sent: percent-encoded, without the query; `''` and `'/'` are the base
 * @throws FhirError 400 for a path that cannot be decoded, an id that is none, or a conditional interaction; 404 for a
 *   path or resource type that does not exist; 405 with `Allow` for a path that has other methods
 */
export function route(method: string, path: string): RouteMatch {
  const names: Record<string, string> = {};
  const end = walk(path, names);
  const destination = end.destinations.get(method);
  if ([...end.destinations.values()].every((each) => !isForType(each, names['type']!))) throw unknownOperation();
  if (destination === undefined) throw otherMethod(end);
  return { ...destination, path: names };
}

function isForType({ operation, route: { types = operation.types } }: Destination, type: string): boolean {
  return types?.includes(type) !== false;
}

/** Follows the path, and leaves its named segments in `names`. */
function walk(path: string, names: Record<string, string>): Segment {
  let segment = tree;
  const parts = path.split('/');
  // A slash at either end is no segment of its own: `/Patient/` is `/Patient`.
  const first = parts[0] === '' ? 1 : 0;
  const last = parts.length > first && parts.at(-1) === '' ? parts.length - 1 : parts.length;
  for (let i = first; i < last; i++) {
    const part = decode(parts[i] as string);
    const literal = segment.literals.get(part);
    if (literal !== undefined) {
      segment = literal;
      continue;
    }
    // FHIR reserves the dollar sign for operations: it begins no id and no type.
    if (part.startsWith('$')) throw unknownOperation();
    if (segment.parameter === undefined) throw unknownPath();
    names[segment.parameter.name] = checked(segment.parameter.name, part);
    segment = segment.parameter.segment;
  }
  if (segment.destinations.size === 0) throw unknownPath();
  return segment;
}

function decode(part: string): string {
  if (!part.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    throw badRequest('The path is not percent-encoded UTF-8. Encode a percent sign itself as %25.');
  }
}

/** Longer than an id, for it is sealed: an export of views (views/view-export.ts), a query in SQL (sql/query-answer.ts). */
const sealedPattern = /^[A-Za-z0-9_-]{1,2048}$/;
const sealedNames: ReadonlySet<string> = new Set(['exportId', 'queryId']);

function checked(name: string, part: string): string {
  if (sealedNames.has(name) && sealedPattern.test(part)) return part;
  // Nor the underscore, as in `_tags`.
  if (part.startsWith('_')) throw unknownPath();
  // All types of a compartment at once.
  if (name === 'memberType' && part === '*') return part;
  if (name === 'type' || name === 'memberType') {
    if (!knownTypes.has(part)) throw unknownType(part);
  } else if (!idPattern.test(part)) {
    throw badRequest('The id in the path is not valid: 1 to 64 of the characters A-Z, a-z, 0-9, "-" and ".".');
  }
  return part;
}

function unknownType(part: string): FhirError {
  if (neverStored.has(part)) return notFound(`${part} resources carry requests and answers; they are never stored and have no end-point.`);
  // Only what looks like a type is repeated: a path may hold anything, a patient's name included.
  const named = /^[A-Z][A-Za-z]{1,63}$/.test(part) ? `'${part}' is not a resource type` : 'A segment of the path is not a resource type';
  return notFound(`${named} of FHIR R4. Types are written as in Patient or MedicationRequest.`);
}

function unknownOperation(): FhirError {
  const { issues } = notSupported('This operation is not offered. GET metadata describes what this server offers.');
  return new FhirError(404, issues);
}

function unknownPath(): FhirError {
  return notFound('There is nothing at this path. GET metadata describes what this server offers.');
}

function otherMethod(end: Segment): FhirError {
  const allowed = [...end.destinations.keys()].join(', ');
  const diagnostics = `This path does not have the method of the request. It has ${allowed}.`;
  const issue = { severity: 'error', code: 'not-supported', diagnostics } as const;
  return new FhirError(405, [issue], { Allow: allowed });
}
