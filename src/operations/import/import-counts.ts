/**
 * What the workers of one import have come to, while many work on it side by side: each notes its own counts, and now and
 * then one of them adds all up and tells it as the job's progress. What is told at the end is made of the files alone.
 */
import type { Item } from '../../ports/ordered-table.ts';
import { changeJob } from '../jobs/change-job.ts';
import { isBeingCancelled } from '../jobs/job-record.ts';
import type { ImportContext } from './import-dependencies.ts';
import { keptSteps, stepsOf } from './import-job.ts';
import type { ImportTotals } from './import-job.ts';
import type { AssembledFile, LoadedPiece } from './import-objects.ts';
import { noTotals, progressReport, withFile } from './import-report.ts';

/** A worker notes its counts, and progress is told, so often. */
export const tellingMs = 5000;
/** Notes of workers read at a time. */
const readAtOnce = 1000;

export interface ImportCounts {
  /** A piece is loaded whose file is not assembled by this worker. */
  piece(piece: LoadedPiece): void;
  /** A file is assembled. @param counted its resources were counted with its pieces, by others */
  file(file: AssembledFile, counted: boolean): void;
  /** Notes and tells, where it is time to, or at the end of the work. */
  tell(atEnd: boolean): Promise<void>;
}

interface Counted {
  readonly totals: ImportTotals;
  /** Of pieces of files that are not assembled. */
  readonly partBytes: number;
}

/** Sort behind all that is noted of files. */
const [toldSk, counterMark] = ['~t', '~u'];

/** @param worker its name among those of the job */
export function importCounts({ job: { id }, jobs, clock, ...context }: ImportContext, worker: string): ImportCounts {
  const pk = `import#${id}`;
  let counted: Counted = { totals: noTotals, partBytes: 0 };
  let noted = clock.now();
  return {
    piece({ scanned, imported, failed, importedBytes }) {
      const { totals, partBytes } = counted;
      counted = {
        totals: { ...totals, scanned: totals.scanned + scanned, imported: totals.imported + imported, failed: totals.failed + failed, importedBytes: totals.importedBytes + importedBytes },
        partBytes: partBytes + importedBytes,
      };
    },
    file(file, isCounted) {
      const { totals, partBytes } = counted;
      const sum = withFile(totals, file);
      const { scanned, imported, failed, importedBytes } = totals;
      counted = isCounted ? { totals: { ...sum, scanned, imported, failed, importedBytes }, partBytes: partBytes - file.importedBytes } : { totals: sum, partBytes };
    },
    async tell(atEnd) {
      const now = clock.now();
      if (!atEnd && now - noted < tellingMs) return;
      noted = now;
      await jobs.put({ pk, sk: counterMark + worker, body: new TextEncoder().encode(JSON.stringify(counted)) });
      const told = (await jobs.get({ pk, sk: toldSk }, { strong: true }))?.attributes?.['at'] as number | undefined;
      if (told !== undefined && now - told < tellingMs) return;
      const { written } = await jobs.put({ pk, sk: toldSk, attributes: { at: now } }, told === undefined ? { attribute: 'at', absent: true } : { attribute: 'at', equals: told });
      // Another was quicker.
      if (written) await tellSum({ ...context, jobs, clock, id });
    },
  };
}

async function tellSum({ jobs, clock, id, announcing }: Pick<ImportContext, 'jobs' | 'clock' | 'announcing'> & { readonly id: string }): Promise<void> {
  let sum: Counted = { totals: noTotals, partBytes: 0 };
  for await (const { body } of countersOf(jobs, `import#${id}`)) sum = added(sum, JSON.parse(new TextDecoder().decode(body)) as Counted);
  await changeJob({ kind: 'import', id }, (current) => {
    const steps = stepsOf(current);
    if (steps === undefined || steps.phase === 'assembled') return undefined;
    const progress = progressReport(sum.totals, steps, clock.now());
    return { steps: keptSteps({ ...steps, partBytes: sum.partBytes }), progress, ...(isBeingCancelled(current) ? {} : { status: 'IN_PROGRESS' }) };
  }, { jobs, clock, ...(announcing === undefined ? {} : { announcing }) });
}

function added(one: Counted, other: Counted): Counted {
  const names = Object.keys(noTotals) as (keyof ImportTotals)[];
  const totals = Object.fromEntries(names.map((name) => [name, one.totals[name] + other.totals[name]])) as unknown as ImportTotals;
  return { totals, partBytes: one.partBytes + other.partBytes };
}

async function* countersOf(jobs: ImportContext['jobs'], pk: string): AsyncGenerator<Item> {
  for (let after: string | undefined; ; ) {
    const page = await jobs.query({ pk, from: counterMark, limit: readAtOnce, strong: true, ...(after === undefined ? {} : { after }) });
    yield* page.items;
    if (page.next === undefined) return;
    after = page.next;
  }
}
