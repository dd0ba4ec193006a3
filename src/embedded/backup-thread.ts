/** The thread in which backups and restores are made, for they take long and never wait: one task, then it ends. */
import { parentPort, workerData } from 'node:worker_threads';
import type { BackupTask } from './backup-tasks.ts';

const task = workerData as BackupTask;
// Only what the task needs: most of what a round costs is the thread's start.
if ('round' in task) parentPort!.postMessage((await import('./backup-round.ts')).backUp(task.round));
else parentPort!.postMessage((await import('./backup-restore.ts')).rebuild(task.restore));
