/**
 * Enriches the documents of one data store in this process (docs/enrichment.md): follows its change feed, and reads what is pending.
 * Both are durable, so it may end at any moment and goes on with the next start. No write waits for it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { noteReader } from '../operations/enrichment/enrich-document.ts';
import type { EnrichDependencies } from '../operations/enrichment/enrich-document.ts';
import { changesAtOnce, followDocuments } from '../operations/enrichment/follow-documents.ts';
import { noteTypes } from '../operations/enrichment/note-document.ts';
import { pendingNotes } from '../operations/enrichment/pending-notes.ts';
import type { PendingNote } from '../operations/enrichment/pending-notes.ts';
import { readPending } from '../operations/enrichment/read-pending.ts';
import { NlpUnavailable } from '../ports/clinical-nlp.ts';
import type { ClinicalNlp } from '../ports/clinical-nlp.ts';
import type { OrderedTable } from '../ports/ordered-table.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** The name under which the change feed knows its reader. */
export const enrichmentConsumer = 'enrichment';
/** How often the feed is looked at: about as soon as people look for what came of a note. */
const pollMs = 300;
/** When nobody's notes can be read, the first pause; each is twice as long as the one before. */
const firstPauseMs = 1_000;
const lastPauseMs = 60_000;
/** One asks the engine while another writes. */
const notesAtOnce = 4;
const notesOfPage = 64;
/** Versions of its own that it has not met in the feed yet; a version that was forgotten is looked at and left. */
const maxOwn = 10_000;

/** What the change feed is to carry. */
export function followedKeys(on: boolean): readonly string[] {
  return on ? noteTypes.map((type) => `${type}/`) : [];
}

export interface EnrichmentLoopOptions extends EnrichDependencies {
  /** Opened with `enrichmentConsumer`, and `followedKeys` of whether it is on. */
  readonly database: Pick<SqliteDatabase, 'changeFeed' | 'follow'>;
  readonly jobs: OrderedTable;
  readonly on: boolean;
  readonly report: (error: unknown) => void;
}

export interface EnrichmentLoop {
  /** Documents that change from now on are read, or not. What is pending waits while it is off. */
  setOn(on: boolean): void;
  isOn(): boolean;
  /** Resolves when nothing is being written any more. */
  stop(): Promise<void>;
}

export function enrichmentLoop(options: EnrichmentLoopOptions): EnrichmentLoop {
  const { database, jobs, clock, report } = options;
  const state = { on: options.on, pauseMs: firstPauseMs, walkAt: 0 };
  const own = new Set<string>();
  const pending = pendingNotes(jobs);
  const stopping = new AbortController();
  const { signal } = stopping;
  const reading = { clock, report, reader: noteReader({ ...options, ...untilAborted(options, signal) }), pending, wrote: (version: string) => void (own.size < maxOwn ? own : cleared(own)).add(version) };
  const feed = database.changeFeed('resources');

  /** @returns whether there was anything new */
  const follow = async (): Promise<boolean> => {
    let all = 0;
    let taken: number;
    do {
      taken = await followDocuments({ feed, consumer: enrichmentConsumer, pending, isOn: () => state.on, own });
      all += taken;
    } while (taken === changesAtOnce && !signal.aborted);
    return all > 0;
  };
  /** Looks at all that is pending once. @returns whether nobody's notes could be read */
  const walk = async (): Promise<boolean> => {
    let after: string | undefined;
    let nextDue = Infinity;
    let waits = false;
    do {
      const page = await pending.list(notesOfPage, after);
      const due = page.notes.filter(({ notBefore }) => notBefore <= clock.now());
      for (const { notBefore } of page.notes) if (notBefore > clock.now()) nextDue = Math.min(nextDue, notBefore);
      if ((await readAll(due, (note) => readPending(note, reading), signal)).includes('wait')) waits = true;
      if ((await follow()) || due.length > 0) nextDue = 0;
      after = page.next;
    } while (after !== undefined && !waits && state.on && !signal.aborted);
    state.walkAt = nextDue;
    return waits;
  };
  const round = async (): Promise<number> => {
    if (await follow()) state.walkAt = 0;
    const waits = state.on && state.walkAt <= clock.now() && await walk();
    state.pauseMs = waits ? Math.min(state.pauseMs * 2, lastPauseMs) : firstPauseMs;
    return waits ? state.pauseMs / 2 : pollMs;
  };
  const running = (async () => {
    while (!signal.aborted) {
      const restMs = await round().catch((error: unknown) => {
        if (!signal.aborted) report(error);
        return firstPauseMs;
      });
      await sleep(restMs, undefined, { signal, ref: false }).catch(() => {});
    }
  })();
  return {
    isOn: () => state.on,
    setOn(on) {
      state.on = on;
      state.walkAt = 0;
      database.follow(followedKeys(on));
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function cleared(versions: Set<string>): Set<string> {
  versions.clear();
  return versions;
}

/** Some at a time. */
async function readAll<Outcome>(notes: readonly PendingNote[], read: (note: PendingNote) => Promise<Outcome>, signal: AbortSignal): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const left = notes.values();
  await Promise.all(Array.from({ length: notesAtOnce }, async () => {
    for (const note of left) {
      if (signal.aborted) return;
      outcomes.push(await read(note));
    }
  }));
  return outcomes;
}

/** Whoever stops waits for no engine: what is not read yet stays pending. */
function untilAborted({ nlp, textOf }: Pick<EnrichDependencies, 'nlp' | 'textOf'>, signal: AbortSignal): Pick<EnrichDependencies, 'nlp' | 'textOf'> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new NlpUnavailable('The data store is being closed.')), { once: true });
  });
  aborted.catch(() => {});
  const unlessAborted = <Result>(asked: Promise<Result>): Promise<Result> => Promise.race([asked, aborted]);
  const asking: ClinicalNlp = {
    engine: nlp.engine,
    detectEntities: (text) => unlessAborted(nlp.detectEntities(text)),
    inferIcd10Cm: (text) => unlessAborted(nlp.inferIcd10Cm(text)),
    inferRxNorm: (text) => unlessAborted(nlp.inferRxNorm(text)),
    inferSnomedCt: (text) => unlessAborted(nlp.inferSnomedCt(text)),
    detectPhi: (text) => unlessAborted(nlp.detectPhi(text)),
  };
  return { nlp: asking, textOf: (document) => unlessAborted(textOf(document)) };
}
