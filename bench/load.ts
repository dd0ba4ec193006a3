/** Closed-loop load: each client sends its next request as soon as it has its last answer. */
import { ConnectionLost, openConnection, type HttpRequest, type HttpResponse } from './http-client.ts';
import { Latencies, type Summary } from './latencies.ts';

/** Statuses and reasons kept for the report; a broken server would otherwise fill it. */
const maxErrorKinds = 10;

/** Sends one request and has it counted under `label`. A status of 400 or more is counted as an error and still returned. */
export type Send = (label: string, request: HttpRequest) => Promise<HttpResponse>;

/** One client: asks for its next request until `running()` is false or it has nothing left to do. */
export type Client = (send: Send, running: () => boolean, index: number) => Promise<void>;

export interface LoadOptions {
  readonly baseUrl: string;
  readonly clients: number;
  /** No new iteration begins later than this; `Infinity` when the clients end by themselves. */
  readonly seconds: number;
}

export interface LoadResult {
  readonly seconds: number;
  readonly requestsPerSecond: number;
  readonly all: Summary;
  /** The same by label, in the order first seen. */
  readonly byLabel: Readonly<Record<string, Summary>>;
  /** Count by label and status. */
  readonly errors: Readonly<Record<string, number>>;
  /** Means over all requests, for baselines of the same size. */
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** CPU time of the generator over the run, as a share of one core. */
  readonly generatorCpu: number;
}

/** Runs the clients side by side, each on its own connection, and sums up what they saw. */
export async function runLoad(options: LoadOptions, client: Client): Promise<LoadResult> {
  const tally = new Tally();
  const connections = await Promise.all(Array.from({ length: options.clients }, () => openConnection(options.baseUrl)));
  const cpuBefore = process.cpuUsage();
  const begin = performance.now();
  const running = () => performance.now() - begin < options.seconds * 1000;
  const clients = connections.map(async (connection, index) => {
    const send: Send = async (label, request) => {
      const sent = performance.now();
      const response = await connection.request(request);
      const latencyMs = performance.now() - sent;
      tally.add({ label, latencyMs, request, response });
      return response;
    };
    try {
      await client(send, running, index);
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      tally.error('connection lost');
    }
  });
  try {
    await Promise.all(clients);
  } finally {
    for (const connection of connections) connection.close();
  }
  const seconds = (performance.now() - begin) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  return { ...tally.result(seconds), generatorCpu: (cpu.user + cpu.system) / 1e6 / seconds };
}

interface Exchange {
  readonly label: string;
  readonly latencyMs: number;
  readonly request: HttpRequest;
  readonly response: HttpResponse;
}

class Tally {
  private readonly all = new Latencies();
  private readonly byLabel = new Map<string, Latencies>();
  private readonly errors: Record<string, number> = {};
  private requestBytes = 0;
  private responseBytes = 0;

  add({ label, latencyMs, request, response }: Exchange): void {
    this.all.add(latencyMs);
    let latencies = this.byLabel.get(label);
    if (!latencies) this.byLabel.set(label, (latencies = new Latencies()));
    latencies.add(latencyMs);
    this.requestBytes += request.body === undefined ? 0 : Buffer.byteLength(request.body);
    this.responseBytes += response.body.length;
    if (response.status >= 400) this.error(`${label}: ${response.status}`);
  }

  error(kind: string): void {
    const known = kind in this.errors || Object.keys(this.errors).length < maxErrorKinds ? kind : 'others';
    this.errors[known] = (this.errors[known] ?? 0) + 1;
  }

  result(seconds: number): Omit<LoadResult, 'generatorCpu'> {
    const all = this.all.summary();
    const count = Math.max(1, all.count);
    return {
      seconds,
      requestsPerSecond: all.count / seconds,
      all,
      byLabel: Object.fromEntries([...this.byLabel].map(([label, latencies]) => [label, latencies.summary()])),
      errors: this.errors,
      requestBytes: Math.round(this.requestBytes / count),
      responseBytes: Math.round(this.responseBytes / count),
    };
  }
}
