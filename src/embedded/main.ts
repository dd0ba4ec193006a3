/** What `npm start` runs: sees to the runtime, then starts the server. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

/** The first with raw JSON numbers, `node:sqlite` and TypeScript all at once; scripts/setup.mjs brings it. */
const requiredNodeMajor = 24;

if (Number.parseInt(process.versions.node, 10) < requiredNodeMajor) {
  console.error(`Caldera needs Node ${requiredNodeMajor} or newer; this is ${process.version}. Start it with npm start, which brings its own.`);
  process.exit(1);
}
// Stripping types and compiling take half a second of CPU at every start; the cache has the result of the first.
enableCompileCache(join(import.meta.dirname, '..', '..', '.cache', 'node'));
const { start } = await import('./start.ts');
await start();
