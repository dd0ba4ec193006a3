/** The tests of `_filter`: a search parameter, an operator and a value (https://hl7.org/fhir/R4/search_filter.html#ops). */
import { badRequest, notSupported } from '../outcome.ts';
import { escapeValue, isEscapedWell } from './escapes.ts';
import { isSupported } from './parameters.ts';
import type { SearchParameters } from './parameters.ts';
import { isFullText, parseCriterion } from './parse-criterion.ts';
import type { Clause, Criterion, Modifier } from './criteria.ts';
import type { SearchParameter, SearchParameterType } from './values.ts';

export interface FilterTest {
  readonly name: string;
  readonly operator: string;
  readonly value: string;
}

/** What a filter is read with. */
export interface FilterContext {
  /** The store's, under which absolute references are local. */
  readonly baseUrl: string;
  readonly searchParameters: SearchParameters;
}

type Operators = Readonly<Record<string, Modifier | 'prefix' | undefined>>;

const present: Operators = { pr: 'missing' };
const ordered: Operators = {
  ...present, eq: 'prefix', ne: 'prefix', gt: 'prefix', lt: 'prefix', ge: 'prefix', le: 'prefix', sa: 'prefix', eb: 'prefix', ap: 'prefix',
};

/** What each operator means for each kind, as a modifier of search or a prefix of the value; others do not apply. */
const operatorsOfKind: Readonly<Record<SearchParameterType, Operators>> = {
  string: { ...present, eq: 'equals', ne: 'unequal', co: 'contains', sw: 'starts-with', ew: 'ends-with' },
  // `ss`: the value subsumes a concept of the resource, which is so below it.
  token: { ...present, eq: 'equals', ne: 'unequal', ss: 'below', sb: 'above', in: 'in', ni: 'not-in' },
  // R4 has no `eq` of references; it can only mean `re`.
  reference: { ...present, re: 'equals', eq: 'equals' },
  uri: { ...present, eq: 'equals', ne: 'unequal' },
  number: ordered,
  quantity: ordered,
  date: { ...ordered, co: 'includes', po: 'overlaps' },
  composite: {},
  special: {},
};

/** The short names of code systems that R4's filter page predefines. */
const systems: Readonly<Record<string, string>> = {
  loinc: 'http://loinc.org',
  snomed: 'http://snomed.info/sct',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  ucum: 'http://unitsofmeasure.org',
};

/** @throws FhirError 400 for a parameter, operator or value that does not go together with the others */
export function filterTest({ name, operator, value }: FilterTest, type: string, { baseUrl, searchParameters }: FilterContext): Clause {
  const parameter = searchParameters.of(type).get(name);
  if (parameter === undefined || !isSupported(parameter) || isFullText(parameter)) {
    throw notSupported(`_filter names something that is not a search parameter of ${type} with values of its own.`);
  }
  const operators = operatorsOfKind[parameter.type];
  const meaning = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
  if (meaning === undefined) throw unknownOperator(parameter, Object.keys(operators));
  if (meaning === 'missing') return { parameter, modifier: 'missing', criteria: [presence(parameter, value)] };
  const text = writtenAsSearch(parameter, value);
  if (!isEscapedWell(text)) throw badRequest(`_filter: the value of ${parameter.code} has a backslash that escapes nothing.`);
  if (meaning === 'prefix') return { parameter, criteria: [parseCriterion(operator + text, { parameter, baseUrl })] };
  const modifier = meaning === 'equals' && parameter.type !== 'string' ? undefined : meaning;
  return clauseOf(parameter, modifier, parseCriterion(text, { parameter, baseUrl, ...readAs(modifier) }));
}

function clauseOf(parameter: SearchParameter, modifier: Modifier | undefined, criterion: Criterion): Clause {
  const criteria = [withoutCase(parameter, criterion)];
  return modifier === undefined ? { parameter, criteria } : { parameter, modifier, criteria };
}

/** "Values are never case sensitive"; ids always are. */
function withoutCase({ code }: SearchParameter, criterion: Criterion): Criterion {
  return criterion.kind === 'token' && code !== '_id' ? { ...criterion, anyCase: true } : criterion;
}

/** The modifiers of search by which a value is read in another way than without one. */
function readAs(modifier: Modifier | undefined): { readonly modifier?: Modifier } {
  return modifier === 'in' || modifier === 'not-in' || modifier === 'above' || modifier === 'below' ? { modifier } : {};
}

/** Strings are taken as they stand; other values have the form of search, with short names for systems. */
function writtenAsSearch({ type }: SearchParameter, value: string): string {
  if (type === 'string') return escapeValue(value);
  if (type !== 'token' && type !== 'quantity') return value;
  return value.replace(/^((?:[^|]*\|)?)(loinc|snomed|rxnorm|ucum)\|/, (_written, before: string, name: string) =>
    (type === 'quantity') === (before !== '') ? `${before}${systems[name]!}|` : `${before}${name}|`,
  );
}

/** `pr`: the parameter has a value, or none. */
function presence({ code }: SearchParameter, value: string): Criterion {
  if (value !== 'true' && value !== 'false') throw badRequest(`_filter: ${code} pr takes true or false.`);
  return { kind: 'missing', missing: value === 'false' };
}

function unknownOperator({ code, type }: SearchParameter, offered: readonly string[]): Error {
  const rest = offered.length === 0 ? 'it is not offered in _filter.' : `offered are ${offered.join(', ')}.`;
  return notSupported(`_filter: the operator does not apply to ${code} (${type}): ${rest}`);
}
