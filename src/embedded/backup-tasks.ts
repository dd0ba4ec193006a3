/** Tasks for the thread of backups, as the main thread gives them out. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { BackupRound, RoundResult } from './backup-round.ts';
import type { RebuildTask } from './backup-restore.ts';

export type BackupTask = { readonly round: BackupRound } | { readonly restore: RebuildTask };

/** @throws what the round throws */
export function runBackup(round: BackupRound): Promise<RoundResult> {
  return run({ round }) as Promise<RoundResult>;
}

/** @throws what the rebuilding throws */
export async function runRebuild(restore: RebuildTask): Promise<void> {
  await run({ restore });
}

function run(task: BackupTask): Promise<unknown> {
  const path = fileURLToPath(new URL('./backup-thread.ts', import.meta.url));
  return new Promise((resolve, reject) => {
    const worker = new Worker(path, { workerData: task, execArgv: [], name: 'backup' });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('The thread of a backup ended without a word.')));
  });
}
