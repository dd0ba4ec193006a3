/** What CloudFormation would make of the templates' keys, tables, buckets and queues, made in the engines. */
import { bucketCall, dynamoCall } from './engines.ts';
import type { Engines } from './engines.ts';
import type { World } from './endpoint/world.ts';
import type { Policy } from './iam/evaluate.ts';
import type { Assembly, Properties } from './template/assembly.ts';

export async function provision(assembly: Assembly, world: World, engines: Engines): Promise<void> {
  provideKeys(assembly, world);
  for (const type of ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable']) {
    for (const { name, properties } of assembly.resources(type)) await provideTable(name, properties, { world, engines });
  }
  for (const { name, properties } of assembly.resources('AWS::S3::Bucket')) await provideBucket(name, properties, { world, engines });
  // A queue names the one for its failures, which is to be there first.
  const queues = assembly.resources('AWS::SQS::Queue');
  const isSource = ({ properties }: { properties: Properties }): boolean => properties['RedrivePolicy'] !== undefined;
  for (const { name, properties } of [...queues.filter((queue) => !isSource(queue)), ...queues.filter(isSource)]) {
    provideQueue(name, properties, { world, engines });
  }
}

interface Context {
  readonly world: World;
  readonly engines: Engines;
}

function provideKeys(assembly: Assembly, { keys }: World): void {
  for (const { name, properties } of assembly.resources('AWS::KMS::Key')) {
    const tags = ((properties['Tags'] ?? []) as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value] as const);
    keys.add({ id: name, policy: properties['KeyPolicy'] as Policy, tags: Object.fromEntries(tags) });
  }
  for (const { name, properties } of assembly.resources('AWS::KMS::Alias')) keys.alias(name, keys.find(properties['TargetKeyId'])!.arn);
}

async function provideTable(TableName: string, properties: Properties, { world, engines }: Context): Promise<void> {
  const { AttributeDefinitions, KeySchema, StreamSpecification } = properties;
  await dynamoCall(engines.dynamodb, 'DynamoDB_20120810.CreateTable', {
    TableName, AttributeDefinitions, KeySchema, BillingMode: 'PAY_PER_REQUEST',
    ...(StreamSpecification === undefined ? {} : { StreamSpecification: { StreamEnabled: true, ...StreamSpecification } }),
  });
  const key = properties['SSESpecification']?.KMSMasterKeyId ?? properties['Replicas']?.[0]?.SSESpecification?.KMSMasterKeyId;
  if (key !== undefined) world.tableKeys.set(TableName, world.keys.find(key)!.arn);
}

async function provideBucket(name: string, properties: Properties, { world, engines }: Context): Promise<void> {
  const location = `<CreateBucketConfiguration><LocationConstraint>${world.place.region}</LocationConstraint></CreateBucketConfiguration>`;
  await bucketCall(engines.moto, 'PUT', `/${name}`, location);
  if (properties['VersioningConfiguration']?.Status === 'Enabled') {
    await bucketCall(engines.moto, 'PUT', `/${name}?versioning`, '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>');
  }
  const [rule] = (properties['BucketEncryption']?.ServerSideEncryptionConfiguration ?? []) as Properties[];
  const key = rule?.['ServerSideEncryptionByDefault']?.KMSMasterKeyID as string | undefined;
  if (key !== undefined) world.bucketKeys.set(name, world.keys.find(key)!.arn);
}

function provideQueue(QueueName: string, properties: Properties, { world, engines }: Context): void {
  const { VisibilityTimeout, RedrivePolicy, DelaySeconds } = properties;
  engines.queues.call('CreateQueue', {
    QueueName,
    Attributes: {
      ...(VisibilityTimeout === undefined ? {} : { VisibilityTimeout: String(VisibilityTimeout) }),
      ...(DelaySeconds === undefined ? {} : { DelaySeconds: String(DelaySeconds) }),
      ...(RedrivePolicy === undefined ? {} : { RedrivePolicy: JSON.stringify(RedrivePolicy) }),
    },
  });
  const key = properties['KmsMasterKeyId'] as string | undefined;
  if (key !== undefined) world.queueKeys.set(QueueName, world.keys.find(key)!.arn);
}
