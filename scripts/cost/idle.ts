/** What a deployment costs that nobody uses, item by item: once for all, and for each data store. */
import { functions } from '../../src/aws/functions.ts';
import type { FunctionSpec } from '../../src/aws/functions.ts';
import { backgroundBilledMs, callLogBytes, memoryGb, requestsPerMessage } from './operation-prices.ts';
import type { Measurements } from './measured-operations.ts';
import { alwaysFree, bytesPerGb, cloudWatch, dynamodb, hoursPerMonth, kms, lambda, sqs } from './prices.ts';

/** What the stacks make; test/lib/cost.deployment.ts holds it to the synthesized templates. */
export const deployed = { keys: 1, alarms: 28, alarmMetrics: 33, dashboards: 1, detailedMetrics: false } as const;
/** What the workflow makes for each store, beside tables that cost by use. */
export const keysPerStore = 1;

/** Lambda asks a queue that it works on, whether there is anything or not: five waits of 20 s at a time. */
const pollersPerQueue = 5;
const pollSeconds = 20;

export interface Item {
  readonly what: string;
  /** How much of what. */
  readonly amount: string;
  readonly perMonth: number;
  /** What is left of it in an account that has its free allowances to itself. */
  readonly afterAllowances: number;
}

export interface Idle {
  readonly deployment: readonly Item[];
  readonly store: readonly Item[];
}

/** Of a month. */
interface Work {
  readonly calls: number;
  readonly gbSeconds: number;
  readonly messages: number;
  readonly kmsCalls: number;
  readonly readUnits: number;
}

export const runsPerMonth = (everyMinutes: number): number => (hoursPerMonth * 60) / everyMinutes;

const scheduled = functions.filter((spec): spec is FunctionSpec & { everyMinutes: number } => spec.everyMinutes !== undefined);

/** Schedules look for stores in the control table, and send each store its work. */
function scheduleWork(): Work {
  const runs = scheduled.map((spec) => ({ spec, runs: runsPerMonth(spec.everyMinutes) }));
  const calls = total(runs.map((each) => each.runs));
  const gbSeconds = total(runs.map((each) => each.runs * memoryGb(each.spec.name) * (backgroundBilledMs.schedule / 1000)));
  // Keys of data are kept for five minutes, and schedules come no more often: each asks for the table's and the queue's.
  return { calls, gbSeconds, messages: 0, kmsCalls: 2 * calls, readUnits: calls };
}

/** What is known of an empty lake, and its manifests, of which there are none: the schedule reads them itself. */
const lakeReadUnits = 2;

function storeWork({ idle }: Measurements): Work {
  const readUnits = { settle: idle.settleReadUnits, sweep: idle.sweepReadUnits, 'due-transactions': idle.jobsReadUnits } as Readonly<Record<string, number>>;
  const lakes = scheduled.filter(({ name }) => name === 'due-lakes').reduce((sum, { everyMinutes }) => sum + runsPerMonth(everyMinutes) * lakeReadUnits, 0);
  const work = scheduled.filter(({ name }) => name !== 'due-lakes').map(({ name, everyMinutes }) => {
    const worker = name === 'due-transactions' ? 'run-transaction-job' : 'clean-up';
    const runs = runsPerMonth(everyMinutes);
    // The store's record, and what is looked at.
    return { runs, gbSeconds: runs * memoryGb(worker) * (backgroundBilledMs[worker] / 1000), readUnits: runs * (1 + readUnits[name]!) };
  });
  const calls = total(work.map(({ runs }) => runs));
  // The message's key, that of the control table, that of the store.
  return { calls, gbSeconds: total(work.map((each) => each.gbSeconds)), messages: calls, kmsCalls: 3 * calls, readUnits: lakes + total(work.map((each) => each.readUnits)) };
}

const total = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0);

const item = (what: string, amount: string, price: readonly [perMonth: number, afterAllowances?: number]): Item => (
  { what, amount, perMonth: price[0], afterAllowances: price[1] ?? price[0] }
);

const count = (amount: number): string => Math.round(amount).toLocaleString('en-US');
const beyond = (amount: number, free: number): number => Math.max(0, amount - free);

/** Of one deployment with one store: allowances are taken off what is shared first, and then off the store's. */
export function idle(measurements: Measurements): Idle {
  const shared = scheduleWork();
  const own = storeWork(measurements);
  const queues = functions.filter(({ consumes }) => consumes !== undefined).length;
  const polls = queues * pollersPerQueue * ((hoursPerMonth * 3600) / pollSeconds);
  const lambdaPrice = ({ calls, gbSeconds }: Work): number => calls * lambda.perRequest + gbSeconds * lambda.perGbSecond;
  const logPrice = ({ calls }: Work): number => ((calls * callLogBytes) / bytesPerGb) * cloudWatch.perLoggedGb;
  const kmsLeft = (calls: number): number => beyond(calls, alwaysFree.kmsCalls) * kms.perCall;
  const sentRequests = own.messages * requestsPerMessage;
  return {
    deployment: [
      item('KMS: the platform\'s key', `${deployed.keys} key`, [deployed.keys * kms.perKeyMonth]),
      item('CloudWatch: alarms', `${deployed.alarms} alarms on ${deployed.alarmMetrics} metrics`, [
        deployed.alarmMetrics * cloudWatch.perAlarmMetricMonth, beyond(deployed.alarmMetrics, alwaysFree.alarmMetrics) * cloudWatch.perAlarmMetricMonth,
      ]),
      item('CloudWatch: dashboard', `${deployed.dashboards}, with fewer than 50 metrics`, [
        deployed.dashboards * cloudWatch.perDashboardMonth, beyond(deployed.dashboards, alwaysFree.dashboards) * cloudWatch.perDashboardMonth,
      ]),
      item('SQS: queues asked for work', `${count(polls)} requests by ${queues} event sources`, [
        polls * sqs.perRequest, beyond(polls, alwaysFree.sqsRequests) * sqs.perRequest,
      ]),
      item('Lambda: schedules', `${count(shared.calls)} calls`, [lambdaPrice(shared), 0]),
      item('KMS: keys of data', `${count(shared.kmsCalls)} calls`, [shared.kmsCalls * kms.perCall, kmsLeft(shared.kmsCalls)]),
      item('DynamoDB: control table', `${count(shared.readUnits)} read units`, [shared.readUnits * dynamodb.perReadUnit]),
      item('Logs', `${count((shared.calls * callLogBytes) / 1e6)} MB`, [logPrice(shared), 0]),
      item('Functions, API, workflow, topic, rules, secrets', 'by use, or none', [0]),
    ],
    store: [
      item('KMS: the store\'s key', `${keysPerStore} key`, [keysPerStore * kms.perKeyMonth]),
      item('Lambda: clean-up and jobs looked for', `${count(own.calls)} calls`, [lambdaPrice(own), 0]),
      item('SQS: messages about it', `${count(sentRequests)} requests`, [sentRequests * sqs.perRequest]),
      item('KMS: keys of data', `${count(own.kmsCalls)} calls`, [
        own.kmsCalls * kms.perCall, kmsLeft(shared.kmsCalls + own.kmsCalls) - kmsLeft(shared.kmsCalls),
      ]),
      item('DynamoDB: transactions and jobs looked for', `${count(own.readUnits)} read units`, [own.readUnits * dynamodb.perReadUnit]),
      item('Logs', `${count((own.calls * callLogBytes) / 1e6)} MB`, [logPrice(own), 0]),
      item('Tables, recovery, stream, objects', 'empty', [0]),
    ],
  };
}

export function monthOf(items: readonly Item[], price: 'perMonth' | 'afterAllowances' = 'perMonth'): number {
  return total(items.map((each) => each[price]));
}
