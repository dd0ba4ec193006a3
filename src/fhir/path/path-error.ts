/** Why a FHIRPath is refused: what stands where it may not, or is not offered. */

export class PathError extends Error {
  override readonly name = 'PathError';
  /** Of what is refused, from 1. */
  readonly character: number;

  /**
   * @param construct what is refused, as `">"` or `matches(…)`; never the text of a literal
   * @param at its place in the path, from 0
   * @param reason as it follows behind a comma
   */
  constructor(construct: string, at: number, reason = 'which is not offered') {
    super(`${construct} at character ${at + 1}, ${reason}`);
    this.character = at + 1;
  }
}
