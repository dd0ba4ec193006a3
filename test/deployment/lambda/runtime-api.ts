/**
 * The Runtime API of one execution environment (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html): one
 * event at a time, its answer whole or as a stream.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a function answered. A stream ends with the body that it carries; it may break off. */
export interface Invoked {
  /** As the runtime declared it. */
  readonly streamed: boolean;
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** The function threw, or could not be loaded. */
export class FunctionFailed extends Error {
  readonly errorType: string;

  constructor(errorType: string, message: string) {
    super(`${errorType}: ${message}`);
    this.name = 'FunctionFailed';
    this.errorType = errorType;
  }
}

interface Invocation {
  readonly id: string;
  readonly event: string;
  readonly deadline: number;
  readonly settle: PromiseWithResolvers<Invoked>;
}

export interface RuntimeApi {
  /** `host:port`, for AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /** @throws FunctionFailed */
  invoke(event: string, timeoutMs: number): Promise<Invoked>;
  /** The process is gone: whatever is under way has failed. */
  fail(error: Error): void;
  close(): Promise<void>;
}

const prefix = '/2018-06-01/runtime';

/** @param aheadMs how much later it is for the function than for this machine */
export async function runtimeApi(functionArn: string, aheadMs = (): number => 0): Promise<RuntimeApi> {
  let waiting: ServerResponse | undefined;
  let queued: Invocation | undefined;
  let current: Invocation | undefined;
  let broken: Error | undefined;
  const hand = (): void => {
    if (waiting === undefined || queued === undefined) return;
    current = queued;
    waiting.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': current.id,
      'lambda-runtime-deadline-ms': String(current.deadline),
      'lambda-runtime-invoked-function-arn': functionArn,
      'harness-ahead-ms': String(aheadMs()),
      'lambda-runtime-trace-id': `Root=1-${current.id.slice(0, 8)}-${current.id.replaceAll('-', '').slice(8)}`,
    });
    waiting.end(current.event);
    [waiting, queued] = [undefined, undefined];
  };
  const fail = (error: Error): void => {
    broken = error;
    queued?.settle.reject(error);
    current?.settle.reject(error);
  };
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '').slice(prefix.length);
    if (path === '/invocation/next') {
      waiting = response;
      hand();
      return;
    }
    const bytes = await bodyOf(request);
    if (path === '/init/error') fail(failureOf(bytes));
    else if (current !== undefined && path === `/invocation/${current.id}/error`) current.settle.reject(failureOf(bytes));
    else if (current !== undefined && path === `/invocation/${current.id}/response`) current.settle.resolve(answerOf(request, bytes));
    else throw new Error(`The Runtime API has no ${path}.`);
    response.writeHead(202).end();
  };
  const server = createServer((request, response) => {
    take(request, response).catch((error: Error) => {
      fail(error);
      response.destroy();
    });
  });
  // The runtime waits in /next for as long as nobody asks for anything.
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async invoke(event, timeoutMs) {
      if (broken !== undefined) throw broken;
      queued = { id: randomUUID(), event, deadline: Date.now() + timeoutMs, settle: Promise.withResolvers() };
      const { promise } = queued.settle;
      hand();
      return promise;
    },
    fail,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answerOf({ headers }: IncomingMessage, bytes: Buffer): Invoked {
  const streamed = headers['lambda-runtime-function-response-mode'] === 'streaming';
  return { streamed, contentType: headers['content-type'] ?? 'application/json', bytes };
}

function failureOf(bytes: Buffer): FunctionFailed {
  const { errorType, errorMessage } = JSON.parse(bytes.toString()) as { errorType: string; errorMessage: string };
  return new FunctionFailed(errorType, errorMessage);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
