/**
 * The SDK's clients of what only control calls, made once per process. Its own retries and time-outs are enough: steps are
 * repeated.
 */
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { SFNClient } from '@aws-sdk/client-sfn';
import { hasOneEndpoint } from './env.ts';

let kms: KMSClient | undefined;
export function kmsClient(): KMSClient {
  return (kms ??= new KMSClient({}));
}

let events: EventBridgeClient | undefined;
export function eventBridgeClient(): EventBridgeClient {
  return (events ??= new EventBridgeClient({}));
}

let lambda: LambdaClient | undefined;
export function lambdaClient(): LambdaClient {
  return (lambda ??= new LambdaClient({}));
}

let tagging: ResourceGroupsTaggingAPIClient | undefined;
export function taggingClient(): ResourceGroupsTaggingAPIClient {
  return (tagging ??= new ResourceGroupsTaggingAPIClient({}));
}

let sfn: SFNClient | undefined;
export function sfnClient(): SFNClient {
  return (sfn ??= new SFNClient({}));
}

let waitingSfn: SFNClient | undefined;
/** For runs whose end is waited for: they have an address of their own, `sync-states`, but where one endpoint is for all. Nothing is begun twice. */
export function waitingSfnClient(): SFNClient {
  return (waitingSfn ??= new SFNClient({ maxAttempts: 1, disableHostPrefix: hasOneEndpoint() }));
}
