/** Bulk exports of one data store in this process: its steps over files, and what removes files that were there for their time. */
import type { ExportDependencies } from '../operations/export/export-dependencies.ts';
import { sweepExports } from '../operations/export/finish-export.ts';
import { runExport } from '../operations/export/run-export.ts';
import type { DirectoryContents } from './directory-contents.ts';

/** One thread reads the store: parts of it side by side would take turns. */
const pieces = 1;

export interface StoreExports {
  /** Works on a job for a slice of time. @returns when to go on, ms from now; `undefined` at its end */
  readonly run: (jobId: string) => Promise<number | undefined>;
  readonly sweep: () => Promise<number>;
}

type Parts = Omit<ExportDependencies, 'pieces' | 'keepContent' | 'openContent'> & { readonly contents: Pick<DirectoryContents, 'lay' | 'read'> };

export function storeExports({ contents, ...parts }: Parts): StoreExports {
  const dependencies: ExportDependencies = { ...parts, pieces, keepContent: contents.lay, openContent: contents.read };
  return {
    run: (jobId) => runExport(jobId, dependencies),
    sweep: () => sweepExports(dependencies),
  };
}
