/**
 * The documents of a data store that are still to be read, durably, in its table `jobs`: `enrichment#pending` / `{type}/{id}`. A
 * document that changes while it is being read stays, for its new version.
 */
import type { Item, OrderedTable } from '../../ports/ordered-table.ts';
import type { DocumentKey } from './note-reader.ts';

const partition = 'enrichment#pending';

export interface PendingNote extends DocumentKey {
  /** Another one each time that the document changes. */
  readonly revision: number;
  /** How often it could not be read. */
  readonly failures: number;
  /** When it is to be tried, ms since the epoch. */
  readonly notBefore: number;
}

export interface PendingPage {
  readonly notes: readonly PendingNote[];
  /** Absent at the end. */
  readonly next?: string;
}

export interface PendingNotes {
  /** From now on the document is to be read, whatever happened to it before. @param revision larger with each change */
  add(keys: readonly DocumentKey[], revision: number): Promise<void>;
  /** In the order of their names. */
  list(limit: number, after?: string): Promise<PendingPage>;
  /** Nothing where the document has changed since. */
  remove(note: PendingNote): Promise<void>;
  postpone(note: PendingNote, until: Pick<PendingNote, 'failures' | 'notBefore'>): Promise<void>;
}

export function pendingNotes(jobs: OrderedTable): PendingNotes {
  return {
    async add(keys, revision) {
      if (keys.length > 0) await jobs.batchWrite({ puts: keys.map((key) => itemOf({ ...key, revision, failures: 0, notBefore: 0 })) });
    },
    async list(limit, after) {
      const { items, next } = await jobs.query({ pk: partition, limit, ...(after !== undefined && { after }), strong: true });
      return { notes: items.map(noteOf), ...(next !== undefined && { next }) };
    },
    async remove(note) {
      await jobs.delete(itemOf(note), { attribute: 'revision', equals: note.revision });
    },
    async postpone(note, until) {
      await jobs.put(itemOf({ ...note, ...until }), { attribute: 'revision', equals: note.revision });
    },
  };
}

function itemOf({ type, id, revision, failures, notBefore }: PendingNote): Item {
  return { pk: partition, sk: `${type}/${id}`, attributes: { revision, failures, notBefore } };
}

function noteOf({ sk, attributes = {} }: Item): PendingNote {
  const [type = '', id = ''] = sk.split('/');
  return { type, id, revision: Number(attributes.revision), failures: Number(attributes.failures), notBefore: Number(attributes.notBefore) };
}
