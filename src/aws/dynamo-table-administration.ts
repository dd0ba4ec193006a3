/**
 * Data stores' tables in DynamoDB: made, changed and deleted
 * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html).
 */
import {
  CreateTableCommand, DeleteTableCommand, DescribeContinuousBackupsCommand, DescribeTableCommand, ResourceInUseException,
  ResourceNotFoundException, RestoreTableToPointInTimeCommand, TableAlreadyExistsException, TableInUseException, TagResourceCommand,
  UpdateContinuousBackupsCommand, UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import type {
  CreateTableCommandInput, DynamoDBClient, OnDemandThroughput, PointInTimeRecoverySpecification, RestoreTableToPointInTimeCommandInput,
  TableDescription as Described, UpdateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import type {
  TableAddress, TableAdministration, TableDescription, TableLimit, TableRestore, TableSettings, TableWarmth,
} from '../ports/table-administration.ts';
import { itemFieldNames } from '../ports/table-limits.ts';
import { dataTags, storeTableName } from './names.ts';

export interface DynamoTableAdministrationOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly deployment: string;
}

const { pk, sk } = itemFieldNames;
/** How DynamoDB says that a table is being restored, or there. */
const begun = [TableAlreadyExistsException, TableInUseException, ResourceInUseException];
/** Consumers see items as they were put; bodies are compressed text. */
const stream = { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } as const;

export function dynamoTableAdministration({ client, deployment }: DynamoTableAdministrationOptions): TableAdministration {
  const nameOf = ({ datastoreId, table }: TableAddress) => storeTableName(deployment, datastoreId, table);
  const update = async (address: TableAddress, change: Omit<UpdateTableCommandInput, 'TableName'>): Promise<void> => {
    await client.send(new UpdateTableCommand({ TableName: nameOf(address), ...change }));
  };
  return {
    async describe(address) {
      const found = await unlessAbsent(client.send(new DescribeTableCommand({ TableName: nameOf(address) })));
      return found?.Table === undefined ? undefined : description(found.Table);
    },
    async create(address, settings) {
      try {
        await client.send(new CreateTableCommand(createTableParameters(deployment, address, settings)));
      } catch (error) {
        if (!(error instanceof ResourceInUseException)) throw error;
      }
    },
    enableStream: (address) => update(address, { StreamSpecification: stream }),
    limit: (address, limit) => update(address, { OnDemandThroughput: onDemandThroughput(limit) }),
    warm: (address, warmth) => update(address, { WarmThroughput: warmThroughput(warmth) }),
    setDeletionProtection: (address, on) => update(address, { DeletionProtectionEnabled: on }),
    async setRecovery(address, days) {
      await client.send(new UpdateContinuousBackupsCommand({ TableName: nameOf(address), PointInTimeRecoverySpecification: recoverySpecification(days) }));
    },
    async recovery(address) {
      const found = await unlessAbsent(client.send(new DescribeContinuousBackupsCommand({ TableName: nameOf(address) })));
      const { EarliestRestorableDateTime: earliest, LatestRestorableDateTime: latest } = found?.ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {};
      return earliest === undefined || latest === undefined ? undefined : { earliest: earliest.getTime(), latest: latest.getTime() };
    },
    async restore(address, restored) {
      try {
        await client.send(new RestoreTableToPointInTimeCommand(restoreTableParameters(deployment, address, restored)));
      } catch (error) {
        // What an attempt before this one began; or a table of this name is just going, and the next look begins it.
        if (!begun.some((kind) => error instanceof kind)) throw error;
      }
    },
    async tag(address) {
      const found = await client.send(new DescribeTableCommand({ TableName: nameOf(address) }));
      await client.send(new TagResourceCommand({ ResourceArn: found.Table!.TableArn!, Tags: tagsOf(deployment, address) }));
    },
    async delete(address) {
      await unlessAbsent(client.send(new DeleteTableCommand({ TableName: nameOf(address) })));
    },
  };
}

export function createTableParameters(
  deployment: string, { datastoreId, table }: TableAddress, settings: TableSettings & { readonly keyArn: string },
): CreateTableCommandInput {
  return {
    TableName: storeTableName(deployment, datastoreId, table),
    AttributeDefinitions: [{ AttributeName: pk, AttributeType: 'S' }, { AttributeName: sk, AttributeType: 'S' }],
    KeySchema: [{ AttributeName: pk, KeyType: 'HASH' }, { AttributeName: sk, KeyType: 'RANGE' }],
    BillingMode: 'PAY_PER_REQUEST',
    SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: settings.keyArn },
    DeletionProtectionEnabled: true,
    Tags: tagsOf(deployment, { datastoreId }),
    ...(settings.stream ? { StreamSpecification: stream } : {}),
    ...(settings.warmth === undefined ? {} : { WarmThroughput: warmThroughput(settings.warmth) }),
    ...(hasBounds(settings.limit) ? { OnDemandThroughput: onDemandThroughput(settings.limit!) } : {}),
  };
}

function tagsOf(deployment: string, { datastoreId }: Pick<TableAddress, 'datastoreId'>) {
  return Object.entries(dataTags(deployment, datastoreId)).map(([Key, Value]) => ({ Key, Value }));
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableToPointInTime.html */
export function restoreTableParameters(
  deployment: string, { datastoreId, table }: TableAddress, { sourceId, point, keyArn }: TableRestore,
): RestoreTableToPointInTimeCommandInput {
  return {
    SourceTableName: storeTableName(deployment, sourceId, table),
    TargetTableName: storeTableName(deployment, datastoreId, table),
    RestoreDateTime: new Date(Math.floor(point / 1000) * 1000),
    BillingModeOverride: 'PAY_PER_REQUEST',
    SSESpecificationOverride: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: keyArn },
  };
}

function recoverySpecification(days: number | undefined): PointInTimeRecoverySpecification {
  if (days === 0) return { PointInTimeRecoveryEnabled: false };
  return { PointInTimeRecoveryEnabled: true, ...(days === undefined ? {} : { RecoveryPeriodInDays: days }) };
}

function hasBounds(limit: TableLimit | undefined): boolean {
  return limit?.readUnits !== undefined || limit?.writeUnits !== undefined;
}

/** How DynamoDB is told that there is no bound. */
const unbounded = -1;

function onDemandThroughput({ readUnits = unbounded, writeUnits = unbounded }: TableLimit) {
  return { MaxReadRequestUnits: readUnits, MaxWriteRequestUnits: writeUnits };
}

function limitOf(throughput: OnDemandThroughput | undefined): TableLimit {
  const { MaxReadRequestUnits: readUnits = unbounded, MaxWriteRequestUnits: writeUnits = unbounded } = throughput ?? {};
  return { ...(readUnits === unbounded ? {} : { readUnits }), ...(writeUnits === unbounded ? {} : { writeUnits }) };
}

function warmThroughput({ readUnits, writeUnits }: TableWarmth) {
  return { ReadUnitsPerSecond: readUnits, WriteUnitsPerSecond: writeUnits };
}

function description(table: Described): TableDescription {
  const { TableStatus, DeletionProtectionEnabled, StreamSpecification, LatestStreamArn, WarmThroughput, OnDemandThroughput } = table;
  const state = TableStatus === 'ACTIVE' ? 'active' : TableStatus === 'DELETING' ? 'deleting' : 'changing';
  const { ReadUnitsPerSecond: readUnits, WriteUnitsPerSecond: writeUnits } = WarmThroughput ?? {};
  return {
    state,
    deletionProtected: DeletionProtectionEnabled === true,
    limit: limitOf(OnDemandThroughput),
    ...(StreamSpecification?.StreamEnabled && LatestStreamArn !== undefined ? { streamArn: LatestStreamArn } : {}),
    ...(readUnits === undefined || writeUnits === undefined ? {} : { warmth: { readUnits, writeUnits } }),
  };
}

async function unlessAbsent<Output>(sent: Promise<Output>): Promise<Output | undefined> {
  try {
    return await sent;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
