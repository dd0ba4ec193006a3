/** The embedded server as a process of its own: started on a directory, watched through /proc, stopped or killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '..');
const entry = join(root, 'src', 'embedded', 'main.ts');

/** A server that has not printed its address by then has failed: preloading and recovery take seconds. */
const startTimeoutMs = 60_000;
/** A server that has not ended by then is killed; closing the database takes well under a second. */
const stopTimeoutMs = 20_000;
/** Samples of memory; the peak itself is read from the kernel. */
const sampleMs = 200;
/** Sampling interval of `--cpu-prof`, in microseconds: fine enough for a request of a millisecond. */
const profileIntervalUs = 500;

export interface ServerOptions {
  readonly dataDirectory: string;
  /** Writes .cpuprofile files into this directory when the server stops. */
  readonly profileDirectory?: string;
  /** Further words of its command line. */
  readonly settings?: readonly string[];
  /** Further arguments of Node's, and variables of the environment. */
  readonly arguments?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

export interface ServerUsage {
  /** CPU time since the last call of `usage`, as a share of one core. */
  readonly cpu: number;
  /** The same for all processes of the machine together: what is left over was taken by others. */
  readonly machineCpu: number;
  readonly rssBytes: number;
  /** The most it ever had, from the kernel. */
  readonly peakRssBytes: number;
}

export interface ServerProcess {
  /** `http://host:port/datastore/{id}/r4`, without a slash at the end. */
  readonly baseUrl: string;
  readonly dataDirectory: string;
  readonly startMs: number;
  readonly processId: number;
  usage(): ServerUsage;
  /** What it has resident at this moment. */
  memoryBytes(): number;
  /** What it has written to standard error so far: its faults among it. */
  complaints(): string;
  /** SIGTERM, and waits for the end; what it wrote to standard error is in the error when it fails. */
  stop(): Promise<void>;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>;
}

/** Starts an empty server (a directory that already has data keeps it). Rejects with what it wrote when it fails. */
export async function startServerProcess(options: ServerOptions): Promise<ServerProcess> {
  if (!existsSync(entry)) throw new Error('There is no embedded server to measure: src/embedded/main.ts is missing.');
  const begin = performance.now();
  const child = spawnServer(options);
  const complaints: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
  const baseUrl = await address(child, complaints);
  return watch(child, { baseUrl, dataDirectory: options.dataDirectory, startMs: performance.now() - begin, complaints });
}

/** Starts the server and kills it after so many milliseconds, wherever it is then. */
export async function killDuringStart(options: ServerOptions, afterMs: number): Promise<void> {
  const child = spawnServer(options);
  const exited = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  await exited;
  clearTimeout(timer);
}

function spawnServer({ dataDirectory, profileDirectory, settings = [], arguments: further = [], variables = {} }: ServerOptions) {
  const profiling = profileDirectory
    ? ['--cpu-prof', `--cpu-prof-dir=${profileDirectory}`, `--cpu-prof-interval=${profileIntervalUs}`]
    : [];
  const words = ['--data', dataDirectory, '--port', '0', '--empty', ...settings];
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=4', ...profiling, ...further, entry, ...words], {
    cwd: root,
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The first line that is nothing but a URL. */
async function address(child: ChildProcess, complaints: string[]): Promise<string> {
  const timer = setTimeout(() => child.kill('SIGKILL'), startTimeoutMs);
  const lines = createInterface({ input: child.stdout! });
  const found = await new Promise<string | undefined>((resolve) => {
    lines.on('line', (line) => /^\s*https?:\/\/\S+\/r4\/?\s*$/.test(line) && resolve(line.trim().replace(/\/$/, '')));
    child.once('exit', () => resolve(undefined));
  });
  clearTimeout(timer);
  if (!found) throw new Error(`The server did not start.\n${complaints.join('')}`);
  return found;
}

function watch(child: ChildProcess, started: { baseUrl: string; dataDirectory: string; startMs: number; complaints: string[] }): ServerProcess {
  const { baseUrl, dataDirectory, startMs, complaints } = started;
  const processId = child.pid!;
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  let last = spent(processId);
  let usage: ServerUsage = { cpu: 0, machineCpu: 0, ...memory(processId) };
  const sampler = setInterval(() => (usage = { ...usage, ...memory(processId, usage) }), sampleMs);
  sampler.unref();
  return {
    baseUrl,
    dataDirectory,
    startMs,
    processId,
    usage() {
      const now = spent(processId);
      const elapsed = Math.max(1, now.at - last.at);
      const [cpu, machineCpu] = [(now.cpuMs - last.cpuMs) / elapsed, (now.machineCpuMs - last.machineCpuMs) / elapsed];
      usage = { ...memory(processId, usage), cpu, machineCpu };
      last = now;
      return usage;
    },
    memoryBytes: () => memory(processId, usage).rssBytes,
    complaints: () => complaints.join(''),
    async stop() {
      clearInterval(sampler);
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
      const [code, signal] = await exited;
      clearTimeout(timer);
      if (signal === 'SIGKILL') throw new Error('The server did not end when asked to.');
      if (code !== 0 && signal !== 'SIGTERM') throw new Error(`The server ended with ${code}.\n${complaints.join('')}`);
    },
    async kill() {
      clearInterval(sampler);
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function spent(processId: number) {
  return { at: performance.now(), cpuMs: cpuMs(processId), machineCpuMs: machineCpuMs() };
}

/** Time of all processors that was not idle (https://man7.org/linux/man-pages/man5/proc_stat.5.html). */
function machineCpuMs(): number {
  const [user = 0, nice = 0, system = 0] = readText('/proc/stat').split(/\s+/, 4).slice(1).map(Number);
  return (user + nice + system) * 10;
}

/** User and system time of the process (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html); 0 where /proc is missing. */
function cpuMs(processId: number): number {
  const fields = readText(`/proc/${processId}/stat`).replace(/^.*\) /, '').split(' ');
  // Fields 14 and 15 of the line, in ticks of a hundredth of a second on every Linux Node runs on.
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10;
}

function memory(processId: number, before?: ServerUsage): Pick<ServerUsage, 'rssBytes' | 'peakRssBytes'> {
  const status = readText(`/proc/${processId}/status`);
  const bytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) * 1024;
  return {
    rssBytes: bytes('VmRSS') || (before?.rssBytes ?? 0),
    peakRssBytes: bytes('VmHWM') || (before?.peakRssBytes ?? 0),
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
