/**
 * What an operator may choose, read from the CDK's context: `cdk deploy --all -c name=caldera -c retain=false`
 * (docs/deploy.md has the table). A value that cannot be read stops the synthesis and names its key.
 */
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';
import { omissionsProblem, readOmissions } from '../../src/store/omitted-families.ts';

export interface Settings {
  /** The deployment's name, before the names of all that it makes. */
  readonly name: string;
  /** Whether data outlives the stacks: tables, objects, keys and logs, data stores included. */
  readonly retain: boolean;
  /** Of functions' and workflows' logs, which have no patient data. */
  readonly logRetentionDays: RetentionDays;
  /** Of the gateway's access logs: who called which operation, when. */
  readonly accessLogRetentionDays: RetentionDays;
  /** What the interface takes as a whole; a store's own bound lies with its tables. */
  readonly throttle: { readonly requestsPerSecond: number; readonly burst: number };
  /** What each table of the default data store serves at once, in units a second; absent, what DynamoDB begins with. */
  readonly warmThroughput?: { readonly readUnits: number; readonly writeUnits: number };
  /** The most that each table of the default data store serves, in units a second; what is absent has no bound. */
  readonly throughputLimit: { readonly readUnits?: number; readonly writeUnits?: number };
  /** `Type.parameter` of what the default data store is made without entries of; absent, a store that there is stays as it is. */
  readonly omitIndex?: readonly string[];
  readonly tracing: boolean;
  /** Whether CloudWatch has metrics of each operation of each data store. */
  readonly metrics: boolean;
  readonly firewall: boolean;
  /** Requests that one address may send in five minutes, where there is a firewall. */
  readonly firewallRequestsPerAddress: number;
  /** Where there are any, the interface is reached through these interface endpoints alone. */
  readonly vpcEndpointIds: readonly string[];
  readonly domain?: Domain;
  /** Who is told of alarms; absent, the topic has no subscriber yet. */
  readonly alarmEmail?: string;
  /** Of this account and region: takes the events of data stores. */
  readonly eventBusName: string;
  /** Buckets of this account and region, beside the deployment's own, that bulk jobs may read and write; and ARNs of the KMS keys of these. */
  readonly jobBuckets: readonly string[];
  readonly jobKeyArns: readonly string[];
  /** Who else reads the lake of a data store; nobody unless named. */
  readonly readers: readonly Reader[];
  /** Whoever has the data set that is made for a reader of kind quicksight: a user or group of QuickSight. */
  readonly quickSightPrincipalArn?: string;
  /** Where notes are read, where it is not the deployment's own region; their text goes there. */
  readonly comprehendMedicalRegion?: string;
  /** Whether to let API Gateway write logs: a setting of the whole account and region. */
  readonly gatewayLogsRole: boolean;
}

export interface Reader {
  /** A service of this account, or the number of another account. */
  readonly kind: 'sagemaker' | 'redshift' | 'quicksight' | { readonly accountId: string };
  readonly datastoreId: string;
}

export interface Domain {
  readonly name: string;
  /** In the stack's region. */
  readonly certificateArn: string;
}

/** API Gateway's quota for an account and region is 10,000 with a burst of 5,000: half of it leaves room for others. */
const defaultRequestsPerSecond = 5_000;
const defaultBurst = 2_500;

/** The bucket's name, `{name}-objects-{account}-{region}`, has 63 characters at most. */
const namePattern = /^[a-z][a-z0-9-]{0,18}[a-z0-9]$/;

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_EventBus.html, without the slashes of partners' buses. */
const eventBusPattern = /^[A-Za-z0-9._-]{1,256}$/;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketPattern = /^[a-z0-9][.\-a-z0-9]{1,61}[a-z0-9]$/;
const keyArnPattern = /^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key\/[A-Za-z0-9-]+$/;

/** https://docs.aws.amazon.com/general/latest/gr/rande.html */
const regionPattern = /^[a-z]{2}(?:-[a-z]+){1,3}-[0-9]$/;

const readerPattern = /^(?:sagemaker|redshift|quicksight|[0-9]{12}):[0-9a-f]{32}$/;
const quickSightPrincipalPattern = /^arn:[a-z-]+:quicksight:[a-z0-9-]+:[0-9]{12}:(?:user|group)\/.+$/;

/** What CloudWatch Logs can keep, but for ever. */
const retentions = Object.values(RetentionDays)
  .filter((days): days is RetentionDays => typeof days !== 'string' && days !== RetentionDays.INFINITE);

/** @throws Error that names the context key whose value cannot be used */
export function settings(node: Pick<Node, 'tryGetContext'>): Settings {
  const text = (key: string): string | undefined => textOf(node.tryGetContext(key));
  const name = matching('name', text('name') ?? 'caldera', namePattern);
  const chosen: Settings = {
    name,
    retain: flag('retain', text('retain') ?? 'true'),
    logRetentionDays: retention('logRetentionDays', text('logRetentionDays') ?? '90'),
    accessLogRetentionDays: retention('accessLogRetentionDays', text('accessLogRetentionDays') ?? '365'),
    throttle: {
      requestsPerSecond: count('requestsPerSecond', text('requestsPerSecond') ?? String(defaultRequestsPerSecond)),
      burst: count('burst', text('burst') ?? String(defaultBurst)),
    },
    warmThroughput: warmThroughput(text('warmReadUnits'), text('warmWriteUnits')),
    throughputLimit: throughputLimit(text('maxReadUnits'), text('maxWriteUnits')),
    omitIndex: omissions(text('omitIndex')),
    tracing: flag('tracing', text('tracing') ?? 'false'),
    metrics: flag('metrics', text('metrics') ?? 'false'),
    firewall: flag('firewall', text('firewall') ?? 'false'),
    firewallRequestsPerAddress: count('firewallRequestsPerAddress', text('firewallRequestsPerAddress') ?? '30000'),
    vpcEndpointIds: list('vpcEndpointIds', text('vpcEndpointIds'), /^vpce-[0-9a-f]+$/),
    domain: domain(text('domainName'), text('certificateArn')),
    alarmEmail: text('alarmEmail'),
    eventBusName: matching('eventBusName', text('eventBusName') ?? 'default', eventBusPattern),
    jobBuckets: list('jobBuckets', text('jobBuckets'), bucketPattern),
    jobKeyArns: list('jobKeyArns', text('jobKeyArns'), keyArnPattern),
    readers: readers(text('readers')),
    quickSightPrincipalArn: optional('quickSightPrincipalArn', text('quickSightPrincipalArn'), quickSightPrincipalPattern),
    comprehendMedicalRegion: optional('comprehendMedicalRegion', text('comprehendMedicalRegion'), regionPattern),
    gatewayLogsRole: flag('gatewayLogsRole', text('gatewayLogsRole') ?? 'true'),
  };
  if (chosen.domain !== undefined && chosen.vpcEndpointIds.length > 0) {
    throw new Error('The context has domainName and vpcEndpointIds: a domain is made for the public interface only.');
  }
  if (chosen.quickSightPrincipalArn === undefined && chosen.readers.some(({ kind }) => kind === 'quicksight')) {
    throw new Error('The context has a reader of kind quicksight and no quickSightPrincipalArn, who is to have its data set.');
  }
  return chosen;
}

/** The command line gives text, `cdk.json` may give numbers and booleans. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return value === undefined || value === null ? undefined : JSON.stringify(value);
}

function matching(key: string, value: string, pattern: RegExp): string {
  if (!pattern.test(value)) throw new Error(`The context's ${key} must match ${pattern.source}.`);
  return value;
}

function list(key: string, value: string | undefined, pattern: RegExp): readonly string[] {
  return (value ?? '').split(',').filter((one) => one !== '').map((one) => matching(key, one, pattern));
}

function optional(key: string, value: string | undefined, pattern: RegExp): string | undefined {
  return value === undefined ? undefined : matching(key, value, pattern);
}

function readers(text: string | undefined): readonly Reader[] {
  return [...new Set(list('readers', text, readerPattern))].map((each) => {
    const [kind, datastoreId] = each.split(':') as [string, string];
    return { kind: /^[0-9]/.test(kind) ? { accountId: kind } : kind as Exclude<Reader['kind'], object>, datastoreId };
  });
}

function flag(key: string, value: string): boolean {
  return matching(key, value, /^(?:true|false)$/) === 'true';
}

function count(key: string, value: string): number {
  return Number(matching(key, value, /^[1-9][0-9]{0,8}$/));
}

function retention(key: string, value: string): RetentionDays {
  const days = count(key, value);
  const found = retentions.find((each) => each.valueOf() === days);
  if (found === undefined) throw new Error(`The context's ${key} must be one of ${retentions.map(Number).join(', ')}.`);
  return found;
}

function warmThroughput(readUnits: string | undefined, writeUnits: string | undefined): Settings['warmThroughput'] {
  if (readUnits === undefined && writeUnits === undefined) return undefined;
  if (readUnits === undefined || writeUnits === undefined) throw new Error('The context needs warmReadUnits and warmWriteUnits together.');
  return { readUnits: count('warmReadUnits', readUnits), writeUnits: count('warmWriteUnits', writeUnits) };
}

function throughputLimit(readUnits: string | undefined, writeUnits: string | undefined): Settings['throughputLimit'] {
  return {
    ...(readUnits === undefined ? {} : { readUnits: count('maxReadUnits', readUnits) }),
    ...(writeUnits === undefined ? {} : { writeUnits: count('maxWriteUnits', writeUnits) }),
  };
}

function omissions(list: string | undefined): Settings['omitIndex'] {
  if (list === undefined) return undefined;
  const names = readOmissions(list);
  const problem = omissionsProblem(names);
  if (problem !== undefined) throw new Error(`The context's omitIndex: ${problem}`);
  return names;
}

function domain(name: string | undefined, certificateArn: string | undefined): Domain | undefined {
  if (name === undefined && certificateArn === undefined) return undefined;
  if (name === undefined || certificateArn === undefined) throw new Error('The context needs domainName and certificateArn together.');
  return { name, certificateArn };
}
