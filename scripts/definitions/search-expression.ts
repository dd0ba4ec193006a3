/**
 * Compiles the FHIRPath expression of a search parameter to JavaScript statements
 * (https://hl7.org/fhir/R4/searchparameter-definitions.html#SearchParameter.expression).
 *
 * It knows what R4's search parameters use, and throws on anything else: paths, `|`, `as` and `ofType`, `[n]`,
 * `where(element='code')`, `where(resolve() is Type)`, `x.exists() and x != false`, and `%resource` in a component of a
 * composite.
 */
import type { ElementTypes, Position } from './element-types.ts';

type Step =
  | { readonly step: 'child'; readonly name: string }
  | { readonly step: 'ofType'; readonly type: string }
  | { readonly step: 'index'; readonly index: number }
  | { readonly step: 'equals'; readonly name: string; readonly code: string }
  | { readonly step: 'resolvesTo'; readonly type: string };

/** Where an expression ends: a JavaScript expression for the element, its type, and the type that `resolve() is` asks for. */
export interface Leaf {
  readonly expression: string;
  readonly position: Position;
  readonly target?: string;
  /** How many loops it stands in. */
  readonly depth: number;
}

/** The parts of a union that begin at the resource type, at what every resource has, or (a few in R4) at an element. */
export function branchesOf(expression: string, resourceType: string): string[] {
  return splitUnion(expression).flatMap((branch) => {
    const root = /^\(*(\w+)/.exec(branch)?.[1] ?? '';
    if (/^[a-z]/.test(root)) return [`${resourceType}.${branch}`];
    return root === resourceType || root === 'Resource' || root === 'DomainResource' ? [branch] : [];
  });
}

/** The parts between the `|` that no parentheses enclose. */
export function splitUnion(expression: string): string[] {
  const branches: string[] = [];
  let depth = 0;
  let start = 0;
  for (let position = 0; position <= expression.length; position++) {
    const character = expression[position];
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (character === undefined || (character === '|' && depth === 0)) {
      branches.push(expression.slice(start, position).trim());
      start = position + 1;
    }
  }
  return branches;
}

const stepPatterns: readonly (readonly [RegExp, (...groups: string[]) => Step])[] = [
  [/^\.(?:ofType|as)\((\w+)\)/, (type) => ({ step: 'ofType', type })],
  [/^\.where\(resolve\(\) is (\w+)\)/, (type) => ({ step: 'resolvesTo', type })],
  [/^\.where\((\w+)\s*=\s*'([^'\\]*)'\)/, (name, code) => ({ step: 'equals', name, code })],
  [/^\[(\d+)\]/, (index) => ({ step: 'index', index: Number(index) })],
  [/^\.(\w+)(?!\w*\()/, (name) => ({ step: 'child', name })],
];

function parseSteps(branch: string): Step[] {
  // Parentheses around a whole path, or around its beginning, change nothing.
  const path = branch.replace(/^\(((?:[^()]|\([^()]*\))*)\)/, '$1').replace(/^(\S+) as (\w+)/, '$1.ofType($2)');
  let rest = path.replace(/^\w+/, '');
  const steps: Step[] = [];
  while (rest !== '') {
    const found = stepPatterns.map(([pattern, make]) => ({ make, match: pattern.exec(rest) })).find(({ match }) => match);
    if (!found?.match) throw new Error(`Cannot compile "${rest}" of the search expression "${branch}".`);
    const [text, first = '', second = ''] = found.match;
    steps.push(found.make(first, second));
    rest = rest.slice(text.length);
  }
  return steps;
}

function resourceRoot(type: string, depth: number): Leaf {
  return { expression: 'resource', position: { type, path: type }, depth };
}

export class ExpressionCompiler {
  readonly #elements: ElementTypes;
  /** Turns a leaf into a statement, or into nothing when the element's type has no value for the parameter's kind. */
  readonly #leaf: (leaf: Leaf) => string;

  constructor(elements: ElementTypes, leaf: (leaf: Leaf) => string) {
    this.#elements = elements;
    this.#leaf = leaf;
  }

  /** Statements for one branch; the resource is called `resource`. */
  compile(branch: string, resourceType: string): string {
    const exists = /^([\w.]+)\.exists\(\) and \1 != false$/.exec(branch);
    if (exists) return this.#existsAndIsNotFalse(exists[1]!, resourceType);
    return this.#walk(parseSteps(branch), resourceRoot(resourceType, 0));
  }

  /**
   * Statements, one for each part of the union, for a component of a composite, whose expression begins at the composite's
   * element or at `%resource`.
   */
  compileComponent(expression: string, element: Leaf, resourceType: string): string[] {
    return splitUnion(expression).map((branch) => {
      const ofResource = branch.startsWith('%resource.');
      // A path within an element has no root to name: any word stands for it.
      const steps = parseSteps(ofResource ? branch.slice(1) : `element.${branch}`);
      return this.#walk(steps, ofResource ? resourceRoot(resourceType, element.depth) : element);
    });
  }

  #existsAndIsNotFalse(path: string, resourceType: string): string {
    const [step, ...others] = parseSteps(path);
    if (step?.step !== 'child' || others.length > 0) throw new Error(`Cannot compile the existence of "${path}".`);
    const { properties } = this.#elements.child({ type: resourceType, path: resourceType }, step.name);
    const tests = properties.map(({ name }) => `(resource.${name} !== undefined && resource.${name} !== false)`);
    return this.#leaf({ expression: tests.join(' || '), position: { type: 'boolean', path }, depth: 0 });
  }

  #walk(steps: readonly Step[], from: Leaf): string {
    const [step, ...rest] = steps;
    if (step === undefined) return this.#leaf(from);
    switch (step.step) {
      case 'child':
        return this.#child(step.name, rest, from);
      case 'ofType':
        return this.#elements.isA(from.position.type, step.type) ? this.#walk(rest, from) : '';
      case 'equals': {
        const body = this.#walk(rest, from);
        return body && `if (${from.expression}?.${step.name} === ${quote(step.code)}) { ${body} }`;
      }
      case 'resolvesTo':
        if (rest.length > 0) throw new Error('Cannot compile a path behind resolve().');
        return this.#leaf({ ...from, target: step.type });
      case 'index':
        throw new Error('Cannot compile the index of an element that does not repeat.');
    }
  }

  #child(name: string, rest: readonly Step[], from: Leaf): string {
    const { depth } = from;
    const { many, properties } = this.#elements.child(from.position, name);
    const access = from.expression === 'resource' ? '.' : '?.';
    const statements = properties.map((property) => {
      const expression = `${from.expression}${access}${property.name}`;
      const position = property.position;
      if (!many) return this.#walk(rest, { expression, position, depth });
      const [next, ...behind] = rest;
      if (next?.step === 'index') {
        return this.#walk(behind, { expression: `list(${expression})[${next.index}]`, position, depth });
      }
      const item = `item${depth}`;
      const body = this.#walk(rest, { expression: item, position, depth: depth + 1 });
      return body && `for (const ${item} of list(${expression})) { ${body} }`;
    });
    return statements.filter(Boolean).join(' ');
  }
}

export function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
