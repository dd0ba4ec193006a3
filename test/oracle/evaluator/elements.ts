/**
 * The elements that a search parameter is about: its own FHIRPath expression, evaluated by an independent engine
 * (https://hl7.org/fhir/R4/searchparameter-definitions.html#SearchParameter.expression).
 */
import { compile as compileExpression } from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import type { Parameter } from './definitions.ts';
import type { Json, Resource } from './json.ts';

export interface Element {
  /** The FHIR type: `CodeableConcept`, `dateTime`, `BackboneElement`. */
  readonly type: string;
  /** The JSON; decimals as they were written by JavaScript. */
  readonly data: Json;
  /** Where a primitive stands, for its binding: `Observation.status`. */
  readonly path: string;
}

/** Hands out its own nodes, which know the type and place of an element, and plain values where it made them. */
type Evaluate = (resource: Json, variables?: Json) => readonly Json[];

const options: Json = {
  // Expressions may trace; nothing of a resource is to be printed.
  traceFn: () => {},
  resolveInternalTypes: false,
  userInvocationTable: {
    refersTo: { fn: refersTo, arity: { 1: ['String'] }, internalStructures: true },
  },
};

/** The type of what a reference points at, told from the reference alone: nothing is fetched. */
function refersTo(inputs: readonly Json[], type: string): boolean[] {
  return inputs.map((input) => referredType(input?.data ?? input) === type);
}

function referredType(element: Json): string | undefined {
  const written: unknown = typeof element === 'string' ? element : element?.reference;
  const literal = typeof written === 'string' ? /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/.+)?$/.exec(written) : null;
  return literal?.[1] ?? (typeof element === 'string' ? undefined : element?.type);
}

const compiled = new Map<string, readonly Evaluate[]>();

/**
 * The branches of a union one by one: the engine compares quantities to make a union of them, and refuses comparators.
 * `resolve() is Type` becomes a question to the reference itself.
 */
function compile(expression: string): readonly Evaluate[] {
  const known = compiled.get(expression);
  if (known !== undefined) return known;
  const rewritten = expression
    .replace(/resolve\(\) is (\w+)/g, "refersTo('$1')")
    // R4 writes the primitive type `dateTime` so in one composite.
    .replaceAll('ofType(DateTime)', 'ofType(dateTime)');
  const evaluators = branches(rewritten).map((branch) => compileExpression(branch, r4, options) as Evaluate);
  compiled.set(expression, evaluators);
  return evaluators;
}

function branches(expression: string): string[] {
  const found = [''];
  let depth = 0;
  for (const character of expression) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === '|' && depth === 0) found.push('');
    else found[found.length - 1] += character;
  }
  return found.map((branch) => branch.trim());
}

/** Evaluates an expression on a resource, or on an element that an expression found in it. */
export function evaluate(expression: string, { on, resource }: { readonly on: Json; readonly resource: Json }): Element[] {
  return nodes(expression, on, resource).map(elementOf).filter(({ data }) => data !== undefined && data !== null);
}

function nodes(expression: string, on: Json, resource: Json): Json[] {
  return compile(expression).flatMap((evaluator) => [...evaluator(on, { resource })]);
}

function elementOf(node: Json): Element {
  const isNode = typeof node === 'object' && node !== null && 'data' in node;
  const raw: Json = isNode ? node.data : node;
  const data = typeof raw === 'object' && raw !== null && 'asStr' in raw ? raw.asStr : raw;
  const type: string = (isNode ? node.fhirNodeDataType : undefined) ?? typeof raw;
  const path = isNode ? `${node.parentResNode?.path ?? ''}.${node.propName ?? ''}` : '';
  return { type, data, path };
}

const cache = new WeakMap<Resource, Map<string, readonly Element[]>>();

/** The elements of a parameter in a resource; computed once, since a search asks again and again. */
export function elementsOf(resource: Resource, parameter: Parameter): readonly Element[] {
  let own = cache.get(resource);
  if (own === undefined) cache.set(resource, (own = new Map()));
  let elements = own.get(parameter.url);
  if (elements === undefined) {
    const expression = parameter.expression ?? '';
    elements = expression === '' ? [] : evaluate(expression, { on: resource, resource });
    own.set(parameter.url, elements);
  }
  return elements;
}

const composites = new WeakMap<Resource, Map<string, readonly (readonly (readonly Element[])[])[]>>();

/**
 * Of each element that a composite is about, the elements of each component
 * (https://hl7.org/fhir/R4/search.html#composite).
 */
export function componentsOf(resource: Resource, parameter: Parameter): readonly (readonly (readonly Element[])[])[] {
  let own = composites.get(resource);
  if (own === undefined) composites.set(resource, (own = new Map()));
  let found = own.get(parameter.url);
  if (found === undefined) {
    found = nodes(parameter.expression ?? '', resource, resource).map((node) =>
      (parameter.component ?? []).map(({ expression }) => evaluate(expression, { on: node, resource })),
    );
    own.set(parameter.url, found);
  }
  return found;
}
