/** The command as a process: results on standard output, everything else on standard error, the outcome as exit code. */
import { homedir } from 'node:os';
import { run } from './run.ts';
import { terminal } from './terminal.ts';

/** Whoever reads our output has seen enough, as `head` does: nothing went wrong. */
function whenNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}

process.stdout.on('error', whenNobodyReads);
process.stderr.on('error', whenNobodyReads);
// Set, not called: what was written is still on its way to a pipe.
process.exitCode = await run(
  process.argv.slice(2),
  terminal({ input: process.stdin, output: process.stdout, errors: process.stderr, env: process.env, home: homedir() }),
);
