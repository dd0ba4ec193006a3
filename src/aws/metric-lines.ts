/**
 * Metrics of the FHIR interface by operation and data store, as lines of a function's log that CloudWatch reads by itself
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html):
 * HealthLake's names, no call, nothing of a request. Off unless a deployment asks for them: each counts as a custom metric.
 */
import type { Clock } from '../ports/clock.ts';
import { table } from '../operations/table.ts';
import type { OperationName } from '../operations/table.ts';
import type { GatewayHandlerOptions } from './gateway-handler.ts';

/** In place of `AWS/HealthLake`: what begins with `AWS/` is AWS's. */
export const metricsNamespace = 'Caldera';

export interface MeasuredRequest {
  readonly name: OperationName;
  readonly datastoreId: string;
  readonly status: number;
  /** When it was answered, in milliseconds since the epoch. */
  readonly at: number;
  readonly latencyMs: number;
}

/** HealthLake's name for how a request ended. */
function outcomeOf(status: number): string {
  if (status === 429) return 'Throttles';
  if (status >= 500) return 'SystemErrors';
  return status >= 400 ? 'UserErrors' : 'SuccessfulRequests';
}

/** One line. An outcome that did not occur is left out: what is never sent costs nothing. */
export function metricLine({ name, datastoreId, status, at, latencyMs }: MeasuredRequest): string {
  const outcome = outcomeOf(status);
  const Metrics = [{ Name: 'CallCount', Unit: 'Count' }, { Name: outcome, Unit: 'Count' }, { Name: 'Latency', Unit: 'Milliseconds' }];
  const CloudWatchMetrics = [{ Namespace: metricsNamespace, Dimensions: [['Operation', 'DatastoreId']], Metrics }];
  // One name for each operation, whichever way it was asked: a metric is paid by its name.
  const Operation = table[name].routes[0]!.action;
  return JSON.stringify({ _aws: { Timestamp: at, CloudWatchMetrics }, Operation, DatastoreId: datastoreId, CallCount: 1, [outcome]: 1, Latency: latencyMs });
}

export interface Measuring {
  readonly clock: Pick<Clock, 'now'>;
  readonly write: (line: string) => void;
}

type Measured = Pick<GatewayHandlerOptions, 'name' | 'operationOf'>;

/**
 * One request from now on.
 * @returns what it is to be answered with, and what is to be told of its end. Only stores that there are have metrics: nobody makes new ones by asking for others
 */
export function measured({ name, operationOf }: Measured, { clock, write }: Measuring): Measured & { readonly end: (status: number) => void } {
  const began = clock.now();
  let known: string | undefined;
  return {
    ...(name === undefined ? {} : { name }),
    async operationOf(datastoreId) {
      const operation = await operationOf(datastoreId);
      known = datastoreId;
      return operation;
    },
    end(status) {
      const at = clock.now();
      if (name !== undefined && known !== undefined) write(metricLine({ name, datastoreId: known, status, at, latencyMs: at - began }));
    },
  };
}
