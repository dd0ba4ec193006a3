/**
 * What may be asked of a data store beyond the shape of the request: the rules between members, of HealthLake and of what
 * this platform has. All are refused as ValidationException before anything is made.
 */
import type { DatastoreConfiguration, Tag } from '../datastore/datastore-configuration.ts';
import type { BackupConfiguration, DatastoreRecord } from '../datastore/datastore-record.ts';
import { validationError } from './control-error.ts';
import type { ControlDependencies, InputOf } from './control-operation.ts';

type Wishes = Pick<InputOf<'CreateFHIRDatastore'>,
  'SseConfiguration' | 'AnalyticsConfiguration' | 'NlpConfiguration' | 'ProfileConfiguration' | 'IdentityProviderConfiguration'>;

/** Where neither the request nor the store's record says. */
export const defaultRetentionDays = 7;

/** @throws ControlError ValidationException */
export function createdConfiguration(wishes: Wishes, preload?: InputOf<'CreateFHIRDatastore'>['PreloadDataConfig']): DatastoreConfiguration {
  requireOneOf('analyticsConfiguration', wishes.AnalyticsConfiguration?.Status, ['ENABLED', 'PAUSED']);
  return {
    ...checkedWishes(wishes),
    NlpConfiguration: { Status: wishes.NlpConfiguration?.Status ?? 'DISABLED' },
    ...(preload === undefined ? {} : { PreloadDataConfig: preload }),
  };
}

/** @throws ControlError ValidationException */
export function changedConfiguration(wishes: Omit<Wishes, 'SseConfiguration'>): DatastoreConfiguration {
  requireOneOf('analyticsConfiguration', wishes.AnalyticsConfiguration?.Status, ['ENABLED', 'PAUSED', 'DISABLED']);
  return checkedWishes(wishes);
}

/** Only what was wished for. */
function checkedWishes(wishes: Wishes): DatastoreConfiguration {
  const { SseConfiguration: sse, IdentityProviderConfiguration: provider, AnalyticsConfiguration: analytics, NlpConfiguration: nlp } = wishes;
  requireOneOf('nlpConfiguration', nlp?.Status, ['ENABLED', 'DISABLED']);
  if (sse !== undefined) requireOneKey(sse);
  if (provider !== undefined) requireEnforced(provider);
  if (provider?.Metadata !== undefined) requireJsonObject(provider.Metadata);
  return {
    ...(sse === undefined ? {} : { SseConfiguration: sse }),
    ...(provider === undefined ? {} : { IdentityProviderConfiguration: provider }),
    ...(analytics?.Status === undefined ? {} : { AnalyticsConfiguration: { Status: analytics.Status } }),
    ...(nlp?.Status === undefined ? {} : { NlpConfiguration: { Status: nlp.Status } }),
    ...(wishes.ProfileConfiguration === undefined ? {} : { ProfileConfiguration: wishes.ProfileConfiguration }),
  };
}

/** Nothing would come of it, but for notes that wait. @throws ControlError ValidationException where notes are to be read and cannot be */
export function requireReadable({ NlpConfiguration: nlp }: DatastoreConfiguration, { notesRefusal }: Pick<ControlDependencies, 'notesRefusal'>): void {
  if (nlp?.Status === 'ENABLED' && notesRefusal !== undefined) throw validationError(notesRefusal);
}

/** The statuses on the way are told, never asked for. */
function requireOneOf(member: string, status: string | undefined, allowed: readonly string[]): void {
  if (status === undefined || allowed.includes(status)) return;
  throw validationError(`The value at '${member}.status' can be ${allowed.join(' or ')} in this request.`);
}

/** Whether a key that is named can be used is found by the workflow, which makes the store under it or says why not. */
function requireOneKey({ KmsEncryptionConfig: { CmkType, KmsKeyId } }: NonNullable<Wishes['SseConfiguration']>): void {
  if (CmkType === 'AWS_OWNED_KMS_KEY' && KmsKeyId !== undefined) {
    throw validationError("'sseConfiguration.kmsEncryptionConfig.kmsKeyId' goes with CUSTOMER_MANAGED_KMS_KEY alone. Leave it out, or send that type.");
  }
  if (CmkType === 'CUSTOMER_MANAGED_KMS_KEY' && KmsKeyId === undefined) {
    throw validationError("'sseConfiguration.kmsEncryptionConfig.kmsKeyId' must be given with CUSTOMER_MANAGED_KMS_KEY.");
  }
}

/**
 * A store must never be less guarded than was asked for: who wants tokens and scopes held against requests is not given a
 * store that serves whoever may sign, or, on a laptop, whoever asks.
 */
function requireEnforced({ AuthorizationStrategy: strategy, FineGrainedAuthorizationEnabled: fineGrained }: NonNullable<Wishes['IdentityProviderConfiguration']>): void {
  if (strategy !== 'AWS_AUTH') {
    throw validationError(
      "The value at 'identityProviderConfiguration.authorizationStrategy' can be AWS_AUTH: tokens of SMART on FHIR are not enforced yet, " +
        'and a data store that asks for them would be open to requests without.',
    );
  }
  if (fineGrained === true) {
    throw validationError("The value at 'identityProviderConfiguration.fineGrainedAuthorizationEnabled' can be false: scopes are not enforced yet.");
  }
}

function requireJsonObject(metadata: string): void {
  try {
    const value: unknown = JSON.parse(metadata);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  } catch {
    // Told below.
  }
  throw validationError("The value at 'identityProviderConfiguration.metadata' must be the text of a JSON object.");
}

/** @returns the backup that is wished for, with what the store's record has where nothing is said */
export function wishedBackup(wish: InputOf<'CreateFHIRDatastore'>['BackupConfiguration'], record?: Pick<DatastoreRecord, 'backup'>): BackupConfiguration | undefined {
  if (wish === undefined) return undefined;
  return {
    status: wish.Status ?? record?.backup?.status ?? 'ENABLED',
    retentionDays: wish.RetentionPeriodInDays ?? record?.backup?.retentionDays ?? defaultRetentionDays,
  };
}

/** @throws ControlError ValidationException for a key that comes twice, or is AWS's */
export function checkedTags(tags: readonly Tag[]): readonly Tag[] {
  const keys = tags.map(({ Key }) => Key);
  if (new Set(keys).size < keys.length) throw validationError("A key comes more than once in 'tags'. Give each key once.");
  if (keys.some((key) => /^aws:/i.test(key))) throw validationError("Keys in 'tags' that begin with aws: are AWS's own. Give others.");
  return tags;
}
