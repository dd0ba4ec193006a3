/**
 * The paths of FHIRPath Patch (https://hl7.org/fhir/R4/fhirpatch.html): the part of FHIRPath that names places in the
 * resource itself. Members, indexes, `where`, `ofType`, `as`, `extension`, `first`, `last` and `single`; within `where`
 * comparisons by `=` and `!=`, `exists`, `empty` and `not`, joined by `and` and `or`.
 *
 * An evaluator of all of FHIRPath does not fit into the function that processes bundles, and answers values where a patch
 * needs their places (docs/decisions/0008-patch.md).
 */
import type { FhirError } from '../outcome.ts';
import { badRequest } from '../outcome.ts';
import { textArgument, typeArgument } from '../path/expression.ts';
import type { Binary, Call, Expression, Literal } from '../path/expression.ts';
import { parsePath } from '../path/parse.ts';
import { PathError } from '../path/path-error.ts';

export type Step =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'where'; readonly criteria: Criteria }
  | { readonly kind: 'type'; readonly type: string }
  | { readonly kind: 'extension'; readonly url: string }
  | { readonly kind: 'first' | 'last' | 'single' };

/** From the resource, or within `where` from the element at hand. The first member may be the resource's own type. */
export type Path = readonly Step[];

export type Criteria =
  | { readonly kind: 'and' | 'or'; readonly left: Criteria; readonly right: Criteria }
  | { readonly kind: 'not'; readonly criteria: Criteria }
  | { readonly kind: 'equals'; readonly path: Path; readonly literal: Literal }
  | { readonly kind: 'exists'; readonly path: Path }
  | { readonly kind: 'true'; readonly path: Path };

/** Paths that people write have a tenth of it. */
export const maxPathLength = 2000;

const supported =
  "Patch paths take members, [n], where(x = 'y'), ofType(T), as T, extension('url'), first(), last() and single(), " +
  'and in where() also !=, exists(), empty(), not(), and, or.';

/** @throws FhirError 400 for what is no path, or uses more of FHIRPath than is supported */
export function parsePatchPath(text: string): Path {
  if (text.length > maxPathLength) throw badRequest(`A path of a patch may have ${maxPathLength} characters.`);
  try {
    return steps(parsePath(text), false);
  } catch (error) {
    throw error instanceof PathError ? unsupported(error) : error;
  }
}

/** @param inCriteria within `where()`, where `%resource` would lead away from the element at hand */
function steps(expression: Expression, inCriteria: boolean): Step[] {
  const { kind } = expression;
  switch (kind) {
    case 'root':
      if (!(inCriteria ? ['$this'] : ['$this', '%context', '%resource']).includes(expression.name)) throw refused(expression);
      return [];
    case 'member':
      return [...before(expression.of, inCriteria), { kind, name: expression.name }];
    case 'index':
      return [...steps(expression.of, inCriteria), { kind, index: expression.index }];
    case 'type':
      if (expression.operator === 'is') throw refused(expression);
      return [...steps(expression.of, inCriteria), { kind, type: expression.type }];
    case 'call':
      return [...before(expression.of, inCriteria), step(expression)];
    default:
      throw refused(expression);
  }
}

function before(of: Expression | undefined, inCriteria: boolean): Step[] {
  return of === undefined ? [] : steps(of, inCriteria);
}

function step(call: Call): Step {
  const { name, arguments: given } = call;
  if (name === 'where' && given.length === 1) return { kind: name, criteria: criteria(given[0] as Expression) };
  if ((name === 'first' || name === 'last' || name === 'single') && given.length === 0) return { kind: name };
  const type = name === 'ofType' || name === 'as' ? typeArgument(call) : undefined;
  if (type !== undefined) return { kind: 'type', type };
  const url = name === 'extension' ? textArgument(call) : undefined;
  if (url !== undefined) return { kind: 'extension', url };
  throw refused(call);
}

function criteria(expression: Expression): Criteria {
  if (expression.kind === 'binary') return comparison(expression);
  if (expression.kind !== 'call' || expression.arguments.length > 0 || expression.of === undefined) return { kind: 'true', path: steps(expression, true) };
  switch (expression.name) {
    case 'not':
      return { kind: 'not', criteria: criteria(expression.of) };
    case 'exists':
      return { kind: 'exists', path: steps(expression.of, true) };
    case 'empty':
      return { kind: 'not', criteria: { kind: 'exists', path: steps(expression.of, true) } };
    default:
      return { kind: 'true', path: steps(expression, true) };
  }
}

function comparison(expression: Binary): Criteria {
  const { operator, left, right } = expression;
  if (operator === 'and' || operator === 'or') return { kind: operator, left: criteria(left), right: criteria(right) };
  if (operator === '|' || right.kind !== 'literal') throw refused(expression);
  const path = steps(left, true);
  const equals: Criteria = { kind: 'equals', path, literal: right.literal };
  if (operator === '=') return equals;
  // Of nothing neither holds, as FHIRPath has it.
  return { kind: 'and', left: { kind: 'exists', path }, right: { kind: 'not', criteria: equals } };
}

function refused({ kind, at }: Expression): PathError {
  return new PathError(kind, at);
}

function unsupported({ character }: PathError): FhirError {
  return badRequest(`A path of the patch uses at character ${character} what is not supported, or ends too early. ${supported}`);
}
