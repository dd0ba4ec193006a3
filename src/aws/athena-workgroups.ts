/**
 * The workgroup of Athena that a data store's questions run in
 * (https://docs.aws.amazon.com/athena/latest/APIReference/API_WorkGroupConfiguration.html): whatever who asks says, answers lie
 * in the store's place under the store's key, and a question that reads too much ends. Its history has the texts of questions,
 * which may name a patient, so nobody but the store's own callers is to see it: a store, a workgroup.
 */
import { CreateWorkGroupCommand, DeleteWorkGroupCommand, GetWorkGroupCommand, UpdateWorkGroupCommand } from '@aws-sdk/client-athena';
import type { AthenaClient, WorkGroupConfiguration } from '@aws-sdk/client-athena';
import type { LakeCatalog } from '../ports/lake-catalog.ts';
import { dataTags, sqlAnswersPrefix, workgroupName } from './names.ts';

/** 100 GB, of which Athena takes half a dollar: all of a store of a million patients several times over. */
export const maxScannedBytes = 100_000_000_000;

/** Trino, which our statements are written for. */
const engine = 'Athena engine version 3';

export interface AthenaWorkgroupsOptions {
  readonly client: Pick<AthenaClient, 'send'>;
  readonly deployment: string;
  readonly bucket: string;
}

export function athenaWorkgroups({ client, deployment, bucket }: AthenaWorkgroupsOptions): LakeCatalog {
  const find = async (WorkGroup: string): Promise<WorkGroupConfiguration | undefined> => {
    const found = await unlessMissing(client.send(new GetWorkGroupCommand({ WorkGroup })));
    return found?.WorkGroup?.Configuration;
  };
  return {
    async provide(datastoreId, { keyArn }) {
      const Name = workgroupName(deployment, datastoreId);
      const ResultConfiguration = {
        OutputLocation: `s3://${bucket}/${sqlAnswersPrefix(datastoreId)}`,
        EncryptionConfiguration: { EncryptionOption: 'SSE_KMS', KmsKey: keyArn },
      } as const;
      const rest = {
        EnforceWorkGroupConfiguration: true,
        PublishCloudWatchMetricsEnabled: true,
        BytesScannedCutoffPerQuery: maxScannedBytes,
        EngineVersion: { SelectedEngineVersion: engine },
      };
      const found = await find(Name);
      if (found === undefined) {
        const Tags = Object.entries(dataTags(deployment, datastoreId)).map(([Key, Value]) => ({ Key, Value }));
        await client.send(new CreateWorkGroupCommand({ Name, Description: `Questions of data store ${datastoreId}`, Configuration: { ...rest, ResultConfiguration }, Tags }));
      } else if (!isAsWanted(found, { ...rest, ResultConfiguration })) {
        await client.send(new UpdateWorkGroupCommand({ WorkGroup: Name, ConfigurationUpdates: { ...rest, ResultConfigurationUpdates: ResultConfiguration } }));
      }
    },
    async remove(datastoreId) {
      const WorkGroup = workgroupName(deployment, datastoreId);
      await unlessMissing(client.send(new DeleteWorkGroupCommand({ WorkGroup, RecursiveDeleteOption: true })));
    },
  };
}

function isAsWanted(found: WorkGroupConfiguration, wanted: WorkGroupConfiguration): boolean {
  const told = ({ ResultConfiguration: results, EngineVersion, EnforceWorkGroupConfiguration, BytesScannedCutoffPerQuery, PublishCloudWatchMetricsEnabled }: WorkGroupConfiguration): string =>
    JSON.stringify([
      results?.OutputLocation, results?.EncryptionConfiguration?.EncryptionOption, results?.EncryptionConfiguration?.KmsKey, EngineVersion?.SelectedEngineVersion,
      EnforceWorkGroupConfiguration, BytesScannedCutoffPerQuery, PublishCloudWatchMetricsEnabled,
    ]);
  return told(found) === told(wanted);
}

/** Athena has no error of its own for what is not there, but says so. */
async function unlessMissing<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && error.name === 'InvalidRequestException' && / is not found/.test(error.message)) return undefined;
    throw error;
  }
}
