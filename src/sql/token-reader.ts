/** Walks over a statement's tokens: what the parts of the parser share. */
import type { Query } from './ast.ts';
import { type Token, tokensOf } from './lexer.ts';
import { maxNesting } from './limits.ts';
import { positionOf, SqlSyntaxError } from './syntax-error.ts';

export class TokenReader {
  /** Reads a subquery: given by `parse.ts`, for expressions hold queries and queries expressions. */
  readonly query: (reader: TokenReader) => Query;
  private readonly text: string;
  private readonly tokens: readonly Token[];
  private index = 0;
  private nesting = 0;

  constructor(text: string, query: (reader: TokenReader) => Query) {
    this.text = text;
    this.query = query;
    this.tokens = tokensOf(text);
  }

  /** The token `ahead` of the next one, which is 0. */
  peek(ahead = 0): Token {
    return this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)]!;
  }

  next(): Token {
    const token = this.peek();
    this.index += 1;
    return token;
  }

  /** Do the next tokens read so? Keywords in upper case, symbols as they are. */
  isAt(...expected: readonly string[]): boolean {
    return expected.every((text, ahead) => matches(this.peek(ahead), text));
  }

  /** Is the token `ahead` one of the symbols? */
  isSymbolAt(ahead: number, ...symbols: readonly string[]): boolean {
    const token = this.peek(ahead);
    return token.kind === 'symbol' && symbols.includes(token.text);
  }

  /** Passes over the tokens when all of them are there. */
  take(...expected: readonly string[]): boolean {
    if (!this.isAt(...expected)) return false;
    this.index += expected.length;
    return true;
  }

  /** Passes over tokens that must be there. */
  expect(...expected: readonly string[]) {
    for (const text of expected) {
      if (!this.take(text)) throw this.fault(`${text} is expected here, not ${described(this.peek())}.`);
    }
  }

  /** A name, in quotes or not; a reserved word is none without. */
  name(what: string): string {
    const token = this.peek();
    if (token.kind === 'quoted' || (token.kind === 'word' && !reservedWords.has(token.keyword))) return this.next().text;
    if (token.kind === 'word') {
      throw this.fault(`${what} is expected here; ${token.keyword} is a word of SQL, and a name only in double quotes.`);
    }
    throw this.fault(`${what} is expected here, not ${described(token)}.`);
  }

  /** A list with commas, at least one long. */
  list<Item>(item: () => Item): Item[] {
    const items = [item()];
    while (this.take(',')) items.push(item());
    return items;
  }

  /** `( … )` around something. */
  parenthesized<Inner>(inner: () => Inner): Inner {
    this.expect('(');
    const read = inner();
    this.expect(')');
    return read;
  }

  /** One level deeper. @throws SqlSyntaxError when that is too deep */
  within<Inner>(inner: () => Inner): Inner {
    if (this.nesting >= maxNesting) throw this.fault(`Nested more than ${maxNesting} levels deep: split it by WITH.`);
    this.nesting += 1;
    const read = inner();
    this.nesting -= 1;
    return read;
  }

  /** A refusal of the next token, or of what begins `at` an offset. */
  fault(reason: string, at = this.peek().at): SqlSyntaxError {
    return new SqlSyntaxError(positionOf(this.text, at), reason);
  }
}

function matches(token: Token, text: string): boolean {
  return token.kind === 'symbol' ? token.text === text : token.keyword === text && token.kind === 'word';
}

/** What may be said of a token: never a literal's value. */
export function described(token: Token): string {
  switch (token.kind) {
    case 'end': return 'the end';
    case 'string': return 'a text';
    case 'integer': case 'decimal': case 'double': return 'a number';
    case 'quoted': return 'a name';
    case 'word': return reservedWords.has(token.keyword) ? token.keyword : 'a name';
    default: return token.text;
  }
}

/** Words that are no names unless quoted (https://trino.io/docs/435/language/reserved.html). */
const reservedWords: ReadonlySet<string> = new Set(`
  ALTER AND AS BETWEEN BY CASE CAST CONSTRAINT CREATE CROSS CUBE CURRENT_CATALOG CURRENT_DATE CURRENT_PATH CURRENT_ROLE
  CURRENT_SCHEMA CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DEALLOCATE DELETE DESCRIBE DISTINCT DROP ELSE END ESCAPE EXCEPT
  EXECUTE EXISTS EXTRACT FALSE FOR FROM FULL GROUP GROUPING HAVING IN INNER INSERT INTERSECT INTO IS JOIN JSON_ARRAY JSON_EXISTS
  JSON_OBJECT JSON_QUERY JSON_TABLE JSON_VALUE LEFT LIKE LISTAGG LOCALTIME LOCALTIMESTAMP NATURAL NORMALIZE NOT NULL ON OR ORDER
  OUTER PREPARE RECURSIVE RIGHT ROLLUP SELECT SKIP TABLE THEN TRIM TRUE UESCAPE UNION UNNEST USING VALUES WHEN WHERE WITH
`.trim().split(/\s+/));
