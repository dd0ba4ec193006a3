/** What is held against a search's values (https://hl7.org/fhir/R4/search.html): however often a resource says it, it counts once. */
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/fhir/json.ts';
import { parseClause } from '../../../src/fhir/search/parse-clause.ts';
import { maxTextCriteria, parseSearch } from '../../../src/fhir/search/parse.ts';
import { baseParameters, searchParameter } from '../../../src/fhir/search/parameters.ts';
import { maxComparisons, readingOf } from '../../../src/fhir/search/reading.ts';
import { matchesQuery } from '../../../src/fhir/search/match.ts';
import type { Clause } from '../../../src/fhir/search/criteria.ts';

const baseUrl = 'http://localhost/r4';
const values = Array.from({ length: 100 }, (_each, position) => String(position)).join(',');
const many = maxComparisons / 100 + 1;

function clauseOf(type: string, name: string, value = values): Clause {
  return parseClause(searchParameter(type, name.split(':')[0]!)!, [name, value], baseUrl);
}

function held(resource: JsonObject & { resourceType: string }, clause: Clause): number {
  return readingOf(resource, undefined).distinctValues(clause).length;
}

const repeated = <Part>(part: (position: number) => Part): Part[] => Array.from({ length: many }, (_each, position) => part(position));

describe('of many values', () => {
  test('equal ones are held against many criteria once', () => {
    const observation = { resourceType: 'Observation', code: { coding: repeated(() => ({ system: 'http://a', code: 'x' })) } };
    expect(held(observation, clauseOf('Observation', 'code'))).toBe(1);
    expect(held(observation, clauseOf('Observation', 'code', 'x'))).toBe(many);
    expect(held({ resourceType: 'Patient', name: repeated(() => ({ family: 'Same' })) }, clauseOf('Patient', 'family'))).toBe(1);
  });

  test('finding equal ones is done once for all clauses, and for few criteria not at all', () => {
    const reading = readingOf({ resourceType: 'Observation', code: { coding: repeated(() => ({ code: 'x' })) } }, undefined);
    expect(reading.distinctValues(clauseOf('Observation', 'code'))).toBe(reading.distinctValues(clauseOf('Observation', 'code:not')));
    expect(readingOf({ resourceType: 'Patient', name: [{ given: Array.from({ length: maxComparisons }, () => 'a') }] }, undefined)
      .distinctValues(clauseOf('Patient', 'given', 'a,b'))).toHaveLength(maxComparisons);
  });

  test('codes that differ in their displays differ where displays are searched alone', () => {
    const observation = { resourceType: 'Observation', code: { coding: repeated((position) => ({ code: 'x', display: `d${position}` })) } };
    expect(held(observation, clauseOf('Observation', 'code:not'))).toBe(1);
    expect(held(observation, clauseOf('Observation', 'code:text'))).toBe(many);
  });

  test('open ranges differ in the side on which they are open', () => {
    const ends = (position: number) => ({ code: { text: 'x' }, valueQuantity: { value: 5, comparator: position % 2 === 0 ? '<' : '>' } });
    expect(held({ resourceType: 'Observation', component: repeated(ends) }, clauseOf('Observation', 'component-value-quantity'))).toBe(2);
  });

  test('those within a composite count too', () => {
    const code = { coding: repeated(() => ({ code: 'x' })) };
    const clause = clauseOf('Observation', 'code-value-concept', Array.from({ length: 100 }, (_each, position) => `x$${position}`).join(','));
    const [value] = readingOf({ resourceType: 'Observation', code, valueCodeableConcept: code }, undefined).distinctValues(clause);
    expect(value).toMatchObject({ components: [{ length: 1 }, { length: 1 }] });
  });

  test('a search finds what it finds among few', () => {
    const query = (type: string, name: string, value: string) => parseSearch(type, [[name, value]], { baseUrl, searchParameters: baseParameters });
    const observation = { resourceType: 'Observation', code: { coding: [...repeated(() => ({ code: 'x' })), { system: 'http://a', code: '99', display: 'Last' }] } };
    const finds = (name: string, value: string) => matchesQuery(observation, query('Observation', name, value), { now: 0, baseUrl });
    expect([finds('code', values), finds('code:not', values), finds('code:not', values.slice(0, -3)), finds('code:text', `last,${values}`.slice(0, 200))]).toEqual([true, false, true, true]);
  });
});

test('values that are looked for in text are fewer than others, since each is looked for in all of it', () => {
  const names = Array.from({ length: maxTextCriteria + 1 }, (_each, position) => `n${position}`);
  for (const name of ['name', 'name:contains', 'name:exact', '_content']) {
    expect(() => parseSearch('Patient', [[name, names.join(',')]], { baseUrl, searchParameters: baseParameters })).toThrow(/up to 100 values in names and other text/);
    expect(() => parseSearch('Patient', [[name, names.slice(1).join(',')]], { baseUrl, searchParameters: baseParameters })).not.toThrow();
  }
});
