/**
 * The engines behind the emulated account: those that are installed and started by `scripts/wire-engines.mjs` are emptied for
 * every deployment, queues are made for each. Nothing of another one is there.
 */
import { queueEngine } from './queue-engine.ts';
import type { QueueEngine } from './queue-engine.ts';

export interface Engines {
  readonly dynamodb: string;
  /** Answers S3. */
  readonly moto: string;
  readonly queues: QueueEngine;
}

/** moto's own account, so that ARNs agree. */
export const engineAccount = '123456789012';

export function enginesOfEnvironment(): Engines {
  const named = (variable: string): string => {
    const value = process.env[variable];
    if (value === undefined || value === '') throw new Error(`${variable} is missing: run npm run test:deployment, which starts the engines.`);
    return value;
  };
  return { dynamodb: named('CALDERA_DYNAMODB_ENDPOINT'), moto: named('CALDERA_S3_ENDPOINT'), queues: queueEngine((name) => `https://sqs.eu-central-1.amazonaws.com/${engineAccount}/${name}`) };
}

export async function emptyEngines({ dynamodb, moto }: Engines): Promise<void> {
  const reset = await fetch(`${moto}/moto-api/reset`, { method: 'POST' });
  if (!reset.ok) throw new Error('moto cannot be reset.');
  for (const TableName of (await dynamoCall(dynamodb, 'DynamoDB_20120810.ListTables', {}))['TableNames'] as string[]) {
    await dynamoCall(dynamodb, 'DynamoDB_20120810.UpdateTable', { TableName, DeletionProtectionEnabled: false });
    await dynamoCall(dynamodb, 'DynamoDB_20120810.DeleteTable', { TableName });
  }
}

/** A call of the harness itself, straight to the engine. @throws Error with the engine's message */
// oxlint-disable-next-line typescript/no-explicit-any -- each operation has its own answer
export async function dynamoCall(engine: string, target: string, input: object): Promise<any> {
  const headers = { ...harnessHeaders('dynamodb'), 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target };
  const response = await fetch(engine, { method: 'POST', headers, body: JSON.stringify(input) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${target}: ${text}`);
  return JSON.parse(text) as unknown;
}

export async function bucketCall(engine: string, method: string, path: string, body?: string): Promise<string> {
  const response = await fetch(`${engine}${path}`, { method, headers: harnessHeaders('s3'), body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
  return text;
}

/** Engines read the region and the service out of the credential's scope. */
function harnessHeaders(service: string): Record<string, string> {
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=HARNESS/20261122/eu-central-1/${service}/aws4_request, SignedHeaders=host, Signature=00`,
    'x-amz-date': '20261122T120000Z',
  };
}
