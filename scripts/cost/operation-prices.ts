/** What one request of each operation costs, part by part. */
import { functions } from '../../src/aws/functions.ts';
import type { OperationName } from '../../src/operations/table.ts';
import type { Measured, MeasuredName, Measurements } from './measured-operations.ts';
import { transactionEntries } from './measured-operations.ts';
import { apiGateway, bytesPerGb, cloudWatch, dynamodb, lambda, sqs } from './prices.ts';

interface Priced {
  readonly title: string;
  readonly function: OperationName;
  /**
   * What Lambda bills, **assumed**: some 5 ms for each wait for a table, and the work between them; one start in a
   * hundred requests, of half a second, is in it.
   */
  readonly billedMs: number;
}

export const pricedOperations: Readonly<Record<MeasuredName, Priced>> = {
  read: { title: 'read', function: 'read', billedMs: 20 },
  vread: { title: 'vread', function: 'vread', billedMs: 20 },
  create: { title: 'create', function: 'create', billedMs: 35 },
  update: { title: 'update', function: 'update', billedMs: 50 },
  delete: { title: 'delete', function: 'delete', billedMs: 45 },
  searchByPatientAndCode: { title: 'search by patient and code', function: 'search-type', billedMs: 50 },
  searchByName: { title: 'search by name', function: 'search-type', billedMs: 35 },
  transaction: { title: `transaction of ${transactionEntries} creates`, function: 'process-bundle', billedMs: 400 },
  history: { title: 'history of one resource', function: 'history-instance', billedMs: 35 },
};

/** Assumed, of functions that the change feed and its queue call. */
export const backgroundBilledMs = { 'fan-out': 20, 'clean-up': 50, 'run-transaction-job': 50, schedule: 100 } as const;

/** Assumed: a line of the access log, and the lines that Lambda writes about a call. */
export const accessLogBytes = 700;
export const callLogBytes = 450;

/** A message is sent, received and deleted. */
export const requestsPerMessage = 3;

/** In dollars, of one request. */
export interface Parts {
  readonly tables: number;
  readonly lambda: number;
  readonly gateway: number;
  readonly feed: number;
  readonly logs: number;
}

/** @throws Error when there is no function of this name */
export function memoryGb(name: string): number {
  const found = functions.find((spec) => spec.name === name);
  if (found === undefined) throw new Error(`There is no function ${name}.`);
  return found.memoryMb / 1024;
}

export function callPrice(name: string, billedMs: number): number {
  return lambda.perRequest + memoryGb(name) * (billedMs / 1000) * lambda.perGbSecond;
}

export function unitsPrice({ readUnits, writeUnits }: Pick<Measured, 'readUnits' | 'writeUnits'>): number {
  return readUnits * dynamodb.perReadUnit + writeUnits * dynamodb.perWriteUnit;
}

const logPrice = (bytes: number): number => (bytes / bytesPerGb) * cloudWatch.perLoggedGb;

export function operationPrice(name: MeasuredName, { operations, settleTransaction }: Measurements): Parts {
  const measured = operations[name];
  const { function: called, billedMs } = pricedOperations[name];
  const fed = measured.changes > 0;
  // The upper bound: under load, a call of the feed's function carries up to a hundred changes of many requests.
  const feedCall = fed ? callPrice('fan-out', backgroundBilledMs['fan-out']) : 0;
  const cleaning = name === 'transaction'
    ? requestsPerMessage * sqs.perRequest + callPrice('clean-up', backgroundBilledMs['clean-up']) + unitsPrice(settleTransaction)
    : 0;
  const backgroundCalls = (fed ? 1 : 0) + (name === 'transaction' ? 1 : 0);
  return {
    tables: unitsPrice(measured),
    lambda: callPrice(called, billedMs),
    gateway: apiGateway.perRequest,
    feed: feedCall + cleaning,
    logs: logPrice(accessLogBytes + (1 + backgroundCalls) * callLogBytes),
  };
}

export function sumOf(parts: Parts): number {
  return Object.values(parts).reduce((sum: number, part: number) => sum + part, 0);
}
