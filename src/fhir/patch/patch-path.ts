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
import { tokenize } from './path-tokens.ts';
import type { Token } from './path-tokens.ts';

export type Step =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'where'; readonly criteria: Criteria }
  | { readonly kind: 'type'; readonly type: string }
  | { readonly kind: 'extension'; readonly url: string }
  | { readonly kind: 'first' | 'last' | 'single' };

/** From the resource, or within `where` from the element at hand. The first member may be the resource's own type. */
export type Path = readonly Step[];

export type Literal = { readonly kind: 'text' | 'number'; readonly text: string } | { readonly kind: 'boolean'; readonly value: boolean };

export type Criteria =
  | { readonly kind: 'and' | 'or'; readonly left: Criteria; readonly right: Criteria }
  | { readonly kind: 'not'; readonly criteria: Criteria }
  | { readonly kind: 'equals'; readonly path: Path; readonly literal: Literal }
  | { readonly kind: 'exists'; readonly path: Path }
  | { readonly kind: 'true'; readonly path: Path };

/** Paths that people write have a tenth of it. */
export const maxPathLength = 2000;
/** Of parentheses within each other; far below what would exhaust the stack. */
const maxNesting = 16;

const conditions = ['exists', 'empty', 'not'];

const supported =
  "Patch paths take members, [n], where(x = 'y'), ofType(T), as T, extension('url'), first(), last() and single(), " +
  'and in where() also !=, exists(), empty(), not(), and, or.';

/** @throws FhirError 400 for what is no path, or uses more of FHIRPath than is supported */
export function parsePatchPath(text: string): Path {
  if (text.length > maxPathLength) throw badRequest(`A path of a patch may have ${maxPathLength} characters.`);
  const tokens = tokenize(text);
  if (tokens === undefined) throw badRequest(`A path of the patch cannot be read. ${supported}`);
  const reader = new Reader(tokens);
  const path = reader.path();
  reader.end();
  return path;
}

class Reader {
  readonly #tokens: readonly Token[];
  #next = 0;
  #nesting = 0;
  #inCriteria = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  end(): void {
    if (this.#next < this.#tokens.length) throw this.#unsupported();
  }

  /** `Patient.name[0].given`, with `as T` behind it. */
  path(): Path {
    const steps = this.#chain();
    if (this.#takeWord('as')) steps.push({ kind: 'type', type: this.#typeName() });
    return steps;
  }

  /** Stops before what is not a place but a condition: `exists()`, `empty()`, `not()`. */
  #chain(): Step[] {
    const steps: Step[] = this.#take('(') ? this.#nested(() => [...this.path()]) : this.#first();
    for (;;) {
      if (conditions.some((name) => this.#isCall(name))) return steps;
      if (this.#take('.')) steps.push(this.#invocation());
      else if (this.#take('[')) {
        steps.push({ kind: 'index', index: this.#index() });
        this.#expect(']');
      } else return steps;
    }
  }

  #first(): Step[] {
    const token = this.#peek();
    if (token?.kind !== 'root') return [this.#invocation()];
    // Within where() these would lead away from the element at hand.
    if (this.#inCriteria > 0 && token.text !== '$this') throw this.#unsupported();
    this.#next++;
    return [];
  }

  #invocation(): Step {
    const name = this.#name();
    if (!this.#take('(')) return { kind: 'member', name };
    return this.#nested(() => this.#function(name));
  }

  #function(name: string): Step {
    switch (name) {
      case 'where':
        return { kind: 'where', criteria: this.#criteriaOfWhere() };
      case 'ofType':
      case 'as':
        return { kind: 'type', type: this.#typeName() };
      case 'extension':
        return { kind: 'extension', url: this.#text() };
      case 'first':
      case 'last':
      case 'single':
        return { kind: name };
      default:
        throw this.#unsupported();
    }
  }

  #criteriaOfWhere(): Criteria {
    this.#inCriteria++;
    const criteria = this.#criteria();
    this.#inCriteria--;
    return criteria;
  }

  #criteria(): Criteria {
    let left = this.#conjunction();
    while (this.#takeWord('or')) left = { kind: 'or', left, right: this.#conjunction() };
    return left;
  }

  #conjunction(): Criteria {
    let left = this.#condition();
    while (this.#takeWord('and')) left = { kind: 'and', left, right: this.#condition() };
    return left;
  }

  #condition(): Criteria {
    const criteria = this.#take('(') ? this.#nested(() => this.#criteria()) : this.#comparison(this.#chain());
    return this.#takeCall('not') ? { kind: 'not', criteria } : criteria;
  }

  #comparison(path: Path): Criteria {
    if (this.#takeCall('exists')) return { kind: 'exists', path };
    if (this.#takeCall('empty')) return { kind: 'not', criteria: { kind: 'exists', path } };
    if (this.#take('=')) return { kind: 'equals', path, literal: this.#literal() };
    if (this.#take('!=')) {
      const equals: Criteria = { kind: 'equals', path, literal: this.#literal() };
      // Of nothing neither holds, as FHIRPath has it.
      return { kind: 'and', left: { kind: 'exists', path }, right: { kind: 'not', criteria: equals } };
    }
    return { kind: 'true', path };
  }

  #literal(): Literal {
    const token = this.#peek();
    if (token === undefined) throw this.#unsupported();
    this.#next++;
    if (token.kind === 'text' || token.kind === 'number') return { kind: token.kind, text: token.text };
    if (token.kind === 'date') return { kind: 'text', text: token.text };
    if (token.kind === 'name' && (token.text === 'true' || token.text === 'false')) return { kind: 'boolean', value: token.text === 'true' };
    throw this.#unsupported();
  }

  #typeName(): string {
    const name = this.#name();
    if (name !== 'FHIR' || !this.#take('.')) return name;
    return this.#name();
  }

  #index(): number {
    const token = this.#peek();
    if (token?.kind !== 'number' || !/^\d{1,9}$/.test(token.text)) throw this.#unsupported();
    this.#next++;
    return Number(token.text);
  }

  #name(): string {
    const token = this.#peek();
    if (token?.kind !== 'name') throw this.#unsupported();
    this.#next++;
    return token.text;
  }

  #text(): string {
    const token = this.#peek();
    if (token?.kind !== 'text') throw this.#unsupported();
    this.#next++;
    return token.text;
  }

  /** What stands in parentheses that have been opened. */
  #nested<T>(read: () => T): T {
    if (++this.#nesting > maxNesting) throw this.#unsupported();
    const found = read();
    this.#expect(')');
    this.#nesting--;
    return found;
  }

  #peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#next + ahead];
  }

  #take(sign: string): boolean {
    const token = this.#peek();
    if (token?.kind !== 'sign' || token.text !== sign) return false;
    this.#next++;
    return true;
  }

  #takeWord(word: string): boolean {
    const token = this.#peek();
    if (token?.kind !== 'name' || token.text !== word) return false;
    this.#next++;
    return true;
  }

  #isCall(name: string): boolean {
    const texts = [0, 1, 2, 3].map((ahead) => this.#peek(ahead)?.text);
    return texts[0] === '.' && texts[1] === name && texts[2] === '(' && texts[3] === ')';
  }

  #takeCall(name: string): boolean {
    if (!this.#isCall(name)) return false;
    this.#next += 4;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw this.#unsupported();
  }

  #unsupported(): FhirError {
    return badRequest(`A path of the patch uses what is not supported, or ends too early. ${supported}`);
  }
}
