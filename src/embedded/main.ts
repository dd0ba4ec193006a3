/** What `npm start` runs: sees to the runtime, then starts the server. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

/** The first with raw JSON numbers, `node:sqlite` and TypeScript all at once; scripts/setup.mjs brings it. */
const requiredNodeMajor = 24;

if (Number.parseInt(process.versions.node, 10) < requiredNodeMajor) {
  console.error(`Caldera needs Node ${requiredNodeMajor} or newer; this is ${process.version}. Start it with npm start, which brings its own.`);
  process.exit(1);
}
/**
 * glibc keeps what was freed for each of up to eight heaps a core, and the threads here free much: with one heap for all of them the
 * peak of an import is 60 MB less. It hears of that when a program starts, so this one starts again, in its place and within 30 ms
 * (https://sourceware.org/glibc/manual/latest/html_node/Memory-Allocation-Tunables.html).
 */
if (process.platform === 'linux' && process.env['MALLOC_ARENA_MAX'] === undefined) {
  process.execve?.(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], { ...process.env, MALLOC_ARENA_MAX: '1' });
}
// Stripping types and compiling take half a second of CPU at every start; the cache has the result of the first.
enableCompileCache(join(import.meta.dirname, '..', '..', '.cache', 'node'));
const { start } = await import('./start.ts');
await start();
