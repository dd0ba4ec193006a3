/**
 * The questions of docs/questions, asked as they are written there, over a synthetic population; what they answer is held
 * against the same question worked out from the resources themselves.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/fhir/json.ts';
import { syntheticPopulation } from '../../src/fhir/synthetic/synthetic-population.ts';
import { compiledQuestion } from '../../src/operations/sql/compiled-question.ts';
import { parametersOf } from '../../src/operations/sql/statement-parameters.ts';
import { parseQuery } from '../../src/sql/parse.ts';
import { openViewLake, type ViewLake } from './views/view-lake.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'docs/questions');
const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));
const asOf = '2025-06-30';
const values: JsonObject = { as_of: asOf, code: '59621000', days: 365, least: 1 };
const day = 24 * 60 * 60 * 1000;

const statementOf = (path: string): string => readFileSync(path, 'utf8');
const parametersFor = (statement: string): JsonObject => Object.fromEntries(parametersOf(statement).map((name) => [name, values[name]!]));

const resources = [...syntheticPopulation({ patients: 60, seed: 7 })].flat() as unknown as JsonObject[];
let lake: ViewLake;
beforeAll(async () => {
  lake = await openViewLake();
  await lake.load(resources);
});
afterAll(() => lake.close());

async function ask(name: string): Promise<readonly JsonObject[]> {
  const statement = statementOf(join(folder, `${name}.sql`));
  const question = compiledQuestion(statement, parametersFor(statement));
  return (await lake.ask(parseQuery(question.statement), question.columns.map((column) => column.name))).rows;
}

/* The resources, read without the product. */

interface Loose { readonly [name: string]: Loose | undefined }
const of = (type: string): readonly Loose[] => resources.filter(({ resourceType }) => resourceType === type) as unknown as Loose[];
const text = (value: Loose | undefined): string => String(value?.['rawJSON'] ?? value ?? '');
const moment = (value: Loose | undefined): number => (value === undefined ? NaN : Date.parse(text(value)));
const list = (value: Loose | undefined): readonly Loose[] => (value ?? []) as unknown as Loose[];
const subject = (resource: Loose): string => text(resource['subject']?.['reference']).replace('Patient/', '');
const has = (resource: Loose, code: string): boolean => list(resource['code']?.['coding']).some((coding) => text(coding['code']) === code);
const now = Date.parse(asOf);
const isAlive = (patient: Loose): boolean => patient['deceasedDateTime'] === undefined && text(patient['deceasedBoolean']) !== 'true';

function ageOf(patient: Loose): number {
  const [born, then] = [text(patient['birthDate']), asOf].map((date) => date.split('-').concat('01', '01').slice(0, 3).map(Number));
  const had = then![1]! > born![1]! || (then![1] === born![1] && then![2]! >= born![2]!);
  return then![0]! - born![0]! - (had ? 0 : 1);
}

describe('Every question of docs/questions and the features of examples/predictive', () => {
  test.each([...names.map((name) => join(folder, name)), join(root, 'examples/predictive/features.sql')])('%s is in the dialect', (path) => {
    const statement = statementOf(path);
    expect(compiledQuestion(statement, parametersFor(statement)).tables.length).toBeGreaterThan(0);
  });

  test.each(names.filter((name) => name !== 'as-of-a-day.sql'))('%s finds something', async (name) => {
    expect((await ask(name.replace('.sql', ''))).length).toBeGreaterThan(0);
  });
});

describe('What the questions answer is what the resources say', () => {
  test('prevalence by age band', async () => {
    const cases = new Set(of('Condition').filter((each) => has(each, '59621000') && moment(each['onsetDateTime']) <= now
      && !(moment(each['abatementDateTime']) <= now)).map(subject));
    const bands = Map.groupBy(of('Patient').filter((each) => isAlive(each) && each['birthDate'] !== undefined && moment(each['birthDate']) <= now),
      (each) => Math.floor(ageOf(each) / 10) * 10);
    const expected = [...bands].toSorted(([one], [other]) => one - other)
      .map(([from, patients]) => [from, patients.length, patients.filter((each) => cases.has(text(each['id']))).length]);
    const rows = await ask('prevalence-by-age-band');
    expect(rows.map((row) => [row['age_from'], row['patients'], row['with_condition']])).toEqual(expected);
  });

  test('readmissions in 30 days', async () => {
    const stays = of('Encounter').filter((each) => ['IMP', 'ACUTE', 'NONAC'].includes(text(each['class']?.['code']))
      && text(each['status']) === 'finished' && each['period']?.['end'] !== undefined);
    const expected = new Map<number, [number, number]>();
    for (const list of Map.groupBy(stays, subject).values()) {
      const sorted = list.toSorted((one, other) => moment(one['period']?.['start']) - moment(other['period']?.['start']));
      for (const [index, stay] of sorted.entries()) {
        const end = moment(stay['period']?.['end']);
        const again = moment(sorted[index + 1]?.['period']?.['start']) <= end + 30 * day;
        const year = new Date(end).getUTCFullYear();
        const [all, readmitted] = expected.get(year) ?? [0, 0];
        expected.set(year, [all + 1, readmitted + (again ? 1 : 0)]);
      }
    }
    const rows = await ask('readmissions-in-30-days');
    expect(rows.map((row) => [row['discharged_in'], [row['stays'], row['readmitted']]])).toEqual([...expected].toSorted(([one], [other]) => one - other));
  });

  test('HbA1c control', async () => {
    const diabetics = new Set(of('Condition').filter((each) => has(each, '44054006') && moment(each['onsetDateTime']) <= now).map(subject));
    const measured = of('Observation').filter((each) => has(each, '4548-4') && text(each['valueQuantity']?.['unit']) === '%'
      && ['final', 'amended', 'corrected'].includes(text(each['status'])) && moment(each['effectiveDateTime']) <= now);
    const counted = new Map<string, number>();
    for (const patient of diabetics) {
      const newest = measured.filter((each) => subject(each) === patient)
        .toSorted((one, other) => moment(other['effectiveDateTime']) - moment(one['effectiveDateTime']))[0];
      const value = newest === undefined ? undefined : Number(text(newest['valueQuantity']?.['value']));
      const control = value === undefined ? 'never measured' : value < 7 ? 'below 7 %' : value < 9 ? '7 to 9 %' : '9 % or more';
      counted.set(control, (counted.get(control) ?? 0) + 1);
    }
    const rows = await ask('hba1c-control');
    expect(new Map(rows.map((row) => [row['control'], row['patients']]))).toEqual(counted);
  });

  test('medication after diagnosis', async () => {
    const since = new Map<string, number>();
    for (const each of of('Condition').filter((condition) => has(condition, '59621000') && condition['onsetDateTime'] !== undefined)) {
      since.set(subject(each), Math.min(since.get(subject(each)) ?? Infinity, moment(each['onsetDateTime'])));
    }
    const takers = new Map<string, Set<string>>();
    for (const each of of('MedicationRequest').filter((request) => request['medicationCodeableConcept'] !== undefined)) {
      const from = since.get(subject(each)) ?? NaN;
      const at = moment(each['authoredOn']);
      const concept = each['medicationCodeableConcept'];
      const medication = text(concept?.['text'] ?? list(concept?.['coding'])[0]?.['display']);
      if (at >= from && at < from + 365 * day) takers.set(medication, (takers.get(medication) ?? new Set()).add(subject(each)));
    }
    const rows = await ask('medication-after-diagnosis');
    expect(new Map(rows.map((row) => [row['medication'], row['patients']]))).toEqual(new Map([...takers].map(([name, patients]) => [name, patients.size])));
  });

  test('care gaps', async () => {
    const last = (type: string, code: string, at: (resource: Loose) => number) => {
      const newest = new Map<string, number>();
      for (const each of of(type).filter((resource) => has(resource, code) && at(resource) <= now)) {
        newest.set(subject(each), Math.max(newest.get(subject(each)) ?? -Infinity, at(each)));
      }
      return newest;
    };
    const hba1c = last('Observation', '4548-4', (each) => moment(each['effectiveDateTime']));
    const colonoscopy = last('Procedure', '73761001', (each) => moment(each['performedDateTime'] ?? each['performedPeriod']?.['start']));
    const diabetics = new Set(of('Condition').filter((each) => has(each, '44054006') && moment(each['onsetDateTime']) <= now).map(subject));
    const people = of('Patient').filter(isAlive);
    const overdue = (known: ReadonlyMap<string, number>, patient: Loose, years: number) =>
      !((known.get(text(patient['id'])) ?? -Infinity) >= Date.parse(`${2025 - years}-06-30`));
    const expected = [
      ...people.filter((each) => diabetics.has(text(each['id'])) && overdue(hba1c, each, 1)).map((each) => `HbA1c within a year ${text(each['id'])}`),
      ...people.filter((each) => each['birthDate'] !== undefined && ageOf(each) >= 50 && ageOf(each) <= 75 && overdue(colonoscopy, each, 10))
        .map((each) => `colonoscopy within ten years ${text(each['id'])}`),
    ];
    const rows = await ask('care-gaps');
    expect(rows.map((row) => `${String(row['care'])} ${String(row['patient_id'])}`).toSorted()).toEqual(expected.toSorted());
  });

  test('cost and length of stay', async () => {
    const encounters = of('Encounter').filter((each) => moment(each['period']?.['end']) >= moment(each['period']?.['start']));
    const expected = new Map([...Map.groupBy(encounters, (each) => text(each['class']?.['code']))].map(([name, each]) => [name, each.length]));
    const rows = await ask('cost-and-length-of-stay');
    const told = new Map<string, number>();
    for (const row of rows) told.set(String(row['class']), (told.get(String(row['class'])) ?? 0) + Number(row['encounters']));
    expect(told).toEqual(expected);
    const claims = of('Claim').filter((each) => text(each['status']) === 'active' && each['total']?.['value'] !== undefined);
    const known = new Set(encounters.map((each) => `Encounter/${text(each['id'])}`));
    const claimed = claims.reduce((sum, claim) => {
      const billed = new Set(list(claim['item']).flatMap((item) => list(item['encounter'])).map((reference) => text(reference['reference'])));
      return sum + [...billed].filter((reference) => known.has(reference)).length * Number(text(claim['total']?.['value']));
    }, 0);
    expect(rows.reduce((sum, row) => sum + Number(row['claimed'] ?? 0), 0)).toBeCloseTo(claimed, 0);
  });
});
