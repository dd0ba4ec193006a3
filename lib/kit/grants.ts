/**
 * From a function's grants to the statements of its role, one for one: data to data, so that tests compare them.
 *
 * Resources of data stores are made after the stacks, so roles name them by pattern. Their keys have no names in ARNs:
 * a condition on the tags that a key is made with says which. Their aliases would say the same, but a new alias counts
 * for authorization only after some minutes (https://docs.aws.amazon.com/kms/latest/developerguide/abac.html). Another
 * condition says that a service asks for the function, never the function itself.
 */
import { Aws } from 'aws-cdk-lib';
import type { AnswersGrant, EventsGrant, Grant, JobBucketsGrant, LakeGrant, ObjectsGrant, QueueGrant, TableGrant, UploadsGrant } from '../../src/aws/functions.ts';
import { analyticsPrefix, anyStore, bulkPrefix, controlTableName, enrichmentPrefix, objectsPrefix, offeredKey, queueName, sqlAnswersPrefix, storeKeyTags, storeTableName, uploadsPrefix } from '../../src/aws/names.ts';
import { anyKeyArn, bucketArn, eventBusArn, jobsBucketName, objectsBucketName, queueArn, tableArn } from './arns.ts';
import { analyticsStatements, isAnalyticsGrant } from './analytics-grants.ts';
import { controlStatements, tableMakingKeyActions } from './control-grants.ts';
import type { ControlGrant } from './control-grants.ts';
import { enrichmentStatements, isEnrichmentGrant } from './enrichment-grants.ts';
import { allow } from './role-statement.ts';
import type { RoleStatement } from './role-statement.ts';

export { allow } from './role-statement.ts';
export type { RoleStatement } from './role-statement.ts';

/**
 * What each service asks of a key for one who reads, and beyond it for one who writes
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html,
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html).
 */
const keyNeeds = {
  dynamodb: { reading: ['kms:Decrypt', 'kms:DescribeKey'], writing: ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'] },
  s3: { reading: ['kms:Decrypt'], writing: ['kms:GenerateDataKey'] },
  sqs: { reading: ['kms:Decrypt'], writing: ['kms:GenerateDataKey'] },
} as const;

const writingCalls: ReadonlySet<string> = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'PutObject', 'SendMessage']);

/** What a grant says about keys: whose, through which service, and for what. */
interface KeyUse {
  readonly owner: 'platform' | 'stores';
  readonly service: string;
  readonly actions: readonly string[];
}

/** The deployment's own bucket lies under the platform's key; others name theirs by the setting. */
function jobBucketsStatements({ deployment, jobBuckets: others, jobKeyArns }: Grantor, { jobBuckets }: JobBucketsGrant): Rendered {
  const buckets = [jobsBucketName(deployment), ...others].map(bucketArn);
  const reaching = jobBuckets.filter((action) => action !== 'ListBucket');
  const keyed = keyActions('s3', jobBuckets.includes('PutObject'));
  const usesKeys = jobBuckets.some((action) => action === 'GetObject' || action === 'PutObject');
  const viaS3 = { StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.${Aws.URL_SUFFIX}` } };
  return {
    statements: [
      ...(reaching.length === 0 ? [] : [allow('EveryJobFile', reaching.map((action) => `s3:${action}`), ...buckets.map((arn) => `${arn}/*`))]),
      ...(jobBuckets.includes('ListBucket') ? [allow('JobBuckets', ['s3:ListBucket'], ...buckets)] : []),
      ...(usesKeys && jobKeyArns.length > 0 ? [{ ...allow('KeysOfJobBuckets', keyed, ...jobKeyArns), Condition: viaS3 }] : []),
    ],
    ...(usesKeys ? { keys: { owner: 'platform', service: 's3', actions: keyed } } : {}),
  };
}

interface Rendered {
  readonly statements: readonly RoleStatement[];
  readonly keys?: KeyUse;
}

/** Whose functions, and the key of what data stores share. */
export interface Grantor {
  readonly deployment: string;
  readonly platformKeyArn: string;
  readonly eventBusName: string;
  /** Names of further buckets that bulk jobs may use, and ARNs of the keys of these. */
  readonly jobBuckets: readonly string[];
  readonly jobKeyArns: readonly string[];
}

/** @returns a statement for each grant, then those for the keys that they imply */
export function roleStatements(grantor: Grantor, grants: readonly Grant[]): readonly RoleStatement[] {
  const rendered = grants.map((grant) => renderedGrant(grantor, grant));
  return [...rendered.flatMap(({ statements }) => statements), ...keyStatements(grantor, rendered.flatMap(({ keys = [] }) => keys))];
}

function renderedGrant(grantor: Grantor, grant: Grant): Rendered {
  const { deployment, eventBusName } = grantor;
  if ('table' in grant) return tableStatement(deployment, grant);
  if ('objects' in grant) return objectsStatement(deployment, grant);
  if ('uploads' in grant) return placeStatements(deployment, grant.uploads, uploads);
  if ('bulk' in grant) return placeStatements(deployment, grant.bulk, bulk);
  if ('lake' in grant) return placeStatements(deployment, grant.lake, lake);
  if ('answers' in grant) return placeStatements(deployment, grant.answers, answers);
  if ('noteFiles' in grant) return placeStatements(deployment, grant.noteFiles, noteFiles);
  if (isEnrichmentGrant(grant)) return { statements: enrichmentStatements(deployment, grant) };
  if (isAnalyticsGrant(grant)) return { statements: analyticsStatements(deployment, grant) };
  if ('queue' in grant) return queueStatement(deployment, grant);
  if ('jobBuckets' in grant) return jobBucketsStatements(grantor, grant);
  if ('events' in grant) return { statements: eventsStatements(eventBusName, grant) };
  return { statements: controlStatements(deployment, grant), ...controlKeys(grant) };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html */
function eventsStatements(eventBusName: string, { events, source }: EventsGrant): readonly RoleStatement[] {
  const statement = allow('Events', events.map((action) => `events:${action}`), eventBusArn(eventBusName));
  return [{ ...statement, Condition: { StringEquals: { 'events:source': source } } }];
}

/** Of the calls that control makes, these reach what is encrypted. */
function controlKeys(grant: ControlGrant): Pick<Rendered, 'keys'> {
  const stores = { owner: 'stores', service: 'dynamodb' } as const;
  if ('failuresOf' in grant) return { keys: { owner: 'platform', service: 'sqs', actions: keyActions('sqs', true) } };
  const makesTables = 'storeTables' in grant && (grant.storeTables.includes('CreateTable') || grant.storeTables.includes('RestoreTableToPointInTime'));
  if (makesTables) return { keys: { ...stores, actions: tableMakingKeyActions } };
  return 'stream' in grant ? { keys: { ...stores, actions: keyActions('dynamodb', false) } } : {};
}

function keyActions(service: keyof typeof keyNeeds, writes: boolean): readonly string[] {
  const { reading, writing } = keyNeeds[service];
  return writes ? [...reading, ...writing] : reading;
}

function tableStatement(deployment: string, { table, actions }: TableGrant): Rendered {
  const shared = table === 'control';
  const name = shared ? controlTableName(deployment) : storeTableName(deployment, anyStore, table);
  return {
    statements: [allow(shared ? 'Control' : `Every${capital(table)}`, actions.map((action) => `dynamodb:${action}`), tableArn(name))],
    keys: {
      owner: shared ? 'platform' : 'stores',
      service: 'dynamodb',
      actions: keyActions('dynamodb', actions.some((action) => writingCalls.has(action))),
    },
  };
}

function objectsStatement(deployment: string, { objects, under }: ObjectsGrant): Rendered {
  const keys = { owner: 'stores', service: 's3', actions: keyActions('s3', objects.some((action) => writingCalls.has(action))) } as const;
  const place = `${bucketArn(objectsBucketName(deployment))}/${objectsPrefix(anyStore)}${under}*`;
  return {
    statements: [allow(`EveryObject${under === '' ? '' : `Under${capital(under.slice(0, -1))}`}`, objects.map((action) => `s3:${action}`), place)],
    // Whoever removes an object reads nothing of it.
    ...(objects.every((action) => action.startsWith('Delete')) ? {} : { keys }),
  };
}

interface Place {
  readonly prefix: string;
  /** What statements call one of its objects, and its listing. */
  readonly one: string;
  readonly listing: string;
}

const uploads: Place = { prefix: uploadsPrefix(anyStore), one: 'EveryUpload', listing: 'ListUploads' };
const bulk: Place = { prefix: bulkPrefix(anyStore), one: 'EveryBulkFile', listing: 'ListBulkFiles' };
const lake: Place = { prefix: analyticsPrefix(anyStore), one: 'EveryLakeFile', listing: 'ListLakes' };
const noteFiles: Place = { prefix: enrichmentPrefix(anyStore), one: 'EveryNoteFile', listing: 'ListNoteFiles' };
const answers: Place = { prefix: sqlAnswersPrefix(anyStore), one: 'EveryAnswer', listing: 'ListAnswers' };

/** What is there lies under the key of its store; a listing is bound to the stores' places by its prefix. */
function placeStatements(deployment: string, actions: readonly (UploadsGrant['uploads'] | LakeGrant['lake'] | AnswersGrant['answers'])[number][], { prefix, one, listing: listingName }: Place): Rendered {
  const listing = actions.filter((action) => action.startsWith('List'));
  const reaching = actions.filter((action) => !action.startsWith('List'));
  const bucket = bucketArn(objectsBucketName(deployment));
  const place = `${prefix}*`;
  const keyed = reaching.filter((action) => action.startsWith('Get') || action.startsWith('Put'));
  return {
    statements: [
      ...(reaching.length === 0 ? [] : [allow(one, reaching.map((action) => `s3:${action}`), `${bucket}/${place}`)]),
      ...(listing.length === 0 ? [] : [{ ...allow(listingName, listing.map((action) => `s3:${action}`), bucket), Condition: { StringLike: { 's3:prefix': place } } }]),
    ],
    ...(keyed.length === 0 ? {} : { keys: { owner: 'stores', service: 's3', actions: keyActions('s3', keyed.some((action) => writingCalls.has(action))) } }),
  };
}

function queueStatement(deployment: string, { queue, actions }: QueueGrant): Rendered {
  return {
    statements: [allow(`Queue${capital(queue)}`, actions.map((action) => `sqs:${action}`), queueArn(queueName(deployment, queue)))],
    keys: { owner: 'platform', service: 'sqs', actions: keyActions('sqs', actions.some((action) => writingCalls.has(action))) },
  };
}

/** One statement for the platform's key and one for those of stores, with all services that ask on the function's behalf. */
function keyStatements({ deployment, platformKeyArn }: Grantor, uses: readonly KeyUse[]): readonly RoleStatement[] {
  const ofStores = { StringEquals: { [`aws:ResourceTag/${storeKeyTags.deployment}`]: deployment }, StringLike: { [`aws:ResourceTag/${storeKeyTags.datastore}`]: [anyStore, offeredKey] } };
  return (['platform', 'stores'] as const).flatMap((owner) => {
    const ofOwner = uses.filter((use) => use.owner === owner);
    if (ofOwner.length === 0) return [];
    const actions = [...new Set(ofOwner.flatMap((use) => use.actions))];
    const services = [...new Set(ofOwner.map(({ service }) => `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}`))].sort();
    const viaService = { 'kms:ViaService': services };
    return owner === 'platform'
      ? [{ ...allow('KeyOfPlatform', actions, platformKeyArn), Condition: { StringEquals: viaService } }]
      : [{ ...allow('KeysOfStores', actions, anyKeyArn()), Condition: { ...ofStores, StringEquals: { ...ofStores.StringEquals, ...viaService } } }];
  });
}

function capital(words: string): string {
  return words.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
