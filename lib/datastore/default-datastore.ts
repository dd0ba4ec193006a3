/**
 * The data store that a deployment begins with: a custom resource, which has it made by the same workflow as any other.
 *
 * CloudFormation waits until it is ACTIVE, through CDK's provider framework: that calls the function again and again
 * until it says that it is done (https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html).
 */
import { CustomResource, Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Provider } from 'aws-cdk-lib/custom-resources';
import type { Construct } from 'constructs';
import { logGroup } from '../kit/log-group.ts';
import type { Settings } from '../kit/settings.ts';
import { storeSettings } from './definition.ts';

/** The function of the custom resource, in `src/aws/functions.ts`. */
export const defaultDatastoreFunction = 'default-datastore';

/** Between two looks: the tables of a store take some twenty seconds, its stream a minute or two. */
const queryInterval = Duration.seconds(10);

/** The most that CloudFormation waits for a custom resource. */
const totalTimeout = Duration.hours(1);

export interface DefaultDatastoreSurroundings {
  readonly handler: IFunction;
  readonly settings: Settings;
  readonly key: IKey;
}

/** Its attribute `DatastoreId` is the store's id. */
export function defaultDatastore(scope: Construct, { handler, settings, key }: DefaultDatastoreSurroundings): CustomResource {
  const provider = new Provider(scope, 'default-datastore-provider', {
    onEventHandler: handler,
    isCompleteHandler: handler,
    queryInterval,
    totalTimeout,
    logGroup: logGroup(scope, 'default-datastore-provider-log', {
      logGroupName: `/aws/lambda/${settings.name}-default-datastore-provider`, retentionDays: settings.logRetentionDays, key, retain: false,
    }),
    disableWaiterStateMachineLogging: true,
  });
  const { warmThroughput: warm, throughputLimit: max, omitIndex } = settings;
  return new CustomResource(scope, 'default-datastore-resource', {
    resourceType: 'Custom::CalderaDatastore',
    serviceToken: provider.serviceToken,
    properties: {
      DatastoreName: 'default',
      RemovalPolicy: settings.retain ? 'retain' : 'destroy',
      StoreSettings: String(storeSettings),
      ...(warm !== undefined && { WarmReadUnits: String(warm.readUnits), WarmWriteUnits: String(warm.writeUnits) }),
      ...(max.readUnits !== undefined && { MaxReadUnits: String(max.readUnits) }),
      ...(max.writeUnits !== undefined && { MaxWriteUnits: String(max.writeUnits) }),
      ...(omitIndex !== undefined && { OmitIndex: omitIndex.join(',') }),
    },
  });
}
