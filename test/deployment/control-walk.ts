/** AWS's client for HealthLake against the deployed function: signed for `execute-api`, through the gateway and the workflow. */
import { expect, test } from '@jest/globals';
import { CreateFHIRDatastoreCommand, DeleteFHIRDatastoreCommand, HealthLakeClient, waitUntilFHIRDatastoreActive } from '@aws-sdk/client-healthlake';
import type { HealthLakeClientConfig } from '@aws-sdk/client-healthlake';
import { client as fhirClient } from '../conformance/client.ts';
import { boto3Walk } from '../control/boto3.ts';
import { healthlakeClientWalk } from '../control/healthlake-client.ts';
import type { Walked } from '../control/healthlake-client.ts';
import type { Deployed } from './deployed.ts';
import { dynamoCall } from './engines.ts';
import { healthlakeCall } from './healthlake-call.ts';
import { bucketOf } from './kept-objects.ts';

export function deployedControlWalk(deployed: () => Deployed): void {
  let client: HealthLakeClient | undefined;
  const walked = (): Walked => {
    const { gateway, caller: { credentials }, assembly: { place: { region, account } } } = deployed();
    // The types leave `signingName` out; the signer reads it before the service's own name.
    const signedForGateway: HealthLakeClientConfig & { signingName: string } = { endpoint: gateway.url, region, credentials, signingName: 'execute-api' };
    client ??= new HealthLakeClient(signedForGateway);
    return { client, place: `s3://${bucketOf(deployed(), 'jobs')}/walk`, fhir: asked, arnPattern: new RegExp(`^arn:aws:healthlake:${region}:${account}:datastore/fhir/[0-9a-f]{32}$`) };
  };
  healthlakeClientWalk(walked);

  test('a data store that the workflow is making cannot be deleted before it is there', async () => {
    const { client } = walked();
    const { DatastoreId } = await client.send(new CreateFHIRDatastoreCommand({ DatastoreTypeVersion: 'R4' }));
    await expect(client.send(new DeleteFHIRDatastoreCommand({ DatastoreId }))).rejects.toMatchObject({ name: 'ConflictException' });
    await waitUntilFHIRDatastoreActive({ client, maxWaitTime: 60, minDelay: 0.05, maxDelay: 0.2 }, { DatastoreId });
    expect(await client.send(new DeleteFHIRDatastoreCommand({ DatastoreId }))).toMatchObject({ DatastoreStatus: 'DELETING' });
  });

  test('a data store is changed by the newer operations, has a backup, and gets what it still lacks of its population', async () => {
    const { client, fhir } = walked();
    const { DatastoreId: id, DatastoreEndpoint } = await client.send(new CreateFHIRDatastoreCommand({ DatastoreTypeVersion: 'R4', DatastoreName: 'populated' }));
    await waitUntilFHIRDatastoreActive({ client, maxWaitTime: 60, minDelay: 0.05, maxDelay: 0.2 }, { DatastoreId: id });
    // As SYNTHEA leaves it at the beginning; twenty patients would take the engines minutes.
    await dynamoCall(deployed().engines.dynamodb, 'DynamoDB_20120810.UpdateItem', {
      TableName: 'caldera-control', Key: { pk: { S: 'datastores' }, sk: { S: id } },
      UpdateExpression: 'SET #patients = :one, #seed = :one', ExpressionAttributeNames: { '#patients': '_patients', '#seed': '_seed' }, ExpressionAttributeValues: { ':one': { N: '1' } },
    });
    const updated = await healthlakeCall(deployed(), 'UpdateFHIRDatastore', { DatastoreId: id, NlpConfiguration: { Status: 'ENABLED' } });
    expect(updated.DatastoreProperties).toMatchObject({ DatastoreStatus: 'UPDATING', NlpConfiguration: { Status: 'ENABLING' } });
    await waitUntilFHIRDatastoreActive({ client, maxWaitTime: 90, minDelay: 0.05, maxDelay: 0.5 }, { DatastoreId: id });
    const { DatastoreProperties: properties } = await healthlakeCall(deployed(), 'DescribeFHIRDatastore', { DatastoreId: id });
    expect(properties).toMatchObject({ NlpConfiguration: { Status: 'ENABLED' }, BackupStatusInfo: { Configuration: { Status: 'ENABLED' }, LatestRestorePoint: expect.any(Number) } });
    expect((await fhir('GET', `${DatastoreEndpoint}Patient?_summary=count`)).body.total).toBe(1);
    await client.send(new DeleteFHIRDatastoreCommand({ DatastoreId: id }));
  });

  test('boto3 walks every operation, but for restores, signing for the gateway', async () => {
    const { gateway, caller: { credentials }, assembly: { place: { region } } } = deployed();
    const place = `s3://${bucketOf(deployed(), 'jobs')}/boto3`;
    expect(await boto3Walk({ endpoint: `${gateway.url}/`, region, ...credentials, signingName: 'execute-api', restores: false, place })).toBe('');
  });
}

const asked: Walked['fhir'] = async (method, url, body) => {
  const { origin, pathname, search } = new URL(url);
  const http = fhirClient(origin);
  return method === 'POST' ? http.post(pathname + search, body ?? {}) : http.get(pathname + search);
};
