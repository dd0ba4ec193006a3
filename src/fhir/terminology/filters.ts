/**
 * The codes of a system that a filter of a value set selects
 * (https://hl7.org/fhir/R4/valueset-definitions.html#ValueSet.compose.include.filter). Only a system whose every concept
 * is known can be filtered.
 */
import type { JsonObject } from '../json.ts';
import { codePattern } from './code-pattern.ts';
import { hierarchy, textOf } from './code-system.ts';
import type { CodeSystem, Concept } from './code-system.ts';
import type { Spend } from './effort.ts';
import { cannotResolve } from './terminology-source.ts';

interface Filter {
  readonly property: string;
  readonly value: string;
  readonly spend: Spend;
}

type Selects = (concept: Concept) => boolean;
type Operator = (filter: Filter, system: CodeSystem) => Selects;

/** https://hl7.org/fhir/R4/valueset-filter-operator.html */
const operators: Readonly<Record<string, Operator>> = {
  'is-a': (filter, system) => memberOf(related(system, filter, 'below')),
  'descendent-of': (filter, system) => memberOf(withoutItself(related(system, filter, 'below'), filter.value)),
  'is-not-a': (filter, system) => otherThan(memberOf(related(system, filter, 'below'))),
  generalizes: (filter, system) => memberOf(related(system, filter, 'above')),
  '=': (filter, system) => valueIn(filter, system, [filter.value]),
  in: (filter, system) => valueIn(filter, system, listOf(filter.value)),
  'not-in': (filter, system) => otherThan(valueIn(filter, system, listOf(filter.value))),
  regex,
  exists,
};

/** The operators that follow the hierarchy: their property says so. */
const hierarchical: ReadonlySet<string> = new Set(['is-a', 'descendent-of', 'is-not-a', 'generalizes']);
/** Names under which value sets mean the concept itself. */
const conceptItself: ReadonlySet<string> = new Set(['concept', 'code']);

/** @throws FhirError 400 for what cannot be evaluated, and what `spend` throws; the message names the system and the operator only */
export function filteredCodes(system: CodeSystem, filter: JsonObject, spend: Spend): string[] {
  const property = textOf(filter.property);
  const value = textOf(filter.value);
  const operator = textOf(filter.op);
  if (property === undefined || value === undefined || operator === undefined || !Object.hasOwn(operators, operator)) {
    throw cannotResolve('A value set has a filter on the code system % that R4 does not define.', system.url);
  }
  if (!system.isComplete) {
    throw cannotResolve(
      'The concepts of the code system % are not all known here, so that a value set which filters them cannot be resolved. ' +
        'Store the CodeSystem with content "complete", or a ValueSet that has an expansion.',
      system.url,
    );
  }
  if (hierarchical.has(operator)) requireHierarchy(system, property);
  const selects = operators[operator]!({ property, value, spend }, system);
  spend(system.concepts.size);
  return [...system.concepts.values()].filter(selects).map(({ code }) => code);
}

function requireHierarchy(system: CodeSystem, property: string): void {
  if (conceptItself.has(property) && system.isSubsuming) return;
  throw cannotResolve(
    'A value set selects by the hierarchy of the code system %, which does not say what is a kind of what.',
    system.url,
  );
}

function related(system: CodeSystem, { value, spend }: Filter, direction: 'below' | 'above'): ReadonlySet<string> {
  if (system.concepts.has(value)) return hierarchy(system, value, { direction, spend });
  throw cannotResolve('A value set selects by a concept that its code system % does not have.', system.url);
}

function withoutItself(codes: ReadonlySet<string>, code: string): ReadonlySet<string> {
  return new Set([...codes].filter((each) => each !== code));
}

function memberOf(codes: ReadonlySet<string>): Selects {
  return ({ code }) => codes.has(code);
}

function otherThan(selects: Selects): Selects {
  return (concept) => !selects(concept);
}

/** Values of `in`, separated by commas. */
function listOf(value: string): string[] {
  return value.split(',').map((each) => each.trim());
}

function valueIn(filter: Filter, system: CodeSystem, values: readonly string[]): Selects {
  const wanted = new Set(values);
  const valuesOf = reader(filter, system);
  return (concept) => valuesOf(concept).some((each) => wanted.has(each));
}

function regex(filter: Filter, system: CodeSystem): Selects {
  const matches = codePattern(filter.value, filter.spend);
  if (matches === undefined) {
    throw cannotResolve('A value set filters the code system % by a regular expression that is not offered here.', system.url);
  }
  const valuesOf = reader(filter, system);
  return (concept) => valuesOf(concept).some(matches);
}

function exists(filter: Filter, system: CodeSystem): Selects {
  const valuesOf = reader(filter, system);
  return (concept) => valuesOf(concept).length > 0 === (filter.value === 'true');
}

/** What a concept has of a property: the concept itself, its display, its parents and children, or a property proper. */
function reader({ property, spend }: Filter, system: CodeSystem): (concept: Concept) => readonly string[] {
  const valuesOf = propertyReader(property, system);
  return (concept) => {
    const values = valuesOf(concept);
    spend(values.length);
    return values;
  };
}

function propertyReader(property: string, system: CodeSystem): (concept: Concept) => readonly string[] {
  if (conceptItself.has(property)) return ({ code }) => [code];
  if (property === 'display') return ({ display }) => (display === undefined ? [] : [display]);
  if (property === 'parent') return ({ parents }) => [...parents];
  if (property === 'child') return ({ children }) => [...children];
  if (system.properties.has(property)) return ({ properties }) => properties.get(property) ?? [];
  throw cannotResolve('A value set filters the code system % by a property that it does not have.', system.url);
}
