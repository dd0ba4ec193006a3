/** Statements are read as they are written, within bounds, whatever they hold. */
import { describe, expect, test } from '@jest/globals';
import type { Query } from '../../src/sql/ast.ts';
import { maxExpressionHeight, maxNesting, maxNodes, maxStatementLength, maxTreeHeight } from '../../src/sql/limits.ts';
import { parseQuery } from '../../src/sql/parse.ts';
import { SqlSyntaxError } from '../../src/sql/syntax-error.ts';
import { toAthena } from '../../src/sql/to-athena.ts';
import { randomTrees } from './random-trees.ts';

const withoutPlaces = (query: Query): unknown => JSON.parse(JSON.stringify(query, (key, value: unknown) => (key === 'at' ? undefined : value)));

function refusalOf(text: string): { readonly line: number; readonly column: number; readonly reason: string } {
  try {
    parseQuery(text);
  } catch (error) {
    if (error instanceof SqlSyntaxError) return { line: error.line, column: error.column, reason: error.reason };
    throw error;
  }
  throw new Error('The statement is read.');
}

describe('A statement', () => {
  test('that is written from a tree is read as that tree', () => {
    for (const tree of randomTrees(300)) {
      const text = toAthena(tree);
      expect([text, withoutPlaces(parseQuery(text))]).toEqual([text, withoutPlaces(tree)]);
    }
  });

  test('may end with semicolons and hold comments', () => {
    expect(withoutPlaces(parseQuery('/* a */ SELECT 1 -- b\n;;'))).toEqual(withoutPlaces(parseQuery('select 1')));
  });

  test('keeps what looks like SQL inside of quotes', () => {
    const text = `SELECT '; DROP TABLE x -- ' || 'it''s', "a""; DELETE" FROM "t"`;
    expect(toAthena(parseQuery(text))).toBe(text);
  });

  test('binds operators as Trino does', () => {
    expect(toAthena(parseQuery('select a or b and not c = 1 + 2 * -x || y'))).toBe('SELECT "a" OR ("b" AND (NOT ("c" = ((1 + (2 * (-("x")))) || "y"))))');
  });

  test('joins SELECTs by INTERSECT before UNION and EXCEPT, which go from the left', () => {
    expect(toAthena(parseQuery('select 1 union select 2 intersect select 3 except select 4'))).toBe('(SELECT 1 UNION (SELECT 2 INTERSECT SELECT 3)) EXCEPT SELECT 4');
  });
});

describe('What is no SELECT of the subset is refused with its place', () => {
  test.each([
    ['', 1, 1, 'The statement is empty.'],
    ['-- nothing', 1, 11, 'The statement is empty.'],
    ['DROP TABLE patient', 1, 1, 'One SELECT is asked here: DROP is not offered.'],
    ['\n  unload (select 1) to \'s3://x\'', 2, 3, 'One SELECT is asked here: UNLOAD is not offered.'],
    ['select 1; select 2', 1, 11, 'The statement should end here; SELECT follows.'],
    ['select * from a.b.c', 1, 15, 'Tables are named without a catalog.'],
    ['select * from "a"."b"."c"', 1, 15, 'Tables are named without a catalog.'],
    ["select * from 'x.parquet'", 1, 15, 'Files are not offered: name a table.'],
    ["select * from read_csv('/etc/passwd')", 1, 15, 'Table functions are not offered.'],
    ['select * from table(f())', 1, 15, 'Table functions are not offered.'],
    ['select "$path" from patient, $x', 1, 30, 'Names that begin with $ are not offered.'],
    ['select 1 limit 1 offset 1', 1, 18, 'OFFSET stands in front of LIMIT.'],
    ["select u&'\\0041'", 1, 8, "Unicode escapes are not offered: write the characters themselves in '…'."],
    ["select x'00'", 1, 8, 'Binary literals are not offered.'],
    ["select 'abc", 1, 8, "This text is not closed: a ' within it is written twice."],
    ['select 1 /* a', 1, 10, 'This comment is not closed.'],
    ['select `a`', 1, 8, 'Names are quoted with ", not with `.'],
    ['select a.end from t', 1, 10, 'The name of a field or column is expected here; END is a word of SQL, and a name only in double quotes.'],
    ['select \'ü😀\', ?', 1, 14, 'Parameters are not offered: write the value as a literal.'],
    ['select x = all (select 1)', 1, 12, 'Comparisons with ALL, ANY and SOME are not offered: use IN, EXISTS, or min and max.'],
    ['select 1 \u0000', 1, 10, 'This is no character that a statement may hold.'],
    ["select '\ud800'", 1, 9, 'This is no character that a statement may hold.'],
    ['select 1abc', 1, 8, 'A name that begins with a digit is written in double quotes.'],
    ["select listagg(x, ',')", 1, 8, "LISTAGG is not offered: array_join(array_agg(x ORDER BY y), ', ') says the same."],
  ])('%j', (text, line, column, reason) => {
    expect(refusalOf(text)).toEqual({ line, column, reason });
  });

  test('A reason names no literal', () => {
    expect(refusalOf("select 1 'secret'").reason).toBe('The statement should end here; a text follows.');
  });
});

describe('A statement is bounded', () => {
  test('in its length', () => {
    expect(refusalOf(`select '${'x'.repeat(1_000_000)}'`).reason).toBe(`A statement has at most ${maxStatementLength} characters.`);
  });

  test.each([
    ['parentheses', (count: number) => `select ${'('.repeat(count)}1${')'.repeat(count)}`],
    ['parentheses that never close', (count: number) => `select ${'('.repeat(count)}`],
    ['subqueries', (count: number) => `${'select * from ('.repeat(count)}select 1${')'.repeat(count)}`],
    ['statements in parentheses', (count: number) => `${'('.repeat(count)}select 1${')'.repeat(count)}`],
    ['calls', (count: number) => `select ${'f('.repeat(count)}1${')'.repeat(count)}`],
    ['NOT', (count: number) => `select ${'not '.repeat(count)}true`],
    ['signs', (count: number) => `select ${'- '.repeat(count)}x`],
    ['subscripts', (count: number) => `select ${'a['.repeat(count)}1${']'.repeat(count)}`],
    ['types', (count: number) => `select cast(x as ${'array('.repeat(count)}bigint${')'.repeat(count)})`],
    ['joins in parentheses', (count: number) => `select * from ${'('.repeat(count)}a${')'.repeat(count)}`],
    ['CASE', (count: number) => `select ${'case when '.repeat(count)}1`],
    ['lambdas', (count: number) => `select ${'x -> '.repeat(count)}1`],
    ['trims', (count: number) => `select ${'trim('.repeat(count)}1`],
  ])('in its depth: %s', (_what, text) => {
    expect(refusalOf(text(10_000)).reason).toBe(`Nested more than ${maxNesting} levels deep: split it by WITH.`);
  });

  test.each([
    ['sums', (count: number) => `select ${'1 + '.repeat(count)}1`],
    ['fields', (count: number) => `select f()${'.a'.repeat(count)}`],
    ['subscripts', (count: number) => `select a${'[1]'.repeat(count)}`],
  ])('in chains of operators: %s', (_what, text) => {
    expect(() => parseQuery(text(maxExpressionHeight - 10))).not.toThrow();
    expect(refusalOf(text(maxExpressionHeight + 1)).reason)
      .toBe(`An expression is nested, or joined by operators, more than ${maxExpressionHeight} times: use reduce, aggregates or WITH.`);
  });

  test.each([
    ['conditions', (count: number) => `select 1 where ${'a or '.repeat(count)}a`],
    ['texts', (count: number) => `select ${"'a' || ".repeat(count)}'a'`],
    ['unions', (count: number) => `select 1 ${'union select 1 '.repeat(count)}`],
    ['joins', (count: number) => `select * from a ${'cross join a '.repeat(count)}`],
  ])('in its chains: %s', (_what, text) => {
    expect(() => parseQuery(text(maxTreeHeight - 10))).not.toThrow();
    expect(refusalOf(text(5_000)).reason).toBe(`Joined or nested more than ${maxTreeHeight} times: use IN, arrays or WITH.`);
  });

  test('in what it holds, where a list of 10,000 codes fits', () => {
    const list = (count: number) => `select x in (${Array.from({ length: count }, () => "'a'").join(',')})`;
    expect(() => parseQuery(list(10_000))).not.toThrow();
    expect(refusalOf(list(30_000)).reason).toBe(`A statement has at most ${maxNodes} names, literals and operators.`);
  });
});
