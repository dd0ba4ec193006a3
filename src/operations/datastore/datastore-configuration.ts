/**
 * What HealthLake lets be said of a data store beside its name, in the words of its API
 * (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_DatastoreProperties.html), and its tags.
 */
import type { Attributes } from '../../ports/ordered-table.ts';

export interface DatastoreConfiguration {
  readonly SseConfiguration?: { readonly KmsEncryptionConfig: { readonly CmkType: string; readonly KmsKeyId?: string } };
  readonly PreloadDataConfig?: { readonly PreloadDataType: 'SYNTHEA' };
  readonly IdentityProviderConfiguration?: IdentityProviderConfiguration;
  readonly AnalyticsConfiguration?: { readonly Status: string };
  readonly NlpConfiguration?: { readonly Status: string };
  readonly ProfileConfiguration?: { readonly DefaultProfiles?: readonly string[] };
}

export interface IdentityProviderConfiguration {
  readonly AuthorizationStrategy: string;
  readonly FineGrainedAuthorizationEnabled?: boolean;
  /** JSON text. */
  readonly Metadata?: string;
  readonly IdpLambdaArn?: string;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** What the control plane keeps with a store's record. */
export interface DatastoreSettings {
  readonly configuration?: DatastoreConfiguration;
  readonly tags?: readonly Tag[];
  /** A digest of the request that the store was made by: its client token may come again with this one only. */
  readonly requestDigest?: string;
}

/** What KMS knows a key of the owner's by, where the store is under one: an id, an ARN or an alias. */
export function offeredKeyOf({ configuration }: DatastoreSettings): string | undefined {
  const { CmkType, KmsKeyId } = configuration?.SseConfiguration?.KmsEncryptionConfig ?? {};
  return CmkType === 'CUSTOMER_MANAGED_KMS_KEY' ? KmsKeyId : undefined;
}

/** Whether clinical notes that are written to the store are to be read. */
export function readsNotes({ configuration }: DatastoreSettings): boolean {
  const status = configuration?.NlpConfiguration?.Status;
  return status === 'ENABLED' || status === 'ENABLING';
}

/** Statuses on the way, and where each leads. */
const arrivals: Readonly<Record<string, string>> = { ENABLING: 'ENABLED', DISABLING: 'DISABLED', PAUSING: 'PAUSED' };
const departures: Readonly<Record<string, string>> = { ENABLED: 'ENABLING', DISABLED: 'DISABLING', PAUSED: 'PAUSING' };

/** On the way to the status that was asked for: ENABLING for ENABLED. */
export function departed(status: string): string {
  return departures[status] ?? status;
}

/** The configuration once the store is ACTIVE: whatever was on the way has arrived. */
export function settled(configuration: DatastoreConfiguration): DatastoreConfiguration {
  const { AnalyticsConfiguration: analytics, NlpConfiguration: nlp } = configuration;
  return {
    ...configuration,
    ...(analytics === undefined ? {} : { AnalyticsConfiguration: { Status: arrived(analytics.Status) } }),
    ...(nlp === undefined ? {} : { NlpConfiguration: { Status: arrived(nlp.Status) } }),
  };
}

function arrived(status: string): string {
  return arrivals[status] ?? status;
}

export function settingsAttributes({ configuration, tags, requestDigest }: DatastoreSettings): Readonly<Record<string, string | undefined>> {
  return {
    configuration: configuration === undefined ? undefined : JSON.stringify(configuration),
    tags: tags === undefined || tags.length === 0 ? undefined : JSON.stringify(tags),
    requestDigest,
  };
}

export function settingsOf({ configuration, tags, requestDigest }: Attributes): DatastoreSettings {
  return {
    ...(configuration === undefined ? {} : { configuration: JSON.parse(String(configuration)) as DatastoreConfiguration }),
    ...(tags === undefined ? {} : { tags: JSON.parse(String(tags)) as readonly Tag[] }),
    ...(requestDigest === undefined ? {} : { requestDigest: String(requestDigest) }),
  };
}
