/**
 * The inbox of one data store: files that are dropped below `inbox/{datastoreId}/` in a bucket are imported by themselves, and
 * moved then. What is decided about them is in src/operations/import/inbox.ts.
 *
 * Nothing is kept beside the files and their jobs: a file that is found again after a crash finds its job by the job's client
 * token, and goes where the job's end has it go.
 */
import type { BigIntStats } from 'node:fs';
import { lstat, mkdir, readdir, realpath, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inboxReasons } from '../operations/import/inbox-reasons.ts';
import { dealtWithKey, inboxFile, inboxImport, inboxPrefix, inboxVerdict, isUnfinished, reasonsKey } from '../operations/import/inbox.ts';
import type { InboxFile } from '../operations/import/inbox.ts';
import type { JobRecord } from '../operations/jobs/job-record.ts';
import type { Submission, WantedJob } from '../operations/jobs/submit-job.ts';
import { BucketRefused } from '../ports/buckets.ts';
import type { Buckets } from '../ports/buckets.ts';
import type { Clock } from '../ports/clock.ts';
import { defaultBucket, revisionOf } from './directory-buckets.ts';
import { flush } from './durable-files.ts';

/** They hold patients' data. */
const ownersFolder = 0o700;

/** How often an inbox is looked at. */
export const inboxPollMs = 2000;
/** A file that nobody has written to for so long is whole, unless its name says otherwise. */
export const settledAfterMs = 3000;
/** Jobs of one inbox at a time: they are loaded by turns, and imports that somebody asked for are to have theirs. */
export const maxInboxJobs = 8;
/** Files that one look takes in; the others come when these are dealt with. */
const maxLookedAt = 10_000;
/** A file that cannot be dealt with, as for want of permission, is tried again after so long. */
const retryMs = 60_000;

export interface InboxOptions {
  readonly datastoreId: string;
  /** The folders of the buckets that have an inbox where they have its folder, by name. */
  readonly folders: ReadonlyMap<string, string>;
  readonly buckets: Buckets;
  readonly clock: Pick<Clock, 'now'>;
  /** Takes a job in; the job that there is for its client token. */
  readonly start: (wanted: Omit<WantedJob, 'kind'>) => Promise<Submission>;
  readonly job: (id: string) => Promise<JobRecord | undefined>;
  /** Told of files that failed, without their names. */
  readonly note: (text: string) => void;
  readonly report: (error: unknown) => void;
}

export interface Inbox {
  /** Looks at the inbox once. @returns how many files are not dealt with yet */
  look(): Promise<number>;
}

interface DroppedFile extends InboxFile {
  readonly bucket: string;
  /** Of the bucket. */
  readonly root: string;
  readonly key: string;
  readonly revision: string;
}

interface Followed {
  readonly revision: string;
  /** Since when the file has this revision, ms since the epoch. */
  readonly since: number;
  readonly jobId?: string;
  readonly notBefore?: number;
}

export function inbox(options: InboxOptions): Inbox {
  const { clock, start, report } = options;
  const known = new Map<string, Followed>();

  const begin = async (file: DroppedFile, seen: Followed): Promise<Followed> => {
    const submission = await start(inboxImport(file, { level: 'strict' }));
    // As many imports as may be have not ended: the file is looked at again.
    return submission.job === undefined ? seen : { ...seen, jobId: submission.job.id };
  };

  /** @returns what is to be known of it from now on; `undefined` when it is dealt with */
  const step = async (file: DroppedFile, mayBegin: boolean): Promise<Followed | undefined> => {
    const before = known.get(pathOf(file));
    const seen: Followed = before?.revision === file.revision ? before : { revision: file.revision, since: clock.now() };
    if (clock.now() < Math.max(seen.since + settledAfterMs, seen.notBefore ?? 0)) return seen;
    const followed = seen.jobId === undefined && mayBegin ? await begin(file, seen) : seen;
    const job = followed.jobId === undefined ? undefined : await options.job(followed.jobId);
    return job !== undefined && (await dealtWith(file, job, options)) ? undefined : followed;
  };

  return {
    async look() {
      const found = new Set<string>();
      let working = [...known.values()].filter(({ jobId }) => jobId !== undefined).length;
      for (const file of await dropped(options)) {
        const path = pathOf(file);
        found.add(path);
        const isWorking = known.get(path)?.jobId !== undefined;
        try {
          const next = await step(file, working < maxInboxJobs);
          if (next === undefined) known.delete(path);
          else known.set(path, next);
          working += Number(next?.jobId !== undefined) - Number(isWorking);
        } catch (error) {
          known.set(path, { revision: file.revision, since: clock.now() - settledAfterMs, notBefore: clock.now() + retryMs });
          report(error);
        }
      }
      for (const path of known.keys()) if (!found.has(path)) known.delete(path);
      return known.size;
    },
  };
}

function pathOf({ root, key }: DroppedFile): string {
  return join(root, key);
}

/** With the time of its last change of any kind, which a move is: a file that is moved back is to be tried again. */
function droppedRevision(found: BigIntStats): string {
  return `${revisionOf(found)}-${found.ctimeNs}`;
}

async function dropped({ datastoreId, folders }: InboxOptions): Promise<readonly DroppedFile[]> {
  const files: DroppedFile[] = [];
  for (const [bucket, root] of folders) {
    if (!(await isFolder(root, inboxPrefix(datastoreId)))) continue;
    for await (const key of keysBelow(root, inboxPrefix(datastoreId))) {
      const file = inboxFile(key);
      const found = file && (await lstat(join(root, key), { bigint: true }).catch(() => undefined));
      if (file !== undefined && found?.isFile() === true) files.push({ ...file, bucket, root, key, revision: droppedRevision(found) });
      if (files.length === maxLookedAt) return files;
    }
  }
  return files;
}

/** Whether a folder is there, and no link on the way to it. */
async function isFolder(root: string, folder: string): Promise<boolean> {
  const found = await realpath(join(root, folder)).catch(() => undefined);
  return found !== undefined && found === join(await realpath(root), folder.replace(/\/$/, ''));
}

/** Files that may be taken up, links and what is dealt with left aside. @param folder with a slash at the end */
async function* keysBelow(root: string, folder: string): AsyncGenerator<string> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    if (isUnfinished(entry.name)) continue;
    const key = folder + entry.name;
    if (entry.isDirectory() && inboxFile(`${key}/any`) !== undefined) yield* keysBelow(root, `${key}/`);
    else if (entry.isFile()) yield key;
  }
}

/** Moves a file whose job has ended. @returns false while it has not */
async function dealtWith(file: DroppedFile, job: JobRecord, { buckets, note, datastoreId }: InboxOptions): Promise<boolean> {
  const verdict = inboxVerdict(job.status);
  if (verdict === undefined) return false;
  const to = dealtWithKey(file, verdict, job.id);
  if (verdict === 'failed') {
    // The reasons first: a file that lies there has them beside it.
    await buckets.put({ bucket: file.bucket, key: reasonsKey(to) }, inboxReasons(job, { buckets, datastoreId }));
  }
  await move(file, to);
  if (verdict === 'failed') note(`Inbox of the data store ${datastoreId}: a file failed. It lies under failed/${job.id}/ there, with the reasons; its job tells more.`);
  return true;
}

async function move(file: DroppedFile, to: string): Promise<void> {
  const target = join(file.root, to);
  await mkdir(dirname(target), { recursive: true, mode: ownersFolder });
  if (!(await isFolder(file.root, dirname(to)))) throw new BucketRefused('bad-key', 'A folder of an inbox lies behind a link.');
  const found = await lstat(pathOf(file), { bigint: true });
  // Somebody has written to it since: it is another file, and looked at again.
  if (droppedRevision(found) !== file.revision) return;
  await rename(pathOf(file), target);
  flush(dirname(target));
  flush(dirname(pathOf(file)));
}

/** Looks at the inbox of a data store again and again. @returns what ends it, and resolves when nothing is under way */
export async function watchInbox(options: InboxOptions): Promise<() => Promise<void>> {
  const { look } = inbox(options);
  const { report, datastoreId, folders } = options;
  const usual = folders.get(defaultBucket);
  // Without it the store is as good as with it.
  if (usual !== undefined) await mkdir(join(usual, inboxPrefix(datastoreId)), { recursive: true, mode: ownersFolder }).catch(report);
  const stopping = new AbortController();
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      await look().catch(report);
      await sleep(inboxPollMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
    }
  })();
  return async () => {
    stopping.abort();
    await watching;
  };
}
