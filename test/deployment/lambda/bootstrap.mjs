/**
 * What Lambda's managed Node runtime does around a function, over the real Runtime API
 * (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html): load the handler, then take one event after the
 * other and send its answer, whole or streamed (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html).
 */
import { subscribe } from 'node:diagnostics_channel';
import { request as httpRequest } from 'node:http';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';

/** What V8 made of a bundle is kept for its next processes: suites start each function anew. */
const [, , compiled] = process.argv;
if (compiled !== undefined) enableCompileCache(compiled);

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const streaming = Symbol('streaming');

/** The harness leaves pauses out; what asks for the time finds that they have passed. */
const machineTime = Date.now.bind(Date);
let aheadMs = 0;
Date.now = () => machineTime() + aheadMs;
/** Services tell with their answers how much later it has become. */
subscribe('http.client.response.finish', ({ response }) => {
  aheadMs = Number(response.headers['harness-ahead-ms'] ?? aheadMs);
});

globalThis.awslambda = {
  streamifyResponse: (handler) => Object.assign(handler, { [streaming]: true }),
  HttpResponseStream: {
    /** The prelude: status and headers as JSON, eight zero bytes, then the body. */
    from(stream, prelude) {
      stream.contentType = 'application/vnd.awslambda.http-integration-response';
      stream.write(`${JSON.stringify(prelude)}${'\0'.repeat(8)}`);
      return stream;
    },
  },
};

const described = (error) => JSON.stringify({ errorType: error?.name ?? 'Error', errorMessage: error?.message ?? String(error), trace: error?.stack?.split('\n') ?? [] });

function post(path, headers) {
  const sent = httpRequest(`${api}${path}`, { method: 'POST', headers });
  const answered = new Promise((resolve, reject) => sent.on('response', (response) => response.resume().on('end', resolve)).on('error', reject));
  return { sent, answered };
}

async function tell(path, text) {
  const { sent, answered } = post(path, { 'content-type': 'application/json' });
  sent.end(text);
  await answered;
}

/** Sent with the first byte, so that the content type of a prelude is known. */
async function answerStreamed(handler, event, context) {
  const stream = new PassThrough();
  const handled = (async () => handler(event, stream, context))();
  await Promise.race([handled, new Promise((resolve) => stream.once('readable', resolve)), new Promise((resolve) => stream.once('end', resolve))]);
  const { sent, answered } = post(`/invocation/${context.awsRequestId}/response`, {
    'content-type': stream.contentType ?? 'application/octet-stream',
    'lambda-runtime-function-response-mode': 'streaming',
    'transfer-encoding': 'chunked',
  });
  await Promise.all([handled, pipeline(stream, sent)]);
  await answered;
}

async function handleNext(handler) {
  const next = await fetch(`${api}/invocation/next`);
  const event = await next.json();
  aheadMs = Number(next.headers.get('harness-ahead-ms') ?? 0);
  const awsRequestId = next.headers.get('lambda-runtime-aws-request-id');
  const deadline = Number(next.headers.get('lambda-runtime-deadline-ms'));
  const context = {
    awsRequestId,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    invokedFunctionArn: next.headers.get('lambda-runtime-invoked-function-arn'),
    getRemainingTimeInMillis: () => Math.max(0, deadline - machineTime()),
  };
  try {
    if (handler[streaming]) await answerStreamed(handler, event, context);
    else await tell(`/invocation/${awsRequestId}/response`, JSON.stringify((await handler(event, context)) ?? null));
  } catch (error) {
    await tell(`/invocation/${awsRequestId}/error`, described(error));
  }
}

const [file, name] = process.env._HANDLER.split('.');
let handler;
try {
  const module = await import(pathToFileURL(join(process.env.LAMBDA_TASK_ROOT, `${file}.mjs`)).href);
  handler = module[name];
  if (typeof handler !== 'function') throw new Error(`The module exports no function ${name}.`);
} catch (error) {
  await tell('/init/error', described(error));
  process.exit(1);
}
await handleNext(handler);
// Now, with what the first event had compiled: a process ends by a signal.
flushCompileCache();
for (;;) await handleNext(handler);
