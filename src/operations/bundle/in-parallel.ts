/** Runs a bundle's requests side by side, so many at a time that one bundle cannot crowd out all other clients. */

/** Enough to hide the latency of a store behind a network; HealthLake's limits per second are two orders above. */
export const maxParallelEntries = 16;

export async function inParallel<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) await run(items[next++] as T);
  };
  await Promise.all(Array.from({ length: Math.min(maxParallelEntries, items.length) }, lane));
}
