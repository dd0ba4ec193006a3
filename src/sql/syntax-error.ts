/**
 * A statement that is refused: where, and why. Reasons name identifiers, types and constructs, never a literal of the
 * statement, for literals may be patients' data.
 */

export class SqlSyntaxError extends Error {
  override readonly name = 'SqlSyntaxError';
  /** Both from 1; columns count characters as editors do, a pair of surrogates once. */
  readonly line: number;
  readonly column: number;
  readonly reason: string;

  constructor(position: Position, reason: string) {
    super(`line ${position.line}, column ${position.column}: ${reason}`);
    this.line = position.line;
    this.column = position.column;
    this.reason = reason;
  }
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where an offset lies in a text. */
export function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: Array.from(before.at(-1) ?? '').length + 1 };
}
