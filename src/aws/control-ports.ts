/** What the steps of the data store workflow are made with, from the environment of their functions. */
import { randomBytes } from 'node:crypto';
import { systemClock } from '../machine/system-clock.ts';
import type { DefaultDatastoreDependencies } from '../operations/datastore/default-datastore.ts';
import type { KeyAdministration } from '../ports/key-administration.ts';
import type { ObjectCopies } from '../ports/object-copies.ts';
import type { ObjectRemoval } from '../ports/object-removal.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { StreamMappings } from '../ports/stream-mappings.ts';
import type { TableAdministration } from '../ports/table-administration.ts';
import { announcedControlRecords, readersGraceMs } from './announced-control.ts';
import { dynamoClient, s3Client } from './clients.ts';
import { kmsClient, lambdaClient, sfnClient, taggingClient } from './control-clients.ts';
import { dynamoTableAdministration } from './dynamo-table-administration.ts';
import { environmentVariable } from './env.ts';
import { kmsKeys } from './kms-keys.ts';
import { lambdaStreamMappings } from './lambda-stream-mappings.ts';
import { environment, objectsPrefix, storeKeyAlias } from './names.ts';
import { s3ObjectCopies } from './s3-object-copies.ts';
import { s3ObjectRemoval } from './s3-object-removal.ts';
import { s3Objects } from './s3-objects.ts';
import { stepFunctionsWorkflow } from './step-functions-workflow.ts';

/** The key of an HMAC-SHA-256, of its full strength. */
const secretBytes = 32;

const deployment = environmentVariable(environment.deployment);

export function tableAdministration(): TableAdministration {
  return dynamoTableAdministration({ client: dynamoClient(), deployment });
}

export function keyAdministration(): KeyAdministration {
  return kmsKeys({ client: kmsClient(), tagging: taggingClient(), deployment });
}

export function streamMappings(): StreamMappings {
  const functionName = environmentVariable(environment.streamFunctionName);
  const failureQueueArn = environmentVariable(environment.streamFailureQueueArn);
  return lambdaStreamMappings({ client: lambdaClient(), deployment, functionName, failureQueueArn });
}

export function objectsOf(datastoreId: string): ObjectStore {
  const place = { bucket: environmentVariable(environment.objectsBucket), prefix: objectsPrefix(datastoreId) };
  return s3Objects({ client: s3Client(), ...place, keyAlias: storeKeyAlias(deployment, datastoreId) });
}

export function objectRemoval(): ObjectRemoval {
  return s3ObjectRemoval({ client: s3Client(), bucket: environmentVariable(environment.objectsBucket) });
}

export function objectCopies(): ObjectCopies {
  return s3ObjectCopies({ client: s3Client(), bucket: environmentVariable(environment.objectsBucket), deployment });
}

/** A run of a step that goes on until its time is up: 12 of the 15 minutes that Lambda allows. */
const sliceMs = 12 * 60 * 1000;

export function timeIsUp(): () => boolean {
  const until = systemClock.now() + sliceMs;
  return () => systemClock.now() >= until;
}

export function verbDependencies(): DefaultDatastoreDependencies {
  const stateMachineArn = environmentVariable(environment.workflowArn);
  return {
    deployment,
    records: announcedControlRecords({ graceMs: readersGraceMs }),
    workflow: stepFunctionsWorkflow({ client: sfnClient(), stateMachineArn }),
    clock: systemClock,
    newSecret: () => randomBytes(secretBytes),
  };
}
