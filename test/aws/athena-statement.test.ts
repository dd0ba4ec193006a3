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
      + 'AS "answer"("c1", "c2", "c3", "place") WHERE "answer"."place" > 0 AND "answer"."place" <= 3 ORDER BY "answer"."place"',
    );
    expect(written('SELECT array_agg(id) AS ids FROM patient GROUP BY gender ORDER BY count(*) OFFSET 2 LIMIT 5').text)
      .toMatch(/row_number\(\) OVER \(ORDER BY count\(\*\)\) AS "place" .* WHERE "answer"."place" > 2 AND "answer"."place" <= 7 ORDER BY "answer"."place"$/);
  });

  test('of several queries is ordered by what it gives', () => {
    expect(written('SELECT id, name FROM patient UNION ALL SELECT id, name FROM practitioner ORDER BY id DESC OFFSET 1').text)
      .toMatch(/AS "answer"\("c1", "c2"\) ORDER BY "answer"."c1" DESC OFFSET 1 LIMIT 101$/);
  });

  test('is ordered by what it gives wherever that is enough: by places behind *, and by what is computed of its names', () => {
    const columns = compiledQuestion('SELECT *, gender AS g FROM patient', {}).columns;
    expect(written('SELECT *, gender AS g FROM patient ORDER BY 1, lower(G) DESC').text)
      .toMatch(new RegExp(`"c${columns.length}"\\) ORDER BY "answer"."c1", lower\\("answer"."c${columns.length}"\\) DESC LIMIT 101$`));
    expect(written('SELECT DISTINCT id, name FROM patient ORDER BY 1').text).toMatch(/ORDER BY "answer"."c1" LIMIT 101$/);
    expect(written('SELECT name FROM patient UNION ALL SELECT name FROM practitioner ORDER BY cardinality(name)').text)
      .toMatch(/ORDER BY cardinality\("answer"."c1"\) LIMIT 101$/);
  });

  test('is ordered by nothing that a column of the answer only has the name of', () => {
    expect(written('SELECT name, id AS place, gender AS c1 FROM patient ORDER BY birthdate').text).toMatch(/ORDER BY "answer"."place"$/);
    expect(written('SELECT name, lower(id), gender AS id FROM patient ORDER BY lower(id)').text).toMatch(/ORDER BY lower\("answer"."c3"\) LIMIT 101$/);
    expect(written('SELECT name, id AS c3, gender FROM patient ORDER BY gender').text).toMatch(/ORDER BY "answer"."c3" LIMIT 101$/);
  });

  test('has names of what it gives, and places of it, taken for what they stand for where it is ordered by something else too', () => {
    const inner = (query: string) => /OVER \(ORDER BY (.*?)\) AS "place"/.exec(written(query).text)?.[1];
    expect(inner('SELECT name, id AS y FROM patient ORDER BY lower(y), birthdate')).toBe('lower("id"), "birthdate"');
    expect(inner('SELECT *, lower(id) AS low FROM patient ORDER BY 1, low, length(implicitrules), id || language, any_match(name, id -> id.use IS NULL)'))
      .toMatch(/^"id", lower\("id"\), length\("implicitrules"\)/);
    const width = compiledQuestion('SELECT * FROM patient', {}).columns.length;
    expect(inner(`SELECT gender AS g, patient.*, lower(id) AS low FROM patient ORDER BY 1, 2, ${width + 2}, patient.birthdate`))
      .toBe('"gender", "id", lower("id"), "patient"."birthdate"');
    expect(inner('SELECT gender AS id, array_agg(id) AS ids FROM patient GROUP BY gender ORDER BY max(id), gender')).toBe('max("id"), "gender"');
  });

  test('of what is distinct is refused an order that only the whole query could give', () => {
    expect(written('SELECT DISTINCT name, lower(id) FROM patient ORDER BY lower(id)').text).toMatch(/ORDER BY "answer"."c2" LIMIT 101$/);
    expect(() => written('SELECT DISTINCT name, cardinality(filter(name, n -> n.use IS NULL)) FROM patient ORDER BY any_match(name, n -> n.use IS NULL)')).toThrow(expect.objectContaining({ status: 400 }));
  });
});
