/**
 * Reads a FHIRPath (https://hl7.org/fhirpath/N1/#expressions) with the operators that select elements: `.`, `[n]`, `as`,
 * `is`, `|`, `=`, `!=`, `and`, `or`, or with those that compute besides, bound to each other as FHIRPath has it. Which
 * functions there are is for its callers.
 */
import type { ComputingExpression, ComputingLiteral, ComputingOperator, Expression } from './expression.ts';
import { isNamespace } from './expression.ts';
import { PathError } from './path-error.ts';
import { tokenize } from './tokens.ts';
import type { Token } from './tokens.ts';

/** Of parentheses within each other; far below what would exhaust the stack. */
const maxNesting = 16;
/** Names, calls, indexes and operators. R4's longest has half of it, a branch for each of 30 types. */
export const maxPathSteps = 500;

/** From what binds least: each level's operands are of the next (https://hl7.org/fhirpath/N1/#operator-precedence). */
type Levels = readonly (readonly ComputingOperator[])[];

interface Grammar {
  /** Those that bind less than `is` and `as`. */
  readonly outer: Levels;
  /** Those that bind more. */
  readonly inner: Levels;
  /** Dates are told from texts, numbers may be negative, an index may be a constant. */
  readonly computes: boolean;
}

const selecting: Grammar = { outer: [['or'], ['and'], ['=', '!='], ['|']], inner: [], computes: false };
const computing: Grammar = {
  outer: [['implies'], ['or', 'xor'], ['and'], ['=', '!='], ['<=', '<', '>=', '>'], ['|']],
  inner: [['+', '-', '&'], ['*', '/', 'div', 'mod']],
  computes: true,
};

/** @throws PathError for what is no path, or uses other operators than those that select */
export function parsePath(text: string): Expression {
  // Of the selecting grammar come only nodes that `Expression` has.
  return parse(text, selecting) as Expression;
}

/** With comparison and arithmetic. @throws PathError for what is no path, or uses other operators */
export function parseComputingPath(text: string): ComputingExpression {
  return parse(text, computing);
}

function parse(text: string, grammar: Grammar): ComputingExpression {
  const reader = new Reader(tokenize(text), text.length, grammar);
  const expression = reader.expression();
  reader.end();
  return expression;
}

class Reader {
  readonly #tokens: readonly Token[];
  readonly #length: number;
  readonly #grammar: Grammar;
  #next = 0;
  #nesting = 0;
  #steps = 0;

  constructor(tokens: readonly Token[], length: number, grammar: Grammar) {
    this.#tokens = tokens;
    this.#length = length;
    this.#grammar = grammar;
  }

  end(): void {
    if (this.#peek() !== undefined) throw this.#refused();
  }

  expression(): ComputingExpression {
    return this.#operation(this.#grammar.outer, () => this.#typed());
  }

  #operation(levels: Levels, operand: () => ComputingExpression): ComputingExpression {
    const [operators, ...tighter] = levels;
    if (operators === undefined) return operand();
    let left = this.#operation(tighter, operand);
    for (;;) {
      const operator = operators.find((each) => this.#isWord(each));
      if (operator === undefined) return left;
      const { at } = this.#take();
      left = this.#step({ kind: 'binary', operator, left, right: this.#operation(tighter, operand), at });
    }
  }

  #typed(): ComputingExpression {
    let of = this.#operation(this.#grammar.inner, () => this.#chain());
    for (;;) {
      const operator = (['as', 'is'] as const).find((each) => this.#isWord(each));
      if (operator === undefined) return of;
      const { at } = this.#take();
      of = this.#step({ kind: 'type', operator, of, type: this.#typeName(), at });
    }
  }

  #chain(): ComputingExpression {
    let of = this.#first();
    for (;;) {
      if (this.#isWord('.')) {
        this.#take();
        of = this.#invocation(of);
      } else if (this.#isWord('[')) {
        const { at } = this.#take();
        of = this.#step({ kind: 'index', of, index: this.#index(), at });
        this.#expect(']');
      } else return of;
    }
  }

  #first(): ComputingExpression {
    const token = this.#peek();
    if (token === undefined) throw this.#refused();
    const { kind, text, at } = token;
    if (this.#isWord('(')) {
      this.#take();
      return this.#nested(() => this.expression());
    }
    if (this.#grammar.computes && this.#isWord('-')) return this.#negative();
    const literal = this.#literal(token);
    if (literal === undefined && kind !== 'root') return this.#invocation();
    this.#take();
    return this.#step(literal === undefined ? { kind: 'root', name: text, at } : { kind: 'literal', literal, at });
  }

  /** A negative number; there is no other use of the sign before an operand. */
  #negative(): ComputingExpression {
    const { at } = this.#take();
    const token = this.#peek();
    if (token?.kind !== 'number') throw this.#refused();
    return this.#step({ kind: 'literal', literal: { kind: 'number', text: `-${this.#take().text}` }, at });
  }

  #literal({ kind, text }: Token): ComputingLiteral | undefined {
    if (kind === 'text' || kind === 'number') return { kind, text };
    if (kind === 'date') return { kind: this.#grammar.computes ? 'date' : 'text', text };
    if (kind === 'name' && (text === 'true' || text === 'false')) return { kind: 'boolean', value: text === 'true' };
    return undefined;
  }

  #invocation(of?: ComputingExpression): ComputingExpression {
    const { text: name, at } = this.#name();
    const before = of === undefined ? {} : { of };
    if (!this.#isWord('(')) return this.#step({ kind: 'member', ...before, name, at });
    this.#take();
    return this.#step({ kind: 'call', ...before, name, arguments: this.#nested(() => this.#arguments()), at });
  }

  #arguments(): readonly ComputingExpression[] {
    if (this.#isWord(')')) return [];
    const found = [this.expression()];
    while (this.#isWord(',')) {
      this.#take();
      found.push(this.expression());
    }
    return found;
  }

  #typeName(): string {
    const { text } = this.#name();
    if (!isNamespace(text) || !this.#isWord('.')) return text;
    this.#take();
    return this.#name().text;
  }

  #index(): number | string {
    const token = this.#peek();
    if (this.#grammar.computes && token?.kind === 'root') return this.#take().text;
    if (token?.kind !== 'number' || !/^\d{1,9}$/.test(token.text)) throw this.#refused();
    return Number(this.#take().text);
  }

  #name(): Token {
    if (this.#peek()?.kind !== 'name') throw this.#refused();
    return this.#take();
  }

  /** What stands in parentheses that have been opened. */
  #nested<T>(read: () => T): T {
    if (++this.#nesting > maxNesting) throw new PathError('a parenthesis', this.#at(), `beyond ${maxNesting} within each other`);
    const found = read();
    this.#expect(')');
    this.#nesting--;
    return found;
  }

  #step(expression: ComputingExpression): ComputingExpression {
    if (++this.#steps > maxPathSteps) throw new PathError('a step', expression.at, `beyond the ${maxPathSteps} that a path may have`);
    return expression;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  #take(): Token {
    return this.#tokens[this.#next++] as Token;
  }

  /** An operator is a sign or a bare name. */
  #isWord(word: string): boolean {
    const token = this.#peek();
    return token?.text === word && (token.kind === 'sign' || token.kind === 'name');
  }

  #expect(sign: string): void {
    if (!this.#isWord(sign)) throw this.#refused();
    this.#take();
  }

  #at(): number {
    return this.#peek()?.at ?? this.#length;
  }

  #refused(): PathError {
    const token = this.#peek();
    if (token === undefined) return new PathError('an end', this.#length, 'where more should follow');
    return new PathError(token.kind === 'text' ? 'a text' : `"${token.text.slice(0, 30)}"`, token.at, 'which is not offered there');
  }
}
