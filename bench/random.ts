/** Repeatable choices: the same seed asks the same questions, so two runs differ only by the server. */

export interface Random {
  /** A whole number from 0 up to, not including, `bound`. */
  below(bound: number): number;
  pick<T>(choices: readonly T[]): T;
}

/** Xorshift of 32 bits (Marsaglia, 2003, https://doi.org/10.18637/jss.v008.i14): plenty for choosing requests. */
export function seededRandom(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const below = (bound: number) => Math.floor(next() * bound);
  return { below, pick: (choices) => choices[below(choices.length)]! };
}
