/**
 * `serve` on AWS: a FHIR operation as the handler of a Lambda function behind API Gateway, its answer streamed
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html), so that neither
 * Lambda's 6 MB nor the gateway's 10 MB bound what is read.
 */
import { Readable } from 'node:stream';
import wrapped from '@middy/core';
import { executionModeStreamifyResponse } from '@middy/core/StreamifyResponse';
import { operationOutcome } from '../fhir/outcome.ts';
import type { EncodedAnswer } from '../machine/encoded-answer.ts';
import { randomIds } from '../machine/random-ids.ts';
import { systemClock } from '../machine/system-clock.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import type { Operation } from '../operations/operation.ts';
import type { OperationName } from '../operations/table.ts';
import { servedStores } from './control-table.ts';
import { environmentVariable } from './env.ts';
import { logFault } from './fault-log.ts';
import type { GatewayEvent } from './gateway-event.ts';
import { gatewayHandler } from './gateway-handler.ts';
import type { GatewayHandlerOptions } from './gateway-handler.ts';
import { answerEarlyMs } from './gateway-limits.ts';
import { measured } from './metric-lines.ts';
import { environment } from './names.ts';

/** Called by Lambda's runtime, with a stream for the answer. */
export type StreamingHandler = (event: GatewayEvent, stream: NodeJS.WritableStream, context: { readonly awsRequestId?: string }) => Promise<void>;

/** @param operationOf makes the operation over a data store, once per store and process */
export function serve(name: OperationName, operationOf: (store: DatastoreRecord) => Operation): StreamingHandler {
  return streaming({ name, operationOf: servedStores(operationOf) });
}

/** The function that tells which methods a path has, or that there is no such path. */
export function serveUnrouted(): StreamingHandler {
  return streaming({ operationOf: () => Promise.reject(new Error('No operation is served here.')) });
}

function streaming(options: Pick<GatewayHandlerOptions, 'name' | 'operationOf'>): StreamingHandler {
  const write = options.name !== undefined && environmentVariable(environment.metrics) === 'on' ? writeMetrics : () => {};
  const handler = async (event: GatewayEvent, { awsRequestId }: { readonly awsRequestId?: string }) => {
    const { end, ...request } = measured(options, { clock: systemClock, write });
    const answer = await gatewayHandler({ ...request, ids: randomIds, report: (fault) => logFault(fault, awsRequestId) })(event);
    end(answer.status);
    return wired(answer);
  };
  return wrapped(handler, {
    executionMode: executionModeStreamifyResponse,
    timeoutEarlyInMillis: answerEarlyMs,
    timeoutEarlyResponse: () => tooLate,
  });
}

/** One write is one entry of the log, which CloudWatch reads only when nothing stands before it. */
function writeMetrics(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** In the form that goes before a streamed answer. */
function wired({ status, headers, body }: EncodedAnswer) {
  // As one chunk: cut by characters, compressed bytes would not survive.
  return { statusCode: status, headers, body: body === undefined ? '' : Readable.from(body) };
}

const diagnostics =
  'The request took longer than there is time for. A search is narrowed by further parameters or a smaller _count; ' +
  'a write may have taken place, so read the resource before it is sent again.';

const tooLate = {
  statusCode: 504,
  headers: { 'Content-Type': 'application/fhir+json;charset=utf-8', 'Cache-Control': 'no-store' },
  body: JSON.stringify(operationOutcome([{ severity: 'error', code: 'timeout', diagnostics }])),
};
