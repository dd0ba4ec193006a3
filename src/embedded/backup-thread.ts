/** The thread in which backups and restores are made, for they take long and never wait: one task, then it ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { backUp } from './backup-round.ts';
import { rebuild } from './backup-restore.ts';
import type { BackupTask } from './backup-tasks.ts';

const task = workerData as BackupTask;
parentPort!.postMessage('round' in task ? backUp(task.round) : rebuild(task.restore));
