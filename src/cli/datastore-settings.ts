/** Options of data stores as the configurations of HealthLake's control API. */
import type { Option, Values } from './command.ts';
import type { JsonObject } from './control.ts';
import { WrongUse } from './failure.ts';
import { readFileOrInput } from './input.ts';
import type { Terminal } from './terminal.ts';

/** What can be chosen when a store is made and changed later. */
export const settingOptions: Readonly<Record<string, Option>> = {
  name: { value: 'NAME', says: 'its name' },
  analytics: { value: 'STATUS', says: 'SQL over its resources: enabled, paused or disabled' },
  nlp: { value: 'STATUS', says: 'resources from clinical notes: enabled or disabled' },
  'default-profile': { value: 'PROFILE', multiple: true, says: 'a profile that every write is held to, as us-core-3.1.1' },
  'backup-days': { value: 'DAYS', says: 'keep continuous backups for 1 to 30 days; 0 keeps none' },
  'identity-provider': { value: 'FILE', says: 'the IdentityProviderConfiguration, as JSON' },
};

/** What can be chosen once. */
export const creationOptions: Readonly<Record<string, Option>> = {
  'kms-key-id': { value: 'KEY', says: 'encrypt with this key of yours' },
  tag: { value: 'KEY=VALUE', multiple: true, says: 'a tag' },
};

const statuses: Readonly<Record<string, readonly string[]>> = {
  analytics: ['enabled', 'paused', 'disabled'],
  nlp: ['enabled', 'disabled'],
};

/** @throws WrongUse when a value is none of those there are */
export async function settings(options: Values, terminal: Terminal): Promise<JsonObject> {
  const profiles = options.texts('default-profile');
  const provider = options.text('identity-provider');
  return {
    DatastoreName: options.text('name'),
    AnalyticsConfiguration: status(options, 'analytics'),
    NlpConfiguration: status(options, 'nlp'),
    ProfileConfiguration: profiles.length === 0 ? undefined : { DefaultProfiles: profiles },
    BackupConfiguration: backup(options.number('backup-days', { least: 0, most: 30 })),
    IdentityProviderConfiguration: provider === undefined ? undefined : await jsonObject(provider, terminal),
  };
}

function status(options: Values, name: 'analytics' | 'nlp'): JsonObject | undefined {
  const value = options.text(name);
  if (value === undefined) return undefined;
  if (!statuses[name]?.includes(value)) throw new WrongUse(`--${name} is one of ${statuses[name]?.join(', ')}.`);
  return { Status: value.toUpperCase() };
}

function backup(days: number | undefined): JsonObject | undefined {
  if (days === undefined) return undefined;
  return days === 0 ? { Status: 'DISABLED' } : { Status: 'ENABLED', BackupType: 'CONTINUOUS', RetentionPeriodInDays: days };
}

async function jsonObject(path: string, terminal: Terminal): Promise<JsonObject> {
  const text = Buffer.from(await readFileOrInput(path, terminal)).toString('utf8');
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    throw new WrongUse(`${path} is not JSON.`);
  }
}

/** Encryption and tags of a new store. */
export function creation(options: Values): JsonObject {
  const key = options.text('kms-key-id');
  const tags = options.texts('tag').map(tagOf);
  return {
    SseConfiguration: key === undefined ? undefined : { KmsEncryptionConfig: { CmkType: 'CUSTOMER_MANAGED_KMS_KEY', KmsKeyId: key } },
    Tags: tags.length === 0 ? undefined : tags,
  };
}

/** @throws WrongUse when there is no = in it */
export function tagOf(text: string): { readonly Key: string; readonly Value: string } {
  const at = text.indexOf('=');
  if (at < 1) throw new WrongUse(`A tag is written KEY=VALUE, as team=research.`);
  return { Key: text.slice(0, at), Value: text.slice(at + 1) };
}
