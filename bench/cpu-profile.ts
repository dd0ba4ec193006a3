/** Reads V8's .cpuprofile files (https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile): which functions the time went to. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Not work of the server, and left out of the shares. */
const waiting = new Set(['(idle)', '(root)']);

/** The functions with the most time of their own, a line each, over all threads' profiles in the directory. */
export function hottestFunctions(directory: string, limit: number): string[] {
  const timeUs = new Map<string, number>();
  for (const file of readdirSync(directory).filter((name) => name.endsWith('.cpuprofile'))) {
    addSelfTimes(JSON.parse(readFileSync(join(directory, file), 'utf8')) as CpuProfile, timeUs);
  }
  const total = [...timeUs.values()].reduce((sum, time) => sum + time, 0);
  return [...timeUs]
    .sort(([, one], [, other]) => other - one)
    .slice(0, limit)
    .map(([name, time]) => `${((100 * time) / total).toFixed(1).padStart(5)} %  ${(time / 1000).toFixed(0).padStart(7)} ms  ${name}`);
}

function addSelfTimes({ nodes, samples, timeDeltas }: CpuProfile, timeUs: Map<string, number>): void {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, frameName(callFrame)]));
  samples.forEach((id, index) => {
    const name = names.get(id)!;
    if (!waiting.has(name)) timeUs.set(name, (timeUs.get(name) ?? 0) + Math.max(0, timeDeltas[index] ?? 0));
  });
}

function frameName({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const place = url.replace(/^file:\/\/.*?\/(?=(?:src|node_modules|bench)\/)/, '');
  return `${functionName || '(anonymous)'}${place ? ` ${place}:${lineNumber + 1}` : ''}`;
}
