/** Why a FHIRPath is refused: what stands where it may not, or is not offered. */

export class PathError extends Error {
  override readonly name = 'PathError';
  /** As it is to be read behind "uses": `matches()`, `>`. Never the text of a literal. */
  readonly construct: string;
  /** Of the construct, from 1. */
  readonly character: number;

  /** @param at the place in the text, from 0 */
  constructor(construct: string, at: number) {
    super(`${construct} at character ${at + 1}`);
    this.construct = construct;
    this.character = at + 1;
  }
}
