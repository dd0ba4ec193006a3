/** What Athena is given for a question. */
import { describe, expect, test } from '@jest/globals';
import { athenaStatement } from '../../src/aws/athena-statement.ts';
import { compiledQuestion } from '../../src/operations/sql/compiled-question.ts';

const written = (query: string, rows = 100) => athenaStatement({ ...compiledQuestion(query, {}), limits: { rows, timeoutMs: 1, scannedBytes: 1 } });

describe('the statement of a question', () => {
  test('is bounded by one row more than it may have, unless it asks for fewer', () => {
    expect(written('SELECT id FROM patient')).toEqual({ text: 'SELECT "id" FROM "patient" LIMIT 101', bounded: true });
    expect(written('SELECT id FROM patient LIMIT 500')).toMatchObject({ text: expect.stringMatching(/ LIMIT 101$/), bounded: true });
    expect(written('SELECT id FROM patient LIMIT 100')).toMatchObject({ text: expect.stringMatching(/ LIMIT 100$/), bounded: false });
  });

  test('has arrays and rows as JSON, under their names', () => {
    expect(written('SELECT id, name AS "Name" FROM patient').text)
      .toBe('SELECT "c1" AS "id", json_format(CAST("c2" AS JSON)) AS "Name" FROM (SELECT "id", "name" AS "Name" FROM "patient") AS "answer"("c1", "c2") LIMIT 101');
  });

  test('keeps its order by a place in it, whether that is by a column, a name, a place in the list, or what is grouped', () => {
    expect(written('SELECT id, name, birthdate AS b FROM patient ORDER BY b DESC, 1, gender LIMIT 3').text).toBe(
      'SELECT "c1" AS "id", json_format(CAST("c2" AS JSON)) AS "name", "c3" AS "b" FROM '
      + '(SELECT "id", "name", "birthdate" AS "b", row_number() OVER (ORDER BY "birthdate" DESC, "id", "gender") AS "place" FROM "patient") '
      + 'AS "answer"("c1", "c2", "c3", "place") WHERE "place" > 0 AND "place" <= 3 ORDER BY "place"',
    );
    expect(written('SELECT array_agg(id) AS ids FROM patient GROUP BY gender ORDER BY count(*) OFFSET 2 LIMIT 5').text)
      .toMatch(/row_number\(\) OVER \(ORDER BY count\(\*\)\) AS "place" .* WHERE "place" > 2 AND "place" <= 7 ORDER BY "place"$/);
  });

  test('of several queries is ordered by what it gives', () => {
    expect(written('SELECT id, name FROM patient UNION ALL SELECT id, name FROM practitioner ORDER BY id DESC OFFSET 1').text)
      .toMatch(/AS "answer"\("c1", "c2"\) ORDER BY "c1" DESC OFFSET 1 LIMIT 101$/);
  });
});
