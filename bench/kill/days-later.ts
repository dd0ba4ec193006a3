/**
 * Loaded before the server (`node --import`): its clock, that of its threads too, is so many days ahead as the variable says. So a
 * server that was killed starts a day later, when all that was recent in its lake is to be compacted at once, what was under way has
 * been given up, and the files that were replaced are to be removed.
 */
import { syncBuiltinESMExports } from 'node:module';
import workerThreads from 'node:worker_threads';
import type { WorkerOptions } from 'node:worker_threads';

const aheadMs = Number(process.env['CALDERA_KILL_DAYS']) * 24 * 60 * 60 * 1000;
const { now } = Date;
Date.now = () => now() + aheadMs;

/** Threads whose options say with which arguments they start take over no others from the process. */
class Worker extends workerThreads.Worker {
  constructor(program: string | URL, options: WorkerOptions = {}) {
    super(program, { ...options, execArgv: [...(options.execArgv ?? []), '--import', import.meta.url] });
  }
}
workerThreads.Worker = Worker;
syncBuiltinESMExports();
