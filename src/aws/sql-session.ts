/**
 * Who asks Athena a data store's questions: the query role, narrowed to that store for an hour by a session policy
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session). Athena reads tables and files in the
 * name of whoever asks, so that no statement, whatever it says, reaches another store, another catalog, or any place to write
 * to but that of its answers.
 */
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import type { STSClient } from '@aws-sdk/client-sts';
import { analyticsPrefix, lakeDatabaseName, offeredKey, sqlAnswersPrefix, storeKeyTags, workgroupName } from './names.ts';

/** The most that a role assumed by a role has. */
export const sessionSeconds = 3600;
/** What Athena is asked with a session, and links that it signed, are to be done with before its end. */
const leftMs = 10 * 60 * 1000;

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html: `Policy`. */
export const maxSessionPolicyLength = 2048;

export const athenaCalls = ['StartQueryExecution', 'GetQueryExecution', 'GetQueryRuntimeStatistics', 'GetQueryResults', 'StopQueryExecution'] as const;
/** What Athena asks of Glue for a SELECT over tables and views. */
export const catalogCalls = ['GetDatabase', 'GetTable', 'GetTables', 'GetPartitions'] as const;

export interface SessionPlace {
  readonly deployment: string;
  readonly datastoreId: string;
  readonly bucket: string;
  /** `arn:aws:iam::123456789012:role/…` */
  readonly roleArn: string;
  readonly region: string;
}

export function sessionPolicy({ deployment, datastoreId, bucket, roleArn, region }: SessionPlace): string {
  const [, partition, , , account] = roleArn.split(':');
  const arn = (service: string, resource: string): string => `arn:${partition}:${service}:${region}:${account}:${resource}`;
  const objects = `arn:${partition}:s3:::${bucket}`;
  const database = lakeDatabaseName(deployment, datastoreId);
  const allow = (Action: readonly string[], Resource: string | readonly string[], Condition?: object) => ({ Effect: 'Allow', Action, Resource, Condition });
  const answers = sqlAnswersPrefix(datastoreId);
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      allow(athenaCalls.map((call) => `athena:${call}`), arn('athena', `workgroup/${workgroupName(deployment, datastoreId)}`)),
      allow(catalogCalls.map((call) => `glue:${call}`), [arn('glue', 'catalog'), arn('glue', `database/${database}`), arn('glue', `table/${database}/*`)]),
      // Athena looks whether there is such a database before it reads another.
      allow(['glue:GetDatabase'], arn('glue', 'database/default')),
      allow(['s3:GetObject'], `${objects}/${analyticsPrefix(datastoreId)}*`),
      allow(['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], `${objects}/${answers}*`),
      allow(['s3:ListBucket'], objects, { StringLike: { 's3:prefix': [`${analyticsPrefix(datastoreId)}*`, `${answers}*`] } }),
      allow(['s3:GetBucketLocation', 's3:ListBucketMultipartUploads'], objects),
      allow(['kms:Decrypt', 'kms:GenerateDataKey'], '*', { StringEquals: { [`aws:ResourceTag/${storeKeyTags.datastore}`]: [datastoreId, offeredKey] } }),
    ],
  });
}

export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export interface SqlSessionOptions extends SessionPlace {
  readonly client: Pick<STSClient, 'send'>;
  readonly clock: { now(): number };
}

/** @returns credentials of one data store's session, the same until shortly before their end */
export function sqlSession({ client, clock, ...place }: SqlSessionOptions): () => Promise<SessionCredentials> {
  let kept: Promise<SessionCredentials> | undefined;
  let until = 0;
  const begin = async (): Promise<SessionCredentials> => {
    const { Credentials } = await client.send(new AssumeRoleCommand({
      RoleArn: place.roleArn, RoleSessionName: place.datastoreId, DurationSeconds: sessionSeconds, Policy: sessionPolicy(place),
    }));
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials!;
    until = Expiration!.getTime() - leftMs;
    return { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken, expiration: Expiration };
  };
  return async () => {
    if (kept === undefined || clock.now() >= until) {
      // Several questions at once begin one session; one that cannot be begun is begun anew by the next.
      until = clock.now() + leftMs;
      kept = begin().catch((error: unknown) => {
        kept = undefined;
        throw error;
      });
    }
    return kept;
  };
}
