/**
 * A function as Lambda would run it: its bundle in a process of its own, with the template's environment and nothing of
 * this machine's, one event at a time, a further environment while the others are busy, stopped at its time limit.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FunctionFailed, runtimeApi } from './runtime-api.ts';
import type { Invoked, RuntimeApi } from './runtime-api.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: request and buffered answer; a streamed answer. */
export const maxPayloadBytes = 6 * 1024 * 1024;
export const maxStreamedBytes = 200 * 1024 * 1024;

export interface HostedFunction {
  readonly name: string;
  readonly arn: string;
  /** A folder with the unpacked bundle. */
  readonly code: string;
  /** As `index.handler`. */
  readonly handler: string;
  /** Folders of its layers, which lie over each other at `/opt`. */
  readonly layers?: readonly string[];
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** As the template has it. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface HostOptions {
  readonly region: string;
  /** Where every SDK client sends its calls. */
  readonly endpoint: string;
  /** Of the credentials that stand for the function's role. */
  readonly accessKeyId: string;
  /** Environments at a time; a busy function has its events wait. */
  readonly maxEnvironments: number;
  /** How much later than this machine's clock it is for the function; not at all unless given. */
  readonly aheadMs?: () => number;
}

export interface FunctionHost {
  readonly name: string;
  /** @throws FunctionFailed when it throws, runs out of time, or answers more than Lambda passes on */
  invoke(event: unknown): Promise<Invoked>;
  /** Everything that it wrote to standard output and standard error. */
  output(): string;
  /** Times that a process was started for it. */
  readonly coldStarts: () => number;
  /** Ends all its processes: what is under way fails, and so does whatever is asked of it later. */
  close(): Promise<void>;
}

/** Where processes keep compiled code for those after them, as long as the suites run (scripts/wire-engines.mjs). */
const compiled = process.env['CALDERA_COMPILED'];

interface Environment {
  readonly api: RuntimeApi;
  readonly child: ChildProcess;
  busy: boolean;
}

export function functionHost(hosted: HostedFunction, options: HostOptions): FunctionHost {
  const environments: Environment[] = [];
  const waiting: PromiseWithResolvers<Environment>[] = [];
  const written: Buffer[] = [];
  let starting = 0;
  let coldStarts = 0;
  let isClosed = false;
  const closed = (): FunctionFailed => new FunctionFailed('Runtime.Closed', `${hosted.name} is closed.`);
  const forget = (environment: Environment): void => void environments.splice(environments.indexOf(environment) >>> 0, 1);
  const start = async (): Promise<Environment> => {
    starting += 1;
    coldStarts += 1;
    const api = await runtimeApi(hosted.arn, options.aheadMs);
    starting -= 1;
    if (isClosed) {
      await api.close();
      throw closed();
    }
    const temporary = mkdtempSync(join(tmpdir(), 'caldera-function-'));
    const child = spawn(process.execPath, [join(__dirname, 'bootstrap.mjs'), ...(compiled === undefined ? [] : [compiled])], { env: { ...environmentOf(hosted, options, api), TMPDIR: temporary }, stdio: ['ignore', 'pipe', 'pipe'] });
    const environment: Environment = { api, child, busy: true };
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => written.push(chunk));
    child.once('exit', (code, signal) => {
      forget(environment);
      rmSync(temporary, { recursive: true, force: true });
      api.fail(new FunctionFailed('Runtime.ExitError', `${hosted.name} ended with ${code ?? signal}.`));
      void api.close();
    });
    environments.push(environment);
    return environment;
  };
  const take = async (): Promise<Environment> => {
    if (isClosed) throw closed();
    const idle = environments.find(({ busy }) => !busy);
    if (idle !== undefined) {
      idle.busy = true;
      return idle;
    }
    if (environments.length + starting < options.maxEnvironments) return start();
    const turn = Promise.withResolvers<Environment>();
    waiting.push(turn);
    return turn.promise;
  };
  const release = (environment: Environment): void => {
    const next = waiting.shift();
    if (next === undefined) {
      environment.busy = false;
    } else if (environments.includes(environment)) {
      next.resolve(environment);
    } else {
      start().then(next.resolve, next.reject);
    }
  };
  return {
    name: hosted.name,
    async invoke(event) {
      const text = JSON.stringify(event);
      if (Buffer.byteLength(text) > maxPayloadBytes) throw new FunctionFailed('RequestEntityTooLargeException', 'The request is larger than 6 MB.');
      const environment = await take();
      const timer = setTimeout(() => environment.child.kill('SIGKILL'), hosted.timeoutSeconds * 1000);
      try {
        return bounded(await environment.api.invoke(text, hosted.timeoutSeconds * 1000));
      } finally {
        clearTimeout(timer);
        release(environment);
      }
    },
    output: () => Buffer.concat(written).toString(),
    coldStarts: () => coldStarts,
    async close() {
      isClosed = true;
      for (const { reject } of waiting.splice(0)) reject(closed());
      await Promise.all([...environments].map(async ({ child }) => {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGKILL');
        await ended;
      }));
    },
  };
}

function bounded(answer: Invoked): Invoked {
  const max = answer.streamed ? maxStreamedBytes : maxPayloadBytes;
  if (answer.bytes.byteLength > max) throw new FunctionFailed('Function.ResponseSizeTooLarge', `The answer is larger than ${max} bytes.`);
  return answer;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
function environmentOf(hosted: HostedFunction, options: HostOptions, { address }: RuntimeApi): Record<string, string> {
  return {
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    ...hosted.environment,
    _HANDLER: hosted.handler,
    AWS_REGION: options.region,
    AWS_DEFAULT_REGION: options.region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: hosted.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(hosted.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${hosted.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'harness',
    AWS_LAMBDA_RUNTIME_API: address,
    LAMBDA_TASK_ROOT: hosted.code,
    AWS_ACCESS_KEY_ID: options.accessKeyId,
    AWS_SECRET_ACCESS_KEY: 'harness',
    AWS_SESSION_TOKEN: 'harness',
    AWS_ENDPOINT_URL: options.endpoint,
    NODE_PATH: (hosted.layers ?? []).map((layer) => join(layer, 'nodejs/node_modules')).join(':'),
  };
}
