/**
 * From a function's grants to the statements of its role, one for one: data to data, so that tests compare them.
 *
 * Resources of data stores are made after the stacks, so roles name them by pattern. Keys have no names in ARNs: a
 * condition on their alias says which, and another that a service asks for the function, never the function itself
 * (https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html).
 */
import { Aws } from 'aws-cdk-lib';
import type { Grant, ObjectsGrant, QueueGrant, TableGrant } from '../../src/aws/functions.ts';
import { anyStore, controlTableName, objectsPrefix, platformKeyAlias, queueName, storeKeyAlias, storeTableName } from '../../src/aws/names.ts';
import { anyKeyArn, bucketArn, objectsBucketName, queueArn, tableArn } from './arns.ts';
import { controlStatements, tableMakingKeyActions } from './control-grants.ts';
import type { ControlGrant } from './control-grants.ts';
import { allow } from './role-statement.ts';
import type { RoleStatement } from './role-statement.ts';

export { allow } from './role-statement.ts';
export type { RoleStatement } from './role-statement.ts';

/** What DynamoDB, S3 and SQS ask of a key for one who reads. */
const readingKeys = ['kms:Decrypt', 'kms:DescribeKey'];
/** And for one who writes: what DynamoDB's documentation names as the least for a table under a key of one's own. */
const writingKeys = ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'];

const writingCalls: ReadonlySet<string> = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'PutObject', 'SendMessage']);

/** What a grant says about keys: whose, through which service, and for what. */
interface KeyUse {
  readonly alias: string;
  readonly service: string;
  readonly actions: readonly string[];
}

interface Rendered {
  readonly statements: readonly RoleStatement[];
  readonly keys?: KeyUse;
}

/** @returns a statement for each grant, then those for the keys that they imply */
export function roleStatements(deployment: string, grants: readonly Grant[]): readonly RoleStatement[] {
  const rendered = grants.map((grant) => renderedGrant(deployment, grant));
  return [...rendered.flatMap(({ statements }) => statements), ...keyStatements(rendered.flatMap(({ keys = [] }) => keys))];
}

function renderedGrant(deployment: string, grant: Grant): Rendered {
  if ('table' in grant) return tableStatement(deployment, grant);
  if ('objects' in grant) return objectsStatement(deployment, grant);
  if ('queue' in grant) return queueStatement(deployment, grant);
  return { statements: controlStatements(deployment, grant), ...controlKeys(deployment, grant) };
}

/** Of the calls that control makes, these reach what is encrypted. */
function controlKeys(deployment: string, grant: ControlGrant): Pick<Rendered, 'keys'> {
  const stores = { alias: storeKeyAlias(deployment, anyStore), service: 'dynamodb' };
  if ('failuresOf' in grant) return { keys: { alias: platformKeyAlias(deployment), service: 'sqs', actions: keyActions(true) } };
  if ('storeTables' in grant && grant.storeTables.includes('CreateTable')) return { keys: { ...stores, actions: tableMakingKeyActions } };
  return 'stream' in grant ? { keys: { ...stores, actions: keyActions(false) } } : {};
}

function keyActions(writes: boolean): readonly string[] {
  return writes ? [...readingKeys, ...writingKeys] : readingKeys;
}

function tableStatement(deployment: string, { table, actions }: TableGrant): Rendered {
  const shared = table === 'control';
  const name = shared ? controlTableName(deployment) : storeTableName(deployment, anyStore, table);
  return {
    statements: [allow(shared ? 'Control' : `Every${capital(table)}`, actions.map((action) => `dynamodb:${action}`), tableArn(name))],
    keys: {
      alias: shared ? platformKeyAlias(deployment) : storeKeyAlias(deployment, anyStore),
      service: 'dynamodb',
      actions: keyActions(actions.some((action) => writingCalls.has(action))),
    },
  };
}

function objectsStatement(deployment: string, { objects, under }: ObjectsGrant): Rendered {
  const place = `${bucketArn(objectsBucketName(deployment))}/${objectsPrefix(anyStore)}${under}*`;
  return {
    statements: [allow(`EveryObject${under === '' ? '' : `Under${capital(under.slice(0, -1))}`}`, objects.map((action) => `s3:${action}`), place)],
    // Whoever removes a version reads nothing of it.
    ...(objects.every((action) => action === 'DeleteObjectVersion') ? {} : { keys: { alias: storeKeyAlias(deployment, anyStore), service: 's3', actions: keyActions(objects.some((action) => writingCalls.has(action))) } }),
  };
}

function queueStatement(deployment: string, { queue, actions }: QueueGrant): Rendered {
  return {
    statements: [allow(`Queue${capital(queue)}`, actions.map((action) => `sqs:${action}`), queueArn(queueName(deployment, queue)))],
    keys: { alias: platformKeyAlias(deployment), service: 'sqs', actions: keyActions(actions.some((action) => writingCalls.has(action))) },
  };
}

/** One statement for each alias, with all services that ask on the function's behalf. */
function keyStatements(uses: readonly KeyUse[]): readonly RoleStatement[] {
  const aliases = [...new Set(uses.map(({ alias }) => alias))].sort();
  return aliases.map((alias) => {
    const ofAlias = uses.filter((use) => use.alias === alias);
    const services = [...new Set(ofAlias.map(({ service }) => service))].sort();
    const actions = [...new Set(ofAlias.flatMap((use) => use.actions))];
    const statement = allow(alias.includes('?') ? 'KeysOfStores' : 'KeyOfPlatform', actions, anyKeyArn());
    return { ...statement, Condition: throughServices(alias, services) };
  });
}

/** The key's alias, and who must ask for the role. */
export function throughServices(alias: string, services: readonly string[]): NonNullable<RoleStatement['Condition']> {
  return {
    'ForAnyValue:StringLike': { 'kms:ResourceAliases': alias },
    StringEquals: { 'kms:ViaService': services.map((service) => `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}`) },
  };
}

function capital(words: string): string {
  return words.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
