/** What a workload is given, and what it reports. */
import type { LoadResult } from './load.ts';
import type { ServerProcess, ServerUsage } from './server-process.ts';
import type { LoadedPopulation, Population } from './population.ts';

export interface Workload {
  readonly name: string;
  /** One line: clients and what they do. */
  readonly description: string;
  run(bench: Bench): Promise<Report>;
}

export interface Bench {
  /** How long a workload that has no natural end runs. */
  readonly seconds: number;
  /** The directory the data and the raw baselines lie under. */
  readonly directory: string;
  /** A server on a new, empty directory; stopped when the workload ends. @param settings further words of its command line */
  freshServer(settings?: readonly string[]): Promise<ServerProcess>;
  /** The same directory under a new process, which has done nothing yet. */
  restarted(server: ServerProcess): Promise<ServerProcess>;
  population(): Population;
  /** A server with the whole population loaded once, shared by the workloads that only read. */
  loadedServer(): Promise<{ server: ServerProcess; loaded: LoadedPopulation }>;
  /** Stops the loaded server and says what its directory holds, in bytes. */
  closeLoadedServer(): Promise<{ sizeBytes: number; loaded: LoadedPopulation }>;
}

export interface Baseline {
  readonly name: string;
  readonly perSecond: number;
}

/** A figure of `targets.md` that the workload stands beside; `ok` says whether the goal is reached. */
export interface Target {
  readonly what: string;
  readonly measured: number;
  readonly floor: number;
  readonly goal: number;
  readonly moonshot: number;
  readonly unit: string;
  /** True when less is better. */
  readonly atMost: boolean;
}

export interface Report {
  readonly workload: string;
  readonly dataSet: string;
  /** What is counted per second. */
  readonly unit?: 'notes' | 'requests' | 'resources';
  readonly perSecond?: number;
  readonly load?: LoadResult;
  /** While the load ran. */
  readonly server?: ServerUsage;
  readonly baselines: readonly Baseline[];
  readonly targets: readonly Target[];
  /** What else is worth saying, a line each. */
  readonly notes: readonly string[];
}
