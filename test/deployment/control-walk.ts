/** AWS's client for HealthLake against the deployed function: signed for `execute-api`, through the gateway and the workflow. */
import { expect, test } from '@jest/globals';
import { CreateFHIRDatastoreCommand, DeleteFHIRDatastoreCommand, HealthLakeClient, waitUntilFHIRDatastoreActive } from '@aws-sdk/client-healthlake';
import type { HealthLakeClientConfig } from '@aws-sdk/client-healthlake';
import { client as fhirClient } from '../conformance/client.ts';
import { healthlakeClientWalk } from '../control/healthlake-client.ts';
import type { Walked } from '../control/healthlake-client.ts';
import type { Deployed } from './deployed.ts';

export function deployedControlWalk(deployed: () => Deployed): void {
  let client: HealthLakeClient | undefined;
  const walked = (): Walked => {
    const { gateway, caller: { credentials }, assembly: { place: { region, account } } } = deployed();
    // The types leave `signingName` out; the signer reads it before the service's own name.
    const signedForGateway: HealthLakeClientConfig & { signingName: string } = { endpoint: gateway.url, region, credentials, signingName: 'execute-api' };
    client ??= new HealthLakeClient(signedForGateway);
    return { client, fhir: asked, populationSeconds: 280, arnPattern: new RegExp(`^arn:aws:healthlake:${region}:${account}:datastore/fhir/[0-9a-f]{32}$`) };
  };
  healthlakeClientWalk(walked);

  test('a data store that the workflow is making cannot be deleted before it is there', async () => {
    const { client } = walked();
    const { DatastoreId } = await client.send(new CreateFHIRDatastoreCommand({ DatastoreTypeVersion: 'R4' }));
    await expect(client.send(new DeleteFHIRDatastoreCommand({ DatastoreId }))).rejects.toMatchObject({ name: 'ConflictException' });
    await waitUntilFHIRDatastoreActive({ client, maxWaitTime: 60, minDelay: 0.05, maxDelay: 0.2 }, { DatastoreId });
    expect(await client.send(new DeleteFHIRDatastoreCommand({ DatastoreId }))).toMatchObject({ DatastoreStatus: 'DELETING' });
  });
}

const asked: Walked['fhir'] = async (method, url, body) => {
  const { origin, pathname, search } = new URL(url);
  const http = fhirClient(origin);
  return method === 'POST' ? http.post(pathname + search, body ?? {}) : http.get(pathname + search);
};
