/**
 * Data stores' keys in KMS (https://docs.aws.amazon.com/kms/latest/APIReference/Welcome.html). A key is known by its alias,
 * and before it has one by its tags. Its policy is KMS's own, which leaves everything to IAM.
 */
import {
  AlreadyExistsException, CreateAliasCommand, CreateKeyCommand, DeleteAliasCommand, DescribeKeyCommand, EnableKeyRotationCommand,
  KMSInvalidStateException, NotFoundException, ScheduleKeyDeletionCommand, UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import type { KMSClient } from '@aws-sdk/client-kms';
import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import type { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { KeyUnusable } from '../ports/key-administration.ts';
import type { KeyAdministration } from '../ports/key-administration.ts';
import { dataTags, offeredKey, storeKeyAlias } from './names.ts';

/** KMS's longest: as long as a deletion can be regretted. The last backups of tables are kept for five days more. */
export const deletionWaitDays = 30;

export interface KmsKeysOptions {
  readonly client: Pick<KMSClient, 'send'>;
  readonly tagging: Pick<ResourceGroupsTaggingAPIClient, 'send'>;
  readonly deployment: string;
}

export function kmsKeys({ client, tagging, deployment }: KmsKeysOptions): KeyAdministration {
  /** The ARN of a key that is there and not being deleted. */
  const usable = async (KeyId: string): Promise<string | undefined> => {
    const found = await unless([NotFoundException], client.send(new DescribeKeyCommand({ KeyId })));
    const { Arn, KeyState } = found?.KeyMetadata ?? {};
    return KeyState === 'PendingDeletion' ? undefined : Arn;
  };
  return {
    async find(datastoreId) {
      const tags = dataTags(deployment, datastoreId);
      const TagFilters = Object.entries(tags).map(([Key, value]) => ({ Key, Values: [value] }));
      const search = new GetResourcesCommand({ ResourceTypeFilters: ['kms:key'], TagFilters });
      const { ResourceTagMappingList = [] } = await tagging.send(search);
      const tagged = ResourceTagMappingList.flatMap(({ ResourceARN = [] }) => ResourceARN);
      const arns = await Promise.all([storeKeyAlias(deployment, datastoreId), ...tagged].map(usable));
      return [...new Set(arns.flatMap((arn) => arn ?? []))];
    },
    async create(datastoreId) {
      const Tags = Object.entries(dataTags(deployment, datastoreId)).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
      const Description = `Caldera ${deployment}: everything in the data store ${datastoreId}`;
      const { KeyMetadata } = await client.send(new CreateKeyCommand({ Description, Tags }));
      return KeyMetadata!.Arn!;
    },
    async offered(name) {
      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: name })).catch((error: Error) => {
        if (!absentOrWithheld.has(error.name)) throw error;
        throw new KeyUnusable(notOffered(deployment));
      });
      const { Arn, KeyState, KeySpec, KeyUsage, KeyManager } = KeyMetadata ?? {};
      const fits = KeySpec === 'SYMMETRIC_DEFAULT' && KeyUsage === 'ENCRYPT_DECRYPT' && KeyManager === 'CUSTOMER';
      if (!fits) throw new KeyUnusable('The key that the data store is to be under must be a symmetric key of yours for encryption.');
      if (KeyState !== 'Enabled') throw new KeyUnusable(`The key that the data store is to be under is ${KeyState}. Enable it, or name another.`);
      return Arn!;
    },
    async enableRotation(KeyId) {
      await client.send(new EnableKeyRotationCommand({ KeyId }));
    },
    async assignAlias(datastoreId, TargetKeyId) {
      const alias = { AliasName: storeKeyAlias(deployment, datastoreId), TargetKeyId };
      const made = await unless([AlreadyExistsException], client.send(new CreateAliasCommand(alias)));
      if (made === undefined) await client.send(new UpdateAliasCommand(alias));
    },
    async scheduleDeletion(KeyId) {
      // A key that is on its way out already cannot be sent there again.
      const command = new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: deletionWaitDays });
      await unless([NotFoundException, KMSInvalidStateException], client.send(command));
    },
    async removeAlias(datastoreId) {
      const command = new DeleteAliasCommand({ AliasName: storeKeyAlias(deployment, datastoreId) });
      await unless([NotFoundException], client.send(command));
    },
  };
}

/** KMS says of keys in other places and of names without a key, too, that there is no access. */
const absentOrWithheld: ReadonlySet<string> = new Set(['NotFoundException', 'AccessDeniedException', 'InvalidArnException']);

function notOffered(deployment: string): string {
  const tags = Object.entries(dataTags(deployment, offeredKey)).map(([name, value]) => `${name} = ${value}`).join(' and ');
  return `The key that the data store is to be under cannot be used. It must be of this account and region, its policy must leave access to IAM, and its owner offers it by the tags ${tags}.`;
}

async function unless<Output>(
  expected: readonly (new (...given: never[]) => Error)[], sent: Promise<Output>,
): Promise<Output | undefined> {
  try {
    return await sent;
  } catch (error) {
    if (expected.some((kind) => error instanceof kind)) return undefined;
    throw error;
  }
}
