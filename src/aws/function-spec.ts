/** What the list of functions says of each (functions.ts): settings, routes, and the calls that it may make. */
import type { Method } from '../operations/table.ts';
import type { environment, StoreTable } from './names.ts';

export type TableAction = 'GetItem' | 'BatchGetItem' | 'Query' | 'Scan' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'BatchWriteItem';
export type ObjectAction = 'GetObject' | 'PutObject' | 'DeleteObject' | 'DeleteObjectVersion' | 'AbortMultipartUpload';
export type QueueAction = 'SendMessage' | 'ReceiveMessage' | 'DeleteMessage' | 'GetQueueAttributes' | 'ChangeMessageVisibility';
/** Capabilities that have a queue, `{name}-{capability}`, and one for its failures. */
export type QueueCapability = 'transactions' | 'clean-up' | 'stream' | 'inbox' | 'lake' | 'enrichment';

/** The table of every data store, or the shared one; a call in the name of DynamoDB's API. */
export interface TableGrant {
  readonly table: StoreTable | 'control';
  readonly actions: readonly TableAction[];
}

/** Objects of every data store: `stores/{id}/{under}*`. */
export interface ObjectsGrant {
  readonly objects: readonly ObjectAction[];
  readonly under: 'bodies/' | 'contents/' | 'transactions/' | 'imports/' | '';
}

/** What clients have uploaded to every data store and nobody has committed: `uploads/{id}/*`, and its listing. */
export interface UploadsGrant {
  readonly uploads: readonly (Exclude<ObjectAction, 'DeleteObject'> | 'ListBucket' | 'ListBucketVersions')[];
}

/** What bulk exports of every data store make: `bulk/{id}/*`, and its listing. */
export interface BulkGrant {
  readonly bulk: readonly (ObjectAction | 'AbortMultipartUpload' | 'ListBucket' | 'ListBucketVersions')[];
}

export interface QueueGrant {
  readonly queue: QueueCapability;
  readonly actions: readonly QueueAction[];
}

/** The queue of what a capability failed at. */
export interface FailuresGrant {
  readonly failuresOf: QueueCapability;
  readonly actions: readonly Extract<QueueAction, 'SendMessage'>[];
}

/** The bucket of objects, below `stores/`. */
export interface BucketGrant {
  readonly bucket: readonly ('ListBucket' | 'ListBucketVersions')[];
}

/**
 * The tables of every data store, to be made, changed and deleted; whoever makes them grants DynamoDB the use of their key.
 */
export interface StoreTablesGrant {
  readonly storeTables: readonly (
    | 'DescribeTable' | 'CreateTable' | 'TagResource' | 'UpdateTable' | 'UpdateContinuousBackups' | 'DescribeContinuousBackups' | 'DeleteTable'
    | 'RestoreTableToPointInTime' | TableAction
  )[];
}

/**
 * The keys of this deployment's data stores, known by their tags `storeKeyTags`, and their aliases; `GetResources` finds keys
 * by tags.
 */
export interface StoreKeysGrant {
  readonly storeKeys: readonly (
    | 'CreateKey' | 'TagResource' | 'DescribeKey' | 'EnableKeyRotation' | 'ScheduleKeyDeletion'
    | 'CreateAlias' | 'UpdateAlias' | 'DeleteAlias' | 'GetResources'
  )[];
}

/** The streams of every data store's `resources`. */
export interface StreamGrant {
  readonly stream: readonly ('ListStreams' | 'DescribeStream' | 'GetShardIterator' | 'GetRecords')[];
}

/** Event source mappings to the function `fan-out`. */
export interface StreamMappingsGrant {
  readonly streamMappings: readonly (
    'ListEventSourceMappings' | 'CreateEventSourceMapping' | 'UpdateEventSourceMapping' | 'DeleteEventSourceMapping'
  )[];
}

/** The workflow of data stores, and its runs. */
export interface WorkflowGrant {
  readonly workflow: readonly ('StartExecution' | 'DescribeExecution')[];
}

/** The workflow of `$reindex` jobs, and its runs. */
export interface ReindexWorkflowGrant {
  readonly reindexWorkflow: readonly ('StartExecution' | 'DescribeExecution')[];
}

/** The workflow of bulk exports, and its runs. */
export interface ExportWorkflowGrant {
  readonly exportWorkflow: readonly ('StartExecution' | 'DescribeExecution')[];
}

/** The workflow of bulk imports, and its runs. */
export interface ImportWorkflowGrant {
  readonly importWorkflow: readonly ('StartExecution' | 'DescribeExecution')[];
}

/** The lakes of every data store: `analytics/{id}/*`, and its listing. */
export interface LakeGrant {
  readonly lake: readonly (ObjectAction | 'ListBucket' | 'ListBucketVersions')[];
}

/** What Athena has answered of every data store: `sql/{id}/*`, and its listing. */
export interface AnswersGrant {
  readonly answers: readonly ('DeleteObjectVersion' | 'ListBucketVersions')[];
}

/** The databases of lakes in the catalog of Glue, and all that is in them. */
export interface CatalogGrant {
  readonly catalog: readonly ('GetDatabase' | 'CreateDatabase' | 'UpdateDatabase' | 'DeleteDatabase' | 'GetTables' | 'CreateTable' | 'UpdateTable')[];
}

/** The workgroups of Athena that data stores' questions run in. */
export interface WorkgroupsGrant {
  readonly workgroups: readonly ('GetWorkGroup' | 'CreateWorkGroup' | 'TagResource' | 'UpdateWorkGroup' | 'DeleteWorkGroup')[];
}

/** The role that asks Athena, to be narrowed to one data store (sql-session.ts). */
export interface QuestionsGrant {
  readonly questions: readonly 'AssumeRole'[];
}

/** The workflow of lakes, and its runs. */
export interface LakeWorkflowGrant {
  readonly lakeWorkflow: readonly ('StartExecution' | 'ListExecutions')[];
}

/** Notes of every data store that are being read: `enrichment/{id}/*`, and its listing. */
export interface NoteFilesGrant {
  readonly noteFiles: readonly (ObjectAction | 'ListBucket' | 'ListBucketVersions')[];
}

/** The service that reads clinical text, Amazon Comprehend Medical. */
export interface ReadNotesGrant {
  readonly readNotes: readonly ('DetectEntitiesV2' | 'InferICD10CM' | 'InferRxNorm' | 'InferSNOMEDCT' | 'DetectPHI')[];
}

/** The workflow that reads a note, whose end is waited for. */
export interface EnrichmentWorkflowGrant {
  readonly enrichmentWorkflow: readonly 'StartSyncExecution'[];
}

/** The workflow of `$enrich` jobs, and its runs. */
export interface EnrichWorkflowGrant {
  readonly enrichWorkflow: readonly ('StartExecution' | 'DescribeExecution')[];
}

/** The buckets that bulk jobs may use: the deployment's own, and those of its setting `jobBuckets`. */
export interface JobBucketsGrant {
  readonly jobBuckets: readonly ('ListBucket' | 'GetObject' | 'PutObject' | 'AbortMultipartUpload' | 'DeleteObject')[];
}

/** The bus of events, and whose events may be put there. */
export interface EventsGrant {
  readonly events: readonly 'PutEvents'[];
  readonly source: string;
}

export type Grant =
  | TableGrant | ObjectsGrant | UploadsGrant | BulkGrant | QueueGrant | FailuresGrant | BucketGrant
  | StoreTablesGrant | StoreKeysGrant | StreamGrant | StreamMappingsGrant | WorkflowGrant | ReindexWorkflowGrant
  | ExportWorkflowGrant | ImportWorkflowGrant | JobBucketsGrant | EventsGrant
  | NoteFilesGrant | ReadNotesGrant | EnrichmentWorkflowGrant | EnrichWorkflowGrant
  | LakeGrant | AnswersGrant | CatalogGrant | WorkgroupsGrant | QuestionsGrant | LakeWorkflowGrant;

/** `ANY` takes what no other route of the same template does. */
export interface FunctionRoute {
  readonly method: Method | 'ANY';
  /** Below `/datastore/{datastoreId}/r4`. */
  readonly template: string;
  /** The template is the whole path: the platform's own interface, of no data store. */
  readonly atRoot?: true;
}

export interface FunctionSpec {
  /** Deployed as `{deployment}-{name}`, bundled as `.cache/functions/{name}/index.mjs`, called by `index.handler`. */
  readonly name: string;
  readonly entry: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Of its folder for temporary files, where the 512 MB that every function has are too few. */
  readonly storageMb?: number;
  /** Has DuckDB in a layer (duckdb-layer.ts), and runs on the processors that its code is for. */
  readonly duckdb?: true;
  /** Keys of `environment` in `names.ts`. */
  readonly environment: readonly (keyof typeof environment)[];
  readonly grants: readonly Grant[];
  /** Empty where the gateway does not call it. */
  readonly routes: readonly FunctionRoute[];
  /** True when it is to be invoked by response streaming; its handler is made with `awslambda.streamifyResponse`. */
  readonly streams: boolean;
  /** The queue that it works on, where there is one. Failures are reported message by message. */
  readonly consumes?: Consumption;
  /** How often it is called, where a schedule calls it. */
  readonly everyMinutes?: number;
}

export interface Consumption {
  readonly queue: QueueCapability;
  readonly batchSize: number;
  /** How long messages wait for others; at once unless given. */
  readonly windowSeconds?: number;
  /** Deliveries of one message before it is laid among the failures; the queue's own number where it does not matter. */
  readonly maxReceives?: number;
  /** Messages worked on at a time, so that a rush leaves the account's concurrency to others; no bound unless given. */
  readonly maxConcurrency?: number;
}
