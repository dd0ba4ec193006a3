/** Which walks are planned for a search: by family, narrowed by what, over how many ranges. */
import { describe, expect, test } from '@jest/globals';
import { baseParameters } from '../../src/fhir/search/parameters.ts';
import { parseSearch, type NameValue } from '../../src/fhir/search/parse.ts';
import type { Clause, CodeSet, Condition } from '../../src/fhir/search/criteria.ts';
import type { SearchQuery } from '../../src/fhir/search/search-query.ts';
import { stringBuckets, type EntryRules } from '../../src/store/entry-partitions.ts';
import { drivers, sortedDriver } from '../../src/store/search-plan.ts';

const now = Date.UTC(2026, 0, 1);
const rules: EntryRules = { generation: 2, shards: 1, omitted: new Set(), hash: (...parts) => parts.join('|') };

function query(type: string, ...parameters: readonly NameValue[]): SearchQuery {
  return parseSearch(type, parameters, { baseUrl: 'http://store.example', searchParameters: baseParameters });
}

/** The families of the walks that may answer, the type's own left out. */
function familiesFor(asked: SearchQuery, omitted: readonly string[] = []): readonly string[] {
  return drivers(asked, { ...rules, omitted: new Set(omitted) }, now).filter(({ kind }) => kind !== 'type').map(({ family }) => family);
}

const best = (asked: SearchQuery) => drivers(asked, rules, now)[0]!;

describe('the walks of one clause', () => {
  test.each<[type: string, parameter: NameValue, family: string]>([
    ['Patient', ['_id', 'a,b'], 'ids (_id)'],
    ['Patient', ['gender', 'female'], 'token (gender)'],
    ['Patient', ['identifier:of-type', 's|MR|17'], 'token (identifier)'],
    ['Patient', ['general-practitioner', 'Practitioner/1'], 'reference (general-practitioner)'],
    ['Patient', ['organization:identifier', 's|1'], 'identifier (organization)'],
    ['Patient', ['family', 'ann'], 'string (family)'],
    ['Patient', ['family:exact', 'Ann'], 'string (family)'],
    ['Patient', ['family:contains', 'nn'], 'contains (family)'],
    ['Patient', ['birthdate', 'ge2000'], 'date (birthdate)'],
    ['Patient', ['_lastUpdated', 'ge2000'], 'last-updated (_lastUpdated)'],
    ['Patient', ['_profile', 'http://p.example'], 'uri (_profile)'],
    ['Observation', ['value-quantity', 'gt5'], 'number (value-quantity)'],
    ['Observation', ['code-value-quantity', '8480-6$gt120'], 'composite (code-value-quantity)'],
    ['Observation', ['code-value-quantity', '8480-6$ne120'], 'composite (code-value-quantity)'],
    ['RiskAssessment', ['probability', '0.5'], 'number (probability)'],
    ['ValueSet', ['url:below', 'http://p.example'], 'uri (url)'],
    ['Location', ['near', '52|13|10|km'], 'position (near)'],
  ])('%s?%s', (type, parameter, family) => {
    expect(familiesFor(query(type, parameter))).toEqual([family]);
  });

  test.each<[type: string, parameter: NameValue]>([
    ['Patient', ['gender:not', 'female']],
    ['Patient', ['gender:missing', 'true']],
    ['Patient', ['identifier', 'http://system.example|']],
    ['Patient', ['birthdate', 'ne2000']],
    ['Observation', ['code:text', 'blood']],
    ['Observation', ['value-quantity', 'ne5']],
    ['Patient', ['_text', 'word']],
    ['Patient', ['_content', 'word']],
    ['Location', ['near', '52|13|9000|km']],
  ])('%s?%s is answered by walking the type', (type, parameter) => {
    expect(familiesFor(query(type, parameter))).toEqual([]);
  });

  test('a composite whose components are words or codes is found by each of them', () => {
    expect(familiesFor(query('Observation', ['code-value-concept', 'a$b']))).toEqual(['token (code)', 'token (value-concept)']);
    expect(familiesFor(query('Observation', ['code-value-string', 'a$b']))).toEqual(['token (code)', 'string (value-string)']);
  });

  test('a code set whose members are known is looked up by each of them', () => {
    const clause = query('Observation', ['code', 'x']).clauses[0]!;
    const resolved = (codes: CodeSet): SearchQuery => ({
      ...query('Observation'), clauses: [{ ...clause, modifier: 'in', criteria: [{ kind: 'code-set', codes }] }],
    });
    const members = [{ system: 's', code: 'a' }, { system: 's', code: 'b' }];
    expect(best(resolved({ includes: () => true, members }))).toMatchObject({ family: 'token (code)', ranges: 2 });
    expect(familiesFor(resolved({ includes: () => true }))).toEqual([]);
  });

  test('`:contains` walks every bucket and keeps what has the part or is cut', () => {
    const { walk, ranges } = best(query('Patient', ['name:contains', 'Ann B']));
    expect(ranges).toBe(stringBuckets.length);
    expect(['joann$bee', 'ann', 'x'.repeat(32)].map((position) => walk.keep!(position))).toEqual([true, false, true]);
  });
});

describe('the walks of several clauses', () => {
  test('patient and code are one partition, in order of the clinical date', () => {
    const asked = query('Observation', ['patient', 'p'], ['code', 'c'], ['date', 'ge2025'], ['_sort', '-date']);
    expect(best(asked)).toMatchObject({ kind: 'patient-code', family: 'patient-code (patient, code, date)', sorted: true, singlePlace: true, exact: true });
  });

  test('the only number of a resource has to satisfy every clause on it', () => {
    const [only] = best(query('Observation', ['value-quantity', 'ge5'], ['value-quantity', 'lt7'])).walk.stages.flat();
    const [upper] = best(query('Observation', ['value-quantity', 'lt7'])).walk.stages.flat();
    expect(only!.to).toBe(upper!.to);
  });

  test('an amount with a UCUM unit is looked up under its base units, without one as it is written', () => {
    const partition = (value: string): string => best(query('Observation', ['value-quantity', value])).walk.stages[0]![0]!.pk;
    expect(partition('5|http://unitsofmeasure.org|mg')).toBe(partition('0.005|http://unitsofmeasure.org|kg'));
    expect(partition('5|http://unitsofmeasure.org|mg')).not.toBe(partition('5'));
    expect(partition('5||mg')).toBe(partition('5'));
  });

  test('only a walk in the order asked for is taken for sorted', () => {
    const sorted = (...sort: readonly NameValue[]): boolean => best(query('Observation', ['code', 'c'], ...sort)).sorted;
    expect([sorted(), sorted(['_sort', 'date']), sorted(['_sort', 'date,_id']), sorted(['_sort', 'status'])]).toEqual([true, true, false, false]);
  });

  test('entries are about as many as matches only where the walk answers every clause by a family of its own', () => {
    const exact = (...parameters: readonly NameValue[]): boolean => best(query('Patient', ...parameters)).exact;
    expect([exact(), exact(['gender', 'female']), exact(['gender', 'female'], ['active', 'true']), exact(['family', 'a'])]).toEqual([true, true, false, false]);
  });
});

describe('the walks of conditions', () => {
  const condition = (...parameter: NameValue): Condition => ({ operator: 'clause', clause: query('Observation', parameter).clauses[0] as Clause });
  const conditioned = (conditions: readonly Condition[], ...parameters: readonly NameValue[]): SearchQuery => ({ ...query('Observation', ...parameters), conditions });
  const member: Condition = { operator: 'or', conditions: [condition('subject', 'Patient/p'), condition('performer', 'Patient/p')] };

  test('of which one has to hold are read side by side, in order where all are', () => {
    const driver = best({ ...conditioned([member], ['_sort', '-date']) });
    expect(driver).toMatchObject({ family: 'reference (subject) or reference (performer)', sorted: true, ranges: 6 });
  });

  test('are narrowed by what has to hold with them', () => {
    expect(familiesFor(conditioned([member], ['code', 'c']))).toEqual(['patient-code (patient, code) or reference (performer)', 'token (code)']);
  });

  test('drive nothing when one branch has no walk, or when they are in the negative', () => {
    expect(familiesFor(conditioned([{ operator: 'or', conditions: [condition('subject', 'Patient/p'), condition('status:not', 'final')] }]))).toEqual([]);
    expect(familiesFor(conditioned([{ operator: 'not', condition: condition('subject', 'Patient/p') }]))).toEqual([]);
  });

  test('that look for a part of a text are read beside others of the kind only: nothing else tells by its position', () => {
    const part = (code: string): Condition => ({ operator: 'clause', clause: query('Patient', [`${code}:contains`, 'nn']).clauses[0] as Clause });
    const code: Condition = { operator: 'clause', clause: query('Patient', ['gender', 'female']).clauses[0] as Clause };
    const either = (...conditions: readonly Condition[]): readonly string[] => familiesFor({ ...query('Patient'), conditions: [{ operator: 'or', conditions }] });
    expect([either(part('name'), part('address')), either(part('name'), code)]).toEqual([['contains (name) or contains (address)'], []]);
  });

  test('of which all have to hold are walks each', () => {
    const both: Condition = { operator: 'and', conditions: [condition('status', 'final'), condition('value-quantity', 'gt5')] };
    expect(familiesFor(conditioned([both]))).toEqual(['token (status)', 'number (value-quantity)']);
  });
});

describe('contained resources', () => {
  test('are walked under a type of their own, beside the others where both are asked for', () => {
    const asked = query('Medication', ['code', 'c']);
    const partitionsFor = (of: 'contained' | 'both'): readonly string[] =>
      best({ ...asked, contained: { of, answer: 'container' } }).walk.stages.flat().map(({ pk }) => pk);
    expect(partitionsFor('contained')).toEqual(['2|token|#Medication|code|c']);
    expect(partitionsFor('both')).toEqual(['2|token|Medication|code|c', '2|token|#Medication|code|c']);
  });
});

describe('the walk in the order of a sort key', () => {
  test('is there for one key that is a date', () => {
    const family = (sort: string): string | undefined => sortedDriver(query('Observation', ['_sort', sort]), rules, now)?.family;
    expect([family('date'), family('-_lastUpdated'), family('date,status'), family('status')]).toEqual(
      ['date (date)', 'last-updated (Observation)', undefined, undefined]);
  });
});

describe('a family that the store omits', () => {
  test('drives nothing; the search takes another way', () => {
    const omitted = ['Observation.combo-code-value-quantity', 'Observation.date'];
    expect(familiesFor(query('Observation', ['code-value-quantity', 'a$5']), omitted)).toEqual(['token (code)', 'number (value-quantity)']);
    expect(familiesFor(query('Observation', ['date', '2024']), omitted)).toEqual([]);
    expect(sortedDriver(query('Observation', ['_sort', 'date']), { ...rules, omitted: new Set(omitted) }, now)).toBeUndefined();
  });
});
