/** Two months of two imagined houses, here and at HealthLake. */
import { sweepParts } from '../../src/operations/stream/clean-up.ts';
import { functions } from '../../src/aws/functions.ts';
import { deployed, idle, monthOf, runsPerMonth } from './idle.ts';
import type { MeasuredName, Measurements } from './measured-operations.ts';
import { transactionEntries } from './measured-operations.ts';
import { memoryGb, operationPrice, pricedOperations } from './operation-prices.ts';
import type { Parts } from './operation-prices.ts';
import { bytesPerGb, cloudWatch, dynamodb, healthLake, hoursPerMonth, kms, lambda } from './prices.ts';

export interface Workload {
  readonly title: string;
  readonly description: string;
  /** Hours of the month in which there are requests. */
  readonly busyHours: number;
  /** Versions of resources that lie in the store. */
  readonly versions: number;
  readonly requests: Readonly<Record<MeasuredName, number>>;
}

const thousand = 1000;
const million = thousand * thousand;

export const workloads: readonly Workload[] = [
  {
    title: 'A clinic',
    description: '20 clinicians, 10,000 patients; open for 10 hours on 22 days',
    busyHours: 220,
    versions: 2 * million,
    requests: {
      read: 400 * thousand, vread: 5 * thousand, create: 60 * thousand, update: 15 * thousand, delete: 500,
      searchByPatientAndCode: 250 * thousand, searchByName: 20 * thousand, transaction: 2 * thousand, history: 3 * thousand,
    },
  },
  {
    title: 'A hospital',
    description: '500 beds, 400,000 patients, interfaces and applications around the clock',
    busyHours: hoursPerMonth,
    versions: 60 * million,
    requests: {
      read: 12 * million, vread: 100 * thousand, create: 2 * million, update: 600 * thousand, delete: 10 * thousand,
      searchByPatientAndCode: 8 * million, searchByName: 400 * thousand, transaction: 50 * thousand, history: 100 * thousand,
    },
  },
];

/** Count, 4XXError, 5XXError, Latency and IntegrationLatency of each method that is called. */
const metricsPerMethod = 5;
/** A key of data is asked for again after so long. */
const keyMinutes = 5;
/** Assumed: a page of the sweep has 500 entries, whose versions are read at once. */
const sweptEntriesPerPage = 500;
const sweptPageMs = 30;

export interface MonthLine {
  readonly what: string;
  readonly perMonth: number;
}

export interface Month {
  readonly workload: Workload;
  readonly storedGb: number;
  readonly jsonGb: number;
  readonly lines: readonly MonthLine[];
  readonly healthLakeLines: readonly MonthLine[];
  readonly healthLakeQueries: number;
}

export function month(workload: Workload, measurements: Measurements): Month {
  const parts = requestParts(workload, measurements);
  const storedGb = (workload.versions * measurements.storedBytes) / bytesPerGb;
  const jsonGb = (workload.versions * measurements.jsonBytes) / bytesPerGb;
  const queries = Object.values(workload.requests).reduce((sum, count) => sum + count, 0) + workload.requests.transaction * (transactionEntries - 1);
  const { deployment, store } = idle(measurements);
  return {
    workload, storedGb, jsonGb, healthLakeQueries: queries,
    lines: [
      { what: 'DynamoDB: read and write units of requests', perMonth: parts.tables },
      { what: 'Lambda: operations', perMonth: parts.lambda },
      { what: 'API Gateway: requests', perMonth: parts.gateway },
      { what: 'API Gateway: metrics of each method', perMonth: detailedMetrics(workload) },
      { what: 'Change feed and clean-up', perMonth: parts.feed },
      { what: 'Logs', perMonth: parts.logs },
      { what: 'KMS: keys of data', perMonth: dataKeys(workload) },
      { what: 'DynamoDB: storage', perMonth: storedGb * dynamodb.perStoredGbMonth },
      { what: 'DynamoDB: point-in-time recovery', perMonth: storedGb * dynamodb.perRecoverableGbMonth },
      { what: sweepTitle, perMonth: sweep(workload, measurements) },
      { what: 'What there is when idle', perMonth: monthOf(deployment) + monthOf(store) },
    ],
    healthLakeLines: [
      { what: 'Store hours', perMonth: hoursPerMonth * healthLake.perStoreHour },
      { what: 'Storage beyond 10 GB', perMonth: Math.max(0, jsonGb - healthLake.includedGb) * healthLake.perFurtherGbMonth },
      {
        what: 'Queries beyond 3,500 an hour',
        perMonth: Math.max(0, queries - healthLake.includedQueriesPerHour * hoursPerMonth) * healthLake.perFurtherQuery,
      },
    ],
  };
}

function requestParts({ requests }: Workload, measurements: Measurements): Parts {
  const sum: Record<keyof Parts, number> = { tables: 0, lambda: 0, gateway: 0, feed: 0, logs: 0 };
  for (const [name, count] of Object.entries(requests) as [MeasuredName, number][]) {
    const price = operationPrice(name, measurements);
    for (const part of Object.keys(sum) as (keyof Parts)[]) sum[part] += count * price[part];
  }
  return sum;
}

/** The functions that the workload calls. */
const called = [...new Set(Object.values(pricedOperations).map((operation) => operation.function))];

function detailedMetrics({ busyHours }: Workload): number {
  if (!deployed.detailedMetrics) return 0;
  return called.length * metricsPerMethod * cloudWatch.perDetailedMetricMonth * (busyHours / hoursPerMonth);
}

/** DynamoDB asks for a table's key once for each caller, here a function, in five minutes. */
function dataKeys({ busyHours }: Workload): number {
  const tables = called.map((name) => {
    const { grants } = functions.find((spec) => spec.name === name)!;
    return new Set(grants.flatMap((grant) => ('table' in grant ? [grant.table] : []))).size;
  });
  return tables.reduce((sum, count) => sum + count, 0) * ((busyHours * 60) / keyMinutes) * kms.perCall;
}

/** How often the whole store is looked through, in hours: a part at each call of the schedule. */
export const sweepEveryHours = (functions.find(({ name }) => name === 'sweep')!.everyMinutes! / 60) * sweepParts;
const sweepTitle = `Sweep of the whole store, once in ${sweepEveryHours / 24} days`;

function sweep({ versions }: Workload, { sweepReadUnits }: Measurements): number {
  // Nearly all units are of versions read for entries, one each.
  const pages = (versions * sweepReadUnits) / sweptEntriesPerPage;
  const lambdaPrice = pages * (sweptPageMs / 1000) * memoryGb('clean-up') * lambda.perGbSecond;
  return runsPerMonth(sweepEveryHours * 60) * (versions * sweepReadUnits * dynamodb.perReadUnit + lambdaPrice);
}

export function sumOfLines(lines: readonly MonthLine[]): number {
  return lines.reduce((sum, { perMonth }) => sum + perMonth, 0);
}
