/**
 * The SDK's clients, made once per process and kept: their connections outlive a request
 * (https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/node-reusing-connections.html).
 *
 * Each lies behind a function, so that a bundle has the clients that its function calls and no others.
 */
import { ComprehendMedicalClient } from '@aws-sdk/client-comprehendmedical';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { environmentVariable } from './env.ts';
import { limitedSends } from './limited-sends.ts';
import { environment, ownRegion } from './names.ts';

/**
 * Attempts of one call by the SDK, and how long each may take. A put whose answer is lost is sent five times by the
 * store: 5 × 2 × 2.5 s end within the 30 s that a commit has after its latest beginning (`latestCommitMs`).
 */
export const tableAttempts = 2;
export const tableTimeoutMs = 2_500;
/** Within a region, a connection that is not made by then is not going to be. */
const connectionTimeoutMs = 1_000;
/** Those of a transaction's members that are settled side by side (`settlementWidth`), and some more. */
const maxConnections = 96;
/** A body of 5 MB over a slow minute; one that is never answered leaves time to say so. */
const objectTimeoutMs = 10_000;
/** A file of a lake, some hundred megabytes, at a tenth of what S3 gives. */
const largeObjectTimeoutMs = 120_000;
const queueTimeoutMs = 3_000;
/** A text of 20,000 bytes takes seconds to read. */
const textTimeoutMs = 15_000;

function timeouts(requestTimeout: number) {
  const requestHandler = { connectionTimeout: connectionTimeoutMs, requestTimeout, throwOnRequestTimeout: true, httpsAgent: { maxSockets: maxConnections } };
  return { requestHandler };
}

let dynamo: Pick<DynamoDBClient, 'send'> | undefined;
export function dynamoClient(): Pick<DynamoDBClient, 'send'> {
  return (dynamo ??= limitedSends(new DynamoDBClient({ maxAttempts: tableAttempts, ...timeouts(tableTimeoutMs) }), maxConnections));
}

let s3: S3Client | undefined;
export function s3Client(): S3Client {
  return (s3 ??= new S3Client(timeouts(objectTimeoutMs)));
}

let largeObjects: S3Client | undefined;
export function largeObjectsClient(): S3Client {
  return (largeObjects ??= new S3Client(timeouts(largeObjectTimeoutMs)));
}

let sqs: SQSClient | undefined;
export function sqsClient(): SQSClient {
  return (sqs ??= new SQSClient(timeouts(queueTimeoutMs)));
}

let comprehendMedical: ComprehendMedicalClient | undefined;
/** With one attempt: comprehend-medical-nlp.ts counts them. */
export function comprehendMedicalClient(): ComprehendMedicalClient {
  const chosen = environmentVariable(environment.medicalRegion);
  return (comprehendMedical ??= new ComprehendMedicalClient({ maxAttempts: 1, ...(chosen !== ownRegion && { region: chosen }), ...timeouts(textTimeoutMs) }));
}
