/**
 * `_filter` (https://hl7.org/fhir/R4/search_filter.html): read from left to right, `and` and `or` bind alike. Operators that
 * other modifiers and prefixes name the same thing by are asked as these.
 */
import { dateMatches, elementSpan, spanOf } from './dates.ts';
import { elementsOf } from './elements.ts';
import { escape } from './escapes.ts';
import { anyOf, not, type Resource, type Verdict } from './json.ts';
import { clauseMatches, nameOf, type Context } from './matching.ts';
import { fold, textsOf } from './strings.ts';
import { parseToken, tokenIs, tokensOf } from './tokens.ts';

type Test = (resource: Resource) => Verdict;

export function filterTest(resourceType: string, text: string, context: Context): Test {
  const words = text.match(/"(?:[^"\\]|\\.)*"|[()]|[^\s()]+/g) ?? [];
  let position = 0;
  const next = (): string => words[position++] ?? '';
  const expression = (): Test => {
    let test = operand();
    while (words[position] === 'and' || words[position] === 'or') {
      const operator = next();
      const [one, other] = [test, operand()];
      const either: Test = (resource) => anyOf([one, other], (part) => part(resource));
      const both: Test = (resource) => not(anyOf([one, other], (part) => not(part(resource))));
      test = operator === 'or' ? either : both;
    }
    return test;
  };
  const operand = (): Test => {
    const word = next();
    if (word === 'not') return negated(operand());
    if (word !== '(') return comparison(resourceType, [word, next(), next()], context);
    const inner = expression();
    next();
    return inner;
  };
  return expression();
}

function negated(test: Test): Test {
  return (resource) => not(test(resource));
}

function comparison(resourceType: string, [code, operator, written]: readonly [string, string, string], context: Context): Test {
  const value = written.startsWith('"') ? (JSON.parse(written) as string) : written;
  const { parameter } = nameOf(resourceType, code);
  const clause = (name: string, text: string): Test => (resource) => clauseMatches(resource, nameOf(resourceType, name), text, context);
  if (operator === 'pr') return clause(`${code}:missing`, value === 'true' ? 'false' : 'true');
  switch (parameter.type) {
    case 'string':
      return (resource) => anyOf(elementsOf(resource, parameter).flatMap(textsOf), (text) => stringComparison(operator, text, value));
    case 'token':
      return tokenComparison({ code, operator, value }, (resource) => elementsOf(resource, parameter).flatMap(tokensOf), clause);
    case 'date':
      if (operator === 'po') return (resource) => anyOf(elementsOf(resource, parameter), (element) => overlap(element, value));
      return (resource) => anyOf(elementsOf(resource, parameter), (element) => dateMatches(element, operator + value, context.now));
    case 'reference':
      return clause(code, escape(value));
    case 'number':
      return clause(code, operator + value);
    case 'quantity':
      return clause(code, operator + value);
    case 'uri':
      return (resource) => anyOf(elementsOf(resource, parameter), ({ data }) => (data === value) === (operator === 'eq'));
    default:
      throw new Error(`The evaluator does not filter by ${parameter.type}.`);
  }
}

/** Regardless of case; whether accents and punctuation matter is not said. */
function stringComparison(operator: string, text: string, wanted: string): Verdict {
  const compare = (one: string, other: string): boolean => {
    if (operator === 'co') return one.includes(other);
    if (operator === 'sw') return one.startsWith(other);
    if (operator === 'ew') return one.endsWith(other);
    return operator === 'ne' ? one !== other : one === other;
  };
  const folded = compare(fold(text), fold(wanted));
  return folded === compare(text.toLowerCase(), wanted.toLowerCase()) ? folded : undefined;
}

type Asked = { readonly code: string; readonly operator: string; readonly value: string };

function tokenComparison({ code, operator, value }: Asked, tokens: (resource: Resource) => readonly ReturnType<typeof tokensOf>[number][], clause: (name: string, text: string) => Test): Test {
  if (operator === 'in') return clause(`${code}:in`, escape(value));
  if (operator === 'ni') return clause(`${code}:not-in`, escape(value));
  const modifiers: Readonly<Record<string, string>> = { ss: 'below', sb: 'above' };
  if (modifiers[operator] !== undefined) return clause(`${code}:${modifiers[operator]}`, value);
  // Values are never case sensitive here.
  const asked = parseToken(value);
  const equal = (token: ReturnType<typeof tokensOf>[number]): Verdict => tokenIs({ ...token, caseSensitive: false }, asked);
  return (resource) => anyOf(tokens(resource), (token) => (operator === 'ne' ? not(equal(token)) : equal(token)));
}

function overlap(element: Parameters<typeof elementSpan>[0], value: string): Verdict {
  const asked = spanOf(value);
  const target = elementSpan(element);
  if (asked === undefined || target === undefined) return false;
  return asked.low < target.high && target.low < asked.high;
}
