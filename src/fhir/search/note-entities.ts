/**
 * HealthLake's search parameters on what was read in a note
 * (https://docs.aws.amazon.com/healthlake/latest/devguide/search-parameters-med.html): by what stands in its extension on a
 * DocumentReference, and by two things that have to hold of one and the same entity. No index has them: every document that the rest
 * of the search leaves is looked at.
 */
import type { JsonObject } from '../json.ts';
import { isNumber, isObject, numberValue } from '../json.ts';
import { badRequest } from '../outcome.ts';
import type { Resource } from '../resource.ts';
import { splitEscaped, unescapeValue } from './escapes.ts';
import { parseNumber } from './kinds/number.ts';
import { parseString, satisfiesString } from './kinds/string.ts';
import type { NameValue } from './parse-clause.ts';
import { satisfiesRange } from './numeric-range.ts';
import type { Condition, EntityCondition, EntityPart, EntitySource, EntityTest, NumberCriterion } from './criteria.ts';

interface EntityParameter {
  readonly source: EntitySource;
  readonly parts: readonly EntityPart[];
}

/** Conditions of one search, and alternatives of each: every document is held against all of them. */
export const maxEntityConditions = 10;
export const maxEntityAlternatives = 20;

const conceptParts: readonly (readonly EntityPart[])[] = [
  ['text'], ['score'], ['concept-code'], ['concept-description'], ['concept-score'],
  ['text', 'concept-code'], ['text', 'concept-score'], ['concept-description', 'concept-score'],
];
const partsOf: readonly (readonly [name: string, source: EntitySource, parts: readonly (readonly EntityPart[])[]])[] = [
  ['detectEntities', 'detect-entities', [
    ['category'], ['text'], ['type'], ['score'], ['text', 'category'], ['type', 'score'], ['text', 'score'], ['text', 'type'], ['category', 'score'],
  ]],
  ['infer-icd10cm', 'infer-icd10', conceptParts],
  ['infer-rxnorm', 'infer-rxnorm', conceptParts],
];

const parameters = new Map<string, EntityParameter>(
  partsOf.flatMap(([name, source, all]) => all.map((parts) => [`${name}-entity-${parts.join('-')}`, { source, parts }] as const)),
);

/** Their names, of DocumentReference alone. */
export const entityParameterNames: readonly string[] = [...parameters.keys()];

export function isEntityParameter(type: string, name: string): boolean {
  return type === 'DocumentReference' && parameters.has(name);
}

/**
 * Texts and descriptions are compared as strings, categories, types and codes as they are, whatever their case. A score without a
 * prefix is at least so: nobody looks for one that is exactly so. Two things of one entity are divided by `|` or `$`.
 *
 * @throws FhirError 400 for a malformed value; values are not repeated
 */
export function parseEntityParameter([name, value]: NameValue): EntityCondition {
  const { source, parts } = parameters.get(name)!;
  const values = splitEscaped(value, ',');
  if (values.length > maxEntityAlternatives) throw badRequest(`${name} takes up to ${maxEntityAlternatives} values. Send the search in parts.`);
  return { source, alternatives: values.map((one) => testsOf(one, name, parts)) };
}

/** @throws FhirError 400 for a search that asks too much of each document */
export function requireFewEntities(conditions: readonly Condition[]): void {
  const asked = conditions.filter(({ operator }) => operator === 'entity').length;
  if (asked > maxEntityConditions) throw badRequest(`A search may have up to ${maxEntityConditions} conditions on what was read in notes; this one has ${asked}.`);
}

function testsOf(value: string, name: string, parts: readonly EntityPart[]): readonly EntityTest[] {
  const barred = splitEscaped(value, '|');
  const pieces = parts.length === 1 ? [value] : barred.length === parts.length ? barred : splitEscaped(value, '$');
  const tests = parts.map((part, index) => testOf(part, pieces[index] ?? ''));
  if (pieces.length !== parts.length || !tests.every((test) => test !== undefined)) {
    throw badRequest(`A value of ${name} is not of its form: ${parts.map((part) => (part.endsWith('score') ? 'a number' : part)).join('|')}.`);
  }
  return tests;
}

function testOf(part: EntityPart, text: string): EntityTest | undefined {
  if (part === 'score' || part === 'concept-score') {
    const criterion = parseNumber(/^[\d.]/.test(text) ? `ge${text}` : text);
    return criterion && { part, kind: 'number', criterion };
  }
  if (part === 'text' || part === 'concept-description') {
    const criterion = parseString(text);
    return criterion && { part, kind: 'string', criterion };
  }
  return text === '' ? undefined : { part, kind: 'code', code: unescapeValue(text).toLowerCase() };
}

const root = 'http://healthlake.amazonaws.com/aws-cm/';
/** What HealthLake puts before the names of an entity's parts. */
const prefixes: Readonly<Record<EntitySource, string>> = {
  'detect-entities': 'aws-cm-detect-entities-entity', 'infer-icd10': 'aws-cm-icd10-entity', 'infer-rxnorm': 'aws-cm-rxnorm-entity',
};

export function satisfiesEntity(resource: Resource, { source, alternatives }: EntityCondition): boolean {
  const answers = within(within([resource], root), `${root}${source}/`);
  const prefix = `${root}${source}/${prefixes[source]}`;
  return within(answers, prefix).some((entity) => {
    const concepts = within(within([entity], `${prefix}-ConceptList`), `${prefix}-Concept`);
    return alternatives.some((tests) => {
      const ofConcept = tests.filter(({ part }) => part.startsWith('concept-'));
      const itself = tests.every((test) => ofConcept.includes(test) || satisfies(entity, prefix, test));
      return itself && (ofConcept.length === 0 || concepts.some((concept) => ofConcept.every((test) => satisfies(concept, prefix, test))));
    });
  });
}

const suffixes: Readonly<Partial<Record<EntityPart, string>>> = {
  'concept-code': 'Concept-Code', 'concept-description': 'Concept-Description', 'concept-score': 'Concept-Score',
};

function satisfies(holder: JsonObject, prefix: string, test: EntityTest): boolean {
  return within([holder], `${prefix}-${suffixes[test.part] ?? test.part}`).some(({ valueString, valueDecimal }) => {
    if (test.kind === 'number') return isNumber(valueDecimal) && isAsSure(numberValue(valueDecimal), test.criterion);
    if (typeof valueString !== 'string') return false;
    return test.kind === 'code' ? valueString.toLowerCase() === test.code : satisfiesString({ kind: 'string', text: valueString }, test.criterion);
  });
}

function isAsSure(score: number, criterion: NumberCriterion): boolean {
  return satisfiesRange({ low: score, high: score }, criterion.prefix, criterion);
}

function within(holders: readonly JsonObject[], url: string): readonly JsonObject[] {
  return holders.flatMap(({ extension }) => (Array.isArray(extension) ? extension.filter(isObject).filter((one) => one.url === url) : []));
}
