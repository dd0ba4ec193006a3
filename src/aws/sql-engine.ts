/** The engine of a data store's questions on AWS: Athena, as the store's session, over the lake that the workflow keeps. */
import { AthenaClient } from '@aws-sdk/client-athena';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { systemClock } from '../machine/system-clock.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import { readLakeState } from '../operations/lake/lake-state.ts';
import { SqlNotReady } from '../ports/sql-engine.ts';
import type { SqlEngine } from '../ports/sql-engine.ts';
import { athenaAnswers } from './athena-answers.ts';
import { athenaSqlEngine } from './athena-sql-engine.ts';
import { environmentVariable } from './env.ts';
import { freshWithinMs } from './lake-freshness.ts';
import { environment, lakeDatabaseName, sqlAnswersPrefix, storeKeyAlias, workgroupName } from './names.ts';
import { sqlSession } from './sql-session.ts';
import { storeTable } from './store-tables.ts';

/** @returns the engine of a data store; the function has `queryRoleArn` in its environment */
export function sqlEngine(): (record: Pick<DatastoreRecord, 'id'>) => SqlEngine {
  const deployment = environmentVariable(environment.deployment);
  const bucket = environmentVariable(environment.objectsBucket);
  const place = { deployment, bucket, roleArn: environmentVariable(environment.queryRoleArn), region: environmentVariable('AWS_REGION') };
  const client = new STSClient({});
  return ({ id: datastoreId }) => {
    const credentials = sqlSession({ ...place, datastoreId, client, clock: systemClock });
    const answers = athenaAnswers({ client: new S3Client({ credentials }), bucket, prefix: sqlAnswersPrefix(datastoreId), keyAlias: storeKeyAlias(deployment, datastoreId) });
    return athenaSqlEngine({
      client: new AthenaClient({ credentials }), answers, clock: systemClock,
      database: lakeDatabaseName(deployment, datastoreId), workgroup: workgroupName(deployment, datastoreId),
      asOf: () => lakeAsOf(datastoreId),
    });
  };
}

/** @throws SqlNotReady */
async function lakeAsOf(datastoreId: string): Promise<number> {
  const state = await readLakeState({ jobs: storeTable(datastoreId, 'jobs') });
  if (state?.pausedAsOf !== undefined) return state.pausedAsOf;
  if (state?.isWhole !== true) throw new SqlNotReady('The lake of the data store is not whole.');
  return systemClock.now() - freshWithinMs;
}
