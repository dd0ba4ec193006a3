/**
 * The grammar of `_filter` (https://hl7.org/fhir/R4/search_filter.html): tests of search parameters, joined by `and`,
 * `or`, `not` and parentheses. `and` and `or` are evaluated from left to right, without precedence.
 */
import { badRequest, notSupported } from '../outcome.ts';
import { filterTest } from './filter-operators.ts';
import type { FilterContext } from './filter-operators.ts';
import type { Condition } from './criteria.ts';

/** Parentheses and `not`s within each other; each is a level of recursion. */
export const maxFilterDepth = 20;
/** Tests in one filter; as many as a search may have conditions. */
export const maxFilterTests = 50;

/**
 * @throws FhirError 400 for what is not of the grammar or not offered; values are never repeated
 */
export function parseFilter(text: string, type: string, context: FilterContext): Condition {
  return new FilterParser(text, type, context).parse();
}

const space = /\s*/y;
const word = /[A-Za-z]+(?=[\s(])/y;
const pathPattern = /[A-Za-z_][\w-]*/y;
const operatorPattern = /\s+([A-Za-z]+)\s+/y;
const quotedValue = /"(?:[^"\\]|\\.)*"/y;
const bareValue = /[^\s)\]"]+/y;

class FilterParser {
  readonly #text: string;
  readonly #type: string;
  readonly #context: FilterContext;
  #position = 0;
  #depth = 0;
  #tests = 0;

  constructor(text: string, type: string, context: FilterContext) {
    this.#text = text;
    this.#type = type;
    this.#context = context;
  }

  parse(): Condition {
    const condition = this.#joined();
    if (this.#position < this.#text.length) throw this.#malformed('and, or, or the end');
    return condition;
  }

  #joined(): Condition {
    let condition = this.#operand();
    for (let operator = this.#joint(); operator !== undefined; operator = this.#joint()) {
      condition = join(operator, condition, this.#operand());
    }
    return condition;
  }

  #joint(): 'and' | 'or' | undefined {
    return this.#keyword('and') ? 'and' : this.#keyword('or') ? 'or' : undefined;
  }

  #operand(): Condition {
    if (this.#keyword('not')) return this.#within(() => ({ operator: 'not', condition: this.#operand() }));
    if (!this.#mark('(')) return this.#test();
    const condition = this.#within(() => this.#joined());
    if (!this.#mark(')')) throw this.#malformed('a closing parenthesis');
    return condition;
  }

  #within(read: () => Condition): Condition {
    if (this.#depth === maxFilterDepth) throw badRequest(`_filter takes up to ${maxFilterDepth} parentheses and nots within each other.`);
    this.#depth++;
    const condition = read();
    this.#depth--;
    return condition;
  }

  #test(): Condition {
    if (++this.#tests > maxFilterTests) throw badRequest(`_filter takes up to ${maxFilterTests} tests.`);
    const name = this.#take(pathPattern);
    if (name === undefined) throw this.#malformed('a search parameter');
    const next = this.#text[this.#position];
    if (next === '.' || next === '[') throw notSupported('_filter does not offer chained paths (name.name, name[filter]): name a search parameter of the type.');
    const operator = this.#take(operatorPattern);
    if (operator === undefined) throw this.#malformed('an operator between spaces');
    return { operator: 'clause', clause: filterTest({ name, operator: operator.trim().toLowerCase(), value: this.#value() }, this.#type, this.#context) };
  }

  /** A JSON string, or all up to a space or a closing bracket. */
  #value(): string {
    const quoted = this.#take(quotedValue);
    if (quoted === undefined) {
      const bare = this.#take(bareValue);
      if (bare === undefined) throw this.#malformed('a value');
      return bare;
    }
    try {
      return JSON.parse(quoted) as string;
    } catch {
      throw this.#malformed('a JSON string before this');
    }
  }

  #keyword(keyword: string): boolean {
    this.#take(space);
    const start = this.#position;
    if (this.#take(word)?.toLowerCase() === keyword) return true;
    this.#position = start;
    return false;
  }

  #mark(mark: '(' | ')'): boolean {
    this.#take(space);
    if (this.#text[this.#position] !== mark) return false;
    this.#position++;
    this.#take(space);
    return true;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#position += found.length;
    return found;
  }

  #malformed(expected: string): Error {
    return badRequest(`_filter cannot be read from character ${this.#position + 1} on: ${expected} is expected there.`);
  }
}

/** What is joined by the same operator becomes one list. */
function join(operator: 'and' | 'or', one: Condition, other: Condition): Condition {
  if (one.operator === operator) return { operator, conditions: [...one.conditions, other] };
  return { operator, conditions: [one, other] };
}
