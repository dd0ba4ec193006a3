/**
 * Creating many resources at a time, as bulk imports do: each on condition that nobody has made it meanwhile.
 *
 * Where the tables can put a version and its entries under one commit, each goes its way as soon as it is ready, and nothing
 * of it is held until then. Elsewhere the entries of all come first, as with every write (writer.ts).
 */
import type { Item, WriteOutcome } from '../ports/ordered-table.ts';
import type { PreparedVersion } from './prepared-version.ts';
import { settledPut } from './settled-put.ts';
import { latestCommitMs, type PutWithEntries, type StoreContext } from './store-context.ts';
import { currentItem } from './version-item.ts';
import { hasLanded } from './writer.ts';

export interface Creations {
  /** @param created is called when the version is durable, before `ended` resolves; never when there is such a resource */
  add(prepared: PreparedVersion, created: () => void): void;
  /** Resolves when it is known of all. @throws TableUnavailable when it is not of some */
  ended(): Promise<void>;
}

export function creations(context: StoreContext): Creations {
  return context.putWithEntries === undefined ? creationsApart(context) : creationsTogether(context, context.putWithEntries);
}

const unlessThere = { attribute: 'rev', absent: true } as const;

function creationsTogether({ ids }: StoreContext, putWithEntries: PutWithEntries): Creations {
  const landing: Promise<void>[] = [];
  return {
    add({ version, entries }, created) {
      const item = currentItem(version.type, version.id, { rev: ids.rev(), version });
      const landed = tellWhenWritten(putWithEntries(item, unlessThere, entries), created);
      // Whoever waits for the end is told.
      landed.catch(() => {});
      landing.push(landed);
    },
    ended: async () => void (await Promise.all(landing)),
  };
}

async function tellWhenWritten(outcome: Promise<WriteOutcome>, created: () => void): Promise<void> {
  if ((await outcome).written) created();
}

interface Creation {
  readonly prepared: PreparedVersion;
  readonly created: () => void;
}

function creationsApart(context: StoreContext): Creations {
  const { index } = context;
  const ready: Creation[] = [];
  return {
    add: (prepared, created) => void ready.push({ prepared, created }),
    async ended() {
      await index.batchWrite({ puts: ready.flatMap(({ prepared }) => prepared.entries) });
      const lost = await Promise.all(ready.map((creation) => putCurrent(context, creation)));
      const deletes = lost.flat();
      if (deletes.length > 0) await index.batchWrite({ deletes });
    },
  };
}

/** @returns the entries that lead nowhere */
async function putCurrent(context: StoreContext, { prepared: { version, entries }, created }: Creation): Promise<readonly Item[]> {
  const { clock, ids } = context;
  if (clock.now() - version.lastUpdated > latestCommitMs) return entries;
  const item = currentItem(version.type, version.id, { rev: ids.rev(), version });
  const outcome = await settledPut(context, item, { condition: unlessThere, until: version.lastUpdated + latestCommitMs });
  if (!outcome.written && !(await hasLanded(context, version, outcome.found))) return entries;
  created();
  return [];
}
