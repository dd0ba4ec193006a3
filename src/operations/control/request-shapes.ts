/**
 * What each operation of HealthLake takes, from the API's model
 * (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_Operations.html). Where the model sets no bound, ours
 * keep a data store's record within an item of the control table.
 */
import { maxRetentionDays } from '../datastore/datastore-record.ts';
import { boolean, integer, list, oneOf, structure, text, timestamp, union } from './shape.ts';
import type { StructureShape } from './shape.ts';

const named = /^[\p{L}\p{Z}\p{N}_.:/=+\-%@]*$/u;
const datastoreId = text({ min: 1, max: 32, pattern: named });
const jobId = datastoreId;
const datastoreName = text({ min: 1, max: 256, pattern: named });
const jobName = text({ min: 1, max: 64, pattern: named });
const clientToken = text({ min: 1, max: 64, pattern: /^[a-zA-Z0-9-]+$/ });
const kmsKeyId = text({
  min: 1, max: 400,
  pattern: /^(?:(arn:aws((-us-gov)|(-iso)|(-iso-b)|(-cn))?:kms:)?([a-z]{2}-[a-z]+(-[a-z]+)?-\d:)?(\d{12}:)?(((key\/)?[a-zA-Z0-9_-]+)|(alias\/[a-zA-Z0-9:/_-]+)))$/,
});

/** HealthLake's bound for tags of one resource. */
export const maxTags = 200;
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const tagKey = text({ min: 1, max: 128, pattern: tagText });
const tag = structure({ Key: tagKey, Value: text({ min: 0, max: 256, pattern: tagText }) }, 'Key', 'Value');
const tags = list(tag, maxTags);

/** Ours: the discovery document of a SMART server has about 2 kB. */
export const maxMetadataLength = 16_384;
/** Ours: HealthLake has some thirty profiles to name. */
export const maxDefaultProfiles = 50;
const maxProfileLength = 256;

const sseConfiguration = structure({
  KmsEncryptionConfig: structure({ CmkType: oneOf('CUSTOMER_MANAGED_KMS_KEY', 'AWS_OWNED_KMS_KEY'), KmsKeyId: kmsKeyId }, 'CmkType'),
}, 'KmsEncryptionConfig');

const identityProviderConfiguration = structure({
  AuthorizationStrategy: oneOf('SMART_ON_FHIR_V1', 'SMART_ON_FHIR', 'AWS_AUTH'),
  FineGrainedAuthorizationEnabled: boolean,
  Metadata: text({ max: maxMetadataLength }),
  IdpLambdaArn: text({
    min: 49, max: 256, pattern: /^arn:aws:lambda:[a-z]{2}-[a-z]+-\d{1}:\d{12}:function:[a-zA-Z0-9\-_.]+(:(\$LATEST|[a-zA-Z0-9\-_]+))?$/,
  }),
}, 'AuthorizationStrategy');

const settings = {
  AnalyticsConfiguration: structure({ Status: oneOf('ENABLED', 'ENABLING', 'DISABLED', 'DISABLING', 'PAUSING', 'PAUSED') }),
  NlpConfiguration: structure({ Status: oneOf('ENABLED', 'ENABLING', 'DISABLED', 'DISABLING') }),
  ProfileConfiguration: structure({ DefaultProfiles: list(text({ max: maxProfileLength }), maxDefaultProfiles) }),
  IdentityProviderConfiguration: identityProviderConfiguration,
};

const backupConfiguration = structure({
  Status: oneOf('ENABLED', 'DISABLED'),
  BackupType: oneOf('CONTINUOUS'),
  RetentionPeriodInDays: integer(1, maxRetentionDays),
  BackupTagsEnabled: boolean,
});

const page = { NextToken: text({ min: 0, max: 8192, pattern: /^[\0-\x7f]*$/ }), MaxResults: integer(1, 500) };

const datastoreStatus = oneOf('CREATING', 'ACTIVE', 'DELETING', 'DELETED', 'CREATE_FAILED', 'UPDATING', 'UPDATE_FAILED');

const jobStatus = oneOf(
  'SUBMITTED', 'QUEUED', 'IN_PROGRESS', 'COMPLETED_WITH_ERRORS', 'COMPLETED', 'FAILED',
  'CANCEL_SUBMITTED', 'CANCEL_IN_PROGRESS', 'CANCEL_COMPLETED', 'CANCEL_FAILED',
);

const s3Uri = text({ max: 1024, pattern: /^s3:\/\/[a-z0-9][.\-a-z0-9]{1,61}[a-z0-9](\/.*)?$/ });
const outputDataConfig = union({ S3Configuration: structure({ S3Uri: s3Uri, KmsKeyId: kmsKeyId }, 'S3Uri', 'KmsKeyId') });
const roleArn = text({ min: 20, max: 2048, pattern: /^arn:aws(-[^:]+)?:iam::[0-9]{12}:role\/.+$/ });
const resourceArn = text({
  min: 1, max: 1011,
  pattern: /^arn:aws((-us-gov)|(-iso)|(-iso-b)|(-cn))?:healthlake:[a-z0-9-]+:\d{12}:(datastore\/fhir\/.{32}|dataTransformationProfile\/[a-f0-9]{32})$/,
});
/** Names of formats, profiles and the like. */
const label = text({ min: 1, max: 5000 });

const oneJob = structure({ DatastoreId: datastoreId, JobId: jobId }, 'DatastoreId', 'JobId');
const jobList = structure({
  DatastoreId: datastoreId, ...page, JobName: jobName, JobStatus: jobStatus, SubmittedBefore: timestamp, SubmittedAfter: timestamp,
}, 'DatastoreId');

/** Of StartFHIRImportJob; `$import` takes them too. */
export const importMembers = {
  InputDataConfig: union({ S3Uri: s3Uri }),
  JobOutputDataConfig: outputDataConfig,
  DatastoreId: datastoreId,
  DataAccessRoleArn: roleArn,
  JobName: jobName,
  ClientToken: clientToken,
  ValidationLevel: oneOf('strict', 'structure-only', 'minimal'),
  ProfileId: label,
  InputFormat: label,
  DriftDetectionEnabled: boolean,
  ProvenanceEnabled: boolean,
  // Ours: HealthLake's imports number versions anew.
  KeepVersions: boolean,
} as const;

/** By the name of the operation. */
export const requestShapes = {
  CreateFHIRDatastore: structure({
    DatastoreTypeVersion: oneOf('R4'),
    DatastoreName: datastoreName,
    SseConfiguration: sseConfiguration,
    PreloadDataConfig: structure({ PreloadDataType: oneOf('SYNTHEA') }, 'PreloadDataType'),
    ClientToken: clientToken,
    Tags: tags,
    ...settings,
    BackupConfiguration: backupConfiguration,
  }, 'DatastoreTypeVersion'),
  DescribeFHIRDatastore: structure({ DatastoreId: datastoreId }, 'DatastoreId'),
  ListFHIRDatastores: structure({
    Filter: structure({ DatastoreName: datastoreName, DatastoreStatus: datastoreStatus, CreatedBefore: timestamp, CreatedAfter: timestamp }),
    ...page,
  }),
  UpdateFHIRDatastore: structure({
    DatastoreId: datastoreId, DatastoreName: datastoreName, ...settings, BackupConfiguration: backupConfiguration,
  }, 'DatastoreId'),
  DeleteFHIRDatastore: structure({ DatastoreId: datastoreId }, 'DatastoreId'),
  RestoreFHIRDatastore: structure({
    SourceDatastoreId: datastoreId,
    RestoreConfiguration: union({ ContinuousBackupRestoreConfiguration: structure({ RestorePointTime: timestamp }) }),
    DatastoreName: datastoreName,
    SseConfiguration: sseConfiguration,
    ClientToken: clientToken,
    Tags: tags,
    ...settings,
    // Ours: in HealthLake's model a restore has no such member, and an update says it afterwards.
    BackupConfiguration: backupConfiguration,
  }, 'SourceDatastoreId', 'RestoreConfiguration'),
  StartFHIRImportJob: structure(importMembers, 'InputDataConfig', 'JobOutputDataConfig', 'DatastoreId', 'DataAccessRoleArn'),
  DescribeFHIRImportJob: oneJob,
  ListFHIRImportJobs: jobList,
  StartFHIRExportJob: structure({
    OutputDataConfig: outputDataConfig, DatastoreId: datastoreId, DataAccessRoleArn: roleArn, JobName: jobName, ClientToken: clientToken,
  }, 'OutputDataConfig', 'DatastoreId', 'DataAccessRoleArn'),
  DescribeFHIRExportJob: oneJob,
  ListFHIRExportJobs: jobList,
  TagResource: structure({ ResourceARN: resourceArn, Tags: tags }, 'ResourceARN', 'Tags'),
  UntagResource: structure({ ResourceARN: resourceArn, TagKeys: list(tagKey, maxTags) }, 'ResourceARN', 'TagKeys'),
  ListTagsForResource: structure({ ResourceARN: resourceArn }, 'ResourceARN'),
} as const satisfies Readonly<Record<string, StructureShape>>;

export type ControlOperationName = keyof typeof requestShapes;
