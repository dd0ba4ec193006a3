/**
 * Follows the change feed of a data store: each changed document is noted down, durably, before the feed is told that it was heard.
 * No write waits for it.
 */
import type { ChangeFeed } from '../../ports/change-feed.ts';
import { storeChange } from '../../store/change.ts';
import { isNoteType } from './note-document.ts';
import type { PendingNotes } from './pending-notes.ts';

/** Changes that are taken in together. */
export const changesAtOnce = 500;

export interface FollowDependencies {
  readonly feed: ChangeFeed;
  /** The name under which the feed knows its reader. */
  readonly consumer: string;
  readonly pending: Pick<PendingNotes, 'add'>;
  /** Where the store has its notes read; what changes while it does not is passed over. */
  readonly isOn: () => boolean;
  /** Versions that enrichment wrote itself, as `Type/id/version`, to spare a second look at them. What is met is taken out. */
  readonly own: Set<string>;
}

/** Takes in what has changed. @returns how many changes there were */
export async function followDocuments({ feed, consumer, pending, isOn, own }: FollowDependencies): Promise<number> {
  const changes = await feed.read(consumer, changesAtOnce);
  const last = changes.at(-1);
  if (last === undefined) return 0;
  const documents = new Map<string, { readonly type: string; readonly id: string }>();
  for (const { item } of changes) {
    const change = storeChange(item);
    if (change.kind !== 'version' || !isNoteType(change.type)) continue;
    const { type, id, versionId } = change;
    if (!own.delete(`${type}/${id}/${versionId}`)) documents.set(`${type}/${id}`, { type, id });
  }
  if (isOn()) await pending.add([...documents.values()], last.sequence);
  await feed.acknowledge(consumer, last.sequence);
  return changes.length;
}
