/**
 * Where a change feed can be read in order by one consumer: everything that was announced becomes queryable. The feed is told
 * that it was heard when the files are published; a crash before that has them published twice, and read once.
 */
import type { ChangeFeed, Change } from '../../ports/change-feed.ts';
import { storeChange } from '../../store/change.ts';
import { increment } from './increment.ts';
import type { AnnouncedVersion } from './increment.ts';
import type { LakeDependencies } from './lake-dependencies.ts';
import { readLakeState } from './lake-state.ts';
import { beginRebuild, isRebuildDue } from './rebuild.ts';

/** Announcements that become one file for each table: of some 300 bytes each, and their contents are read in smaller parts. */
export const changesPerFile = 25_000;

export interface FollowLakeDependencies extends LakeDependencies {
  readonly feed: ChangeFeed;
  readonly consumer: string;
}

export interface Followed {
  /** Milliseconds since the epoch: what was committed until then is in the files. */
  readonly asOf: number;
  readonly rows: number;
  /** Whether the lake is the whole store; where it is not, it has to be built. */
  readonly isWhole: boolean;
}

/** Takes in all that was announced when it began, and little of what comes meanwhile. */
export async function followLake(dependencies: FollowLakeDependencies): Promise<Followed> {
  const { feed, consumer, clock } = dependencies;
  const asOf = clock.now();
  const state = await readLakeState(dependencies);
  // Reading the store brings all of it.
  if (!state?.isWhole && isRebuildDue(state, dependencies)) await passOver(dependencies);
  let rows = 0;
  let changes: readonly Change[];
  do {
    changes = await feed.read(consumer, changesPerFile);
    rows += (await increment(announcedOf(changes), dependencies)).rows;
    const last = changes.at(-1);
    if (last !== undefined) await feed.acknowledge(consumer, last.sequence);
  } while (changes.length === changesPerFile);
  return { asOf, rows, isWhole: state?.isWhole ?? false };
}

/** A rebuilding begins behind what was announced so far, all of which it finds in the store. */
async function passOver(dependencies: FollowLakeDependencies): Promise<void> {
  const { feed, consumer } = dependencies;
  for (;;) {
    const changes = await feed.read(consumer, changesPerFile);
    const last = changes.at(-1);
    if (last !== undefined) await feed.acknowledge(consumer, last.sequence);
    if (changes.length < changesPerFile) break;
  }
  await beginRebuild(1, dependencies);
}

/**
 * Members of transactions are announced one by one as well, when they are settled. What is affirmed was announced when it was
 * made.
 */
function announcedOf(changes: readonly Change[]): readonly AnnouncedVersion[] {
  return changes.flatMap(({ item }) => {
    const change = storeChange(item);
    return change.kind === 'version' && change.isAffirmed !== true ? [change] : [];
  });
}
