/** What resources on AWS are called: read by stacks, functions and workflow steps (docs/decisions/0004-one-store-on-aws.md). */

/** The tables of one data store. `resources` has the stream. */
export const storeTables = ['resources', 'index', 'jobs'] as const;
export type StoreTable = (typeof storeTables)[number];

/** In place of a store's id: the pattern of all stores, for a policy. Their length keeps `a-{id}` apart from a deployment `a-b`. */
export const anyStore = '?'.repeat(32);

export const controlTableName = (deployment: string): string => `${deployment}-control`;
export const storeTableName = (deployment: string, datastoreId: string, table: StoreTable): string => `${deployment}-${datastoreId}-${table}`;
export const storeKeyAlias = (deployment: string, datastoreId: string): string => `alias/${deployment}-${datastoreId}`;
export const platformKeyAlias = (deployment: string): string => `alias/${deployment}`;
export const objectsPrefix = (datastoreId: string): string => `stores/${datastoreId}/`;
/** Of what clients upload and nobody has committed yet: apart from the objects, for the bucket's lifecycle to sweep. */
export const uploadsRoot = 'uploads/';
export const uploadsPrefix = (datastoreId: string): string => `${uploadsRoot}${datastoreId}/`;
/** What bulk exports make: apart from the objects too, for the bucket's lifecycle to forget soon what was removed. */
export const bulkRoot = 'bulk/';
export const bulkPrefix = (datastoreId: string): string => `${bulkRoot}${datastoreId}/`;
/** The lakes of data stores, `…/lake/{table}/`: apart too, for nobody needs a file again that a compaction replaced. */
export const analyticsRoot = 'analytics/';
export const analyticsPrefix = (datastoreId: string): string => `${analyticsRoot}${datastoreId}/`;
/** Answers of Athena, which the bucket's lifecycle removes. */
export const sqlAnswersRoot = 'sql/';
export const sqlAnswersPrefix = (datastoreId: string): string => `${sqlAnswersRoot}${datastoreId}/`;
/** Notes that are being read, with what was answered of them: apart too, for the bucket's lifecycle to remove what is left. */
export const enrichmentRoot = 'enrichment/';
export const enrichmentPrefix = (datastoreId: string): string => `${enrichmentRoot}${datastoreId}/`;
/** Of Glue, which knows letters, digits and `_` alone. */
export const lakeDatabaseName = (deployment: string, datastoreId: string): string => `${deployment.replaceAll('-', '_')}_${datastoreId}`;
export const workgroupName = (deployment: string, datastoreId: string): string => `${deployment}-${datastoreId}`;
/** Names of roles are the account's, not the region's. */
export const queryRoleName = (deployment: string, region: string): string => `${deployment}-query-${region}`;
/** Where files are dropped to be imported, in the bucket of bulk jobs (src/operations/import/inbox.ts). */
export const inboxRoot = 'inbox/';
export const functionName = (deployment: string, operation: string): string => `${deployment}-${operation}`;
export const queueName = (deployment: string, capability: string): string => `${deployment}-${capability}`;
export const failureQueueName = (deployment: string, capability: string): string => `${deployment}-${capability}-failed`;
export const reindexWorkflowName = (deployment: string): string => `${deployment}-reindex`;
export const exportWorkflowName = (deployment: string): string => `${deployment}-export`;
export const importWorkflowName = (deployment: string): string => `${deployment}-import`;
export const lakeWorkflowName = (deployment: string): string => `${deployment}-lake`;
/** Reads one note. */
export const enrichmentWorkflowName = (deployment: string): string => `${deployment}-enrichment`;
/** Has the notes of a search read: `$enrich`. */
export const enrichWorkflowName = (deployment: string): string => `${deployment}-enrich`;
export const datastoreWorkflowName = (deployment: string): string => `${deployment}-datastore`;

/** Tags of a store's tables and key. By them roles may manage a key, and one that has no alias yet is found. */
export const storeKeyTags = { deployment: 'caldera:deployment', datastore: 'caldera:datastore' } as const;
/** In place of a store's id: the owner of a key offers it to any store, to be used, and never to be deleted (docs/control-plane.md). */
export const offeredKey = 'customer-managed';
export const dataTags = (deployment: string, datastoreId: string): Readonly<Record<string, string>> => ({
  [storeKeyTags.deployment]: deployment,
  [storeKeyTags.datastore]: datastoreId,
});

/** Environment variables of functions. One that is missing fails the start with its name. */
export const environment = {
  deployment: 'CALDERA_DEPLOYMENT',
  objectsBucket: 'CALDERA_OBJECTS_BUCKET',
  transactionQueueUrl: 'CALDERA_TRANSACTION_QUEUE_URL',
  cleanUpQueueUrl: 'CALDERA_CLEAN_UP_QUEUE_URL',
  workflowArn: 'CALDERA_DATASTORE_WORKFLOW_ARN',
  reindexWorkflowArn: 'CALDERA_REINDEX_WORKFLOW_ARN',
  importWorkflowArn: 'CALDERA_IMPORT_WORKFLOW_ARN',
  exportWorkflowArn: 'CALDERA_EXPORT_WORKFLOW_ARN',
  streamFunctionName: 'CALDERA_STREAM_FUNCTION_NAME',
  streamFailureQueueUrl: 'CALDERA_STREAM_FAILURE_QUEUE_URL',
  streamFailureQueueArn: 'CALDERA_STREAM_FAILURE_QUEUE_ARN',
  eventBusArn: 'CALDERA_EVENT_BUS_ARN',
  lakeQueueUrl: 'CALDERA_LAKE_QUEUE_URL',
  lakeWorkflowArn: 'CALDERA_LAKE_WORKFLOW_ARN',
  enrichmentQueueUrl: 'CALDERA_ENRICHMENT_QUEUE_URL',
  enrichmentWorkflowArn: 'CALDERA_ENRICHMENT_WORKFLOW_ARN',
  enrichWorkflowArn: 'CALDERA_ENRICH_WORKFLOW_ARN',
  queryRoleArn: 'CALDERA_QUERY_ROLE_ARN',
  /** A region, or `ownRegion`. */
  medicalRegion: 'CALDERA_COMPREHEND_MEDICAL_REGION',
  /** `on` or `off` */
  metrics: 'CALDERA_METRICS',
} as const;

/** In place of the region where notes are read, where the operator has chosen none: that of the deployment. */
export const ownRegion = 'own';
