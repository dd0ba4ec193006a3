/** What the change feed of a store's resources carries: what any of its consumers is interested in, which may change while it serves. */

export interface FollowedKeys {
  /** What the keys of interest begin with, those of all consumers; `''` for everything. */
  all(): readonly string[];
  set(consumer: string, prefixes: readonly string[]): void;
}

export const everything: readonly string[] = [''];
export const nothing: readonly string[] = [];

/** @param told of every change, with what all of them are interested in */
export function followedKeys(initial: Readonly<Record<string, readonly string[]>>, told: (prefixes: readonly string[]) => void): FollowedKeys {
  const interests = new Map(Object.entries(initial));
  const all = (): readonly string[] => {
    const prefixes = [...new Set([...interests.values()].flat())];
    return prefixes.includes('') ? everything : prefixes;
  };
  return {
    all,
    set(consumer, prefixes) {
      interests.set(consumer, prefixes);
      told(all());
    },
  };
}
