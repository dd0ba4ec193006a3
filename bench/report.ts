/** Prints a report for people: every figure with its percentiles, its errors, the raw baselines and the target it stands beside. */
import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Summary } from './latencies.ts';
import type { Report, Target } from './workload.ts';

export function machine(): string {
  const gigabytes = (totalmem() / 2 ** 30).toFixed(0);
  return `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${gigabytes} GB, Node ${process.version}, ${process.platform}`;
}

export function printReport(report: Report): void {
  const { load, server } = report;
  console.log(`\n${report.workload}: ${report.dataSet}`);
  if (report.perSecond !== undefined) line(`${report.unit}/s`, report.perSecond.toFixed(1));
  if (load) {
    line('latency', latency(load.all));
    for (const [label, summary] of Object.entries(load.byLabel)) line(`  ${label}`, latency(summary));
    const errors = Object.entries(load.errors).map(([kind, count]) => `${kind} × ${count}`);
    line('errors', errors.length ? errors.join(', ') : 'none');
    line('bytes', `request ${load.requestBytes}, response ${load.responseBytes} (means)`);
  }
  if (server) line('server', `${percent(server.cpu)} of a core, ${megabytes(server.rssBytes)} resident, peak ${megabytes(server.peakRssBytes)}`);
  if (load) line('generator', `${percent(load.generatorCpu)} of a core`);
  if (load && server) line('other processes', `${percent(Math.max(0, server.machineCpu - server.cpu - load.generatorCpu))} of a core`);
  for (const { name, perSecond } of report.baselines) {
    const ratio = report.perSecond === undefined ? '' : `, ratio ${(report.perSecond / perSecond).toFixed(3)}`;
    line('baseline', `${name}: ${perSecond.toFixed(0)} /s${ratio}`);
  }
  for (const target of report.targets) line('target', describe(target));
  for (const note of report.notes) line('note', note);
}

function describe(target: Target): string {
  const { what, measured, floor, goal, moonshot, unit, atMost } = target;
  const reaches = (bound: number) => (atMost ? measured <= bound : measured >= bound);
  const verdict = reaches(moonshot) ? 'moonshot' : reaches(goal) ? 'goal reached' : reaches(floor) ? 'floor met' : 'BELOW THE FLOOR';
  return `${what} ${measured.toFixed(1)} ${unit}: ${verdict} (floor ${floor}, goal ${goal}, moonshot ${moonshot})`;
}

function latency({ count, p50Ms, p95Ms, p99Ms, maxMs }: Summary): string {
  const ms = (value: number) => value.toFixed(2).padStart(8);
  return `p50 ${ms(p50Ms)}  p95 ${ms(p95Ms)}  p99 ${ms(p99Ms)}  max ${ms(maxMs)} ms  (${count})`;
}

const line = (name: string, text: string) => console.log(`  ${name.padEnd(16)} ${text}`);
const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
