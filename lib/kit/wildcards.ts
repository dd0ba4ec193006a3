/**
 * Why a statement of a role may have a wildcard in its resource, by the statement's id. One that is not here fails
 * test/lib/stacks.deployment.ts; no action ever has one.
 */
const tablesOfStores = 'Data stores are made after the stacks: their tables are named by pattern, of this deployment and this kind alone.';
const objectsOfStores = 'Each data store has a prefix of its own in the one bucket; the function reaches one folder of each.';

export const wildcardReasons: Readonly<Record<string, string>> = {
  EveryResources: tablesOfStores,
  EveryIndex: tablesOfStores,
  EveryJobs: tablesOfStores,
  EveryTable: tablesOfStores,
  EveryStream: 'The streams of tables that are named by pattern; the end of a stream\'s name is the time it was made.',
  ListStreams: 'Streams cannot be listed by name: the list tells names of tables, and nothing of what they hold.',
  EveryObject: objectsOfStores,
  EveryObjectUnderBodies: objectsOfStores,
  EveryObjectUnderContents: objectsOfStores,
  EveryObjectUnderTransactions: objectsOfStores,
  EveryObjectUnderImports: objectsOfStores,
  EveryJobFile: 'Files of bulk jobs are named by whoever asks for the jobs; the buckets are those of the deployment and of its setting.',
  EveryUpload: 'Each data store has a prefix of its own for uploads, which no client sees into.',
  EveryBulkFile: 'Each data store has a prefix of its own for what bulk jobs make.',
  EveryLakeFile: 'Each data store has a prefix of its own for its lake.',
  EveryAnswer: 'Each data store has a prefix of its own for what Athena answers.',
  EveryNoteFile: 'Each data store has a prefix of its own for notes that are being read.',
  AskAthena: 'Workgroups of data stores, named by pattern of this deployment alone; a session is narrowed to one.',
  ReadCatalog: 'Databases of lakes, named by pattern of this deployment alone; a session is narrowed to one.',
  ReadLakes: 'Each data store has a prefix of its own for its lake; a session is narrowed to one.',
  KeepAnswers: 'Each data store has a prefix of its own for what Athena answers; a session is narrowed to one.',
  KeysOfLakes: 'A key has no name in its ARN: the condition admits those tagged as a data store\'s, used by S3 alone.',
  KeysOfAnswers: 'A key has no name in its ARN: the condition admits those tagged as a data store\'s, used by S3 alone.',
  Catalog: 'Databases of lakes, named by pattern of this deployment alone, and the tables in them.',
  Workgroups: 'Workgroups of data stores, named by pattern of this deployment alone.',
  KeysOfStores: 'A key has no name in its ARN: the condition admits those tagged as a data store\'s, used by the services named.',
  MakeKeys: 'A key has no ARN before it is made; the condition wants the tags of this deployment on it.',
  ManageKeys: 'A key has no name in its ARN: the condition admits those tagged as this deployment\'s.',
  NameKeys: 'A key has no name in its ARN: the condition admits those tagged as this deployment\'s, or offered to it by their owner.',
  FindKeys: 'Resources are found by their tags in the account as a whole; the answer is ARNs and tags.',
  Aliases: 'Aliases of data stores, named by pattern of this deployment alone.',
  MakeMappings: 'A mapping has no ARN before it is made; the condition admits those to this deployment\'s feed.',
  ManageMappings: 'Mappings are named by AWS; the condition admits those to this deployment\'s feed.',
  FindMappings: 'Mappings cannot be listed by name: the list tells which functions read which streams and queues.',
  FollowWorkflow: 'Runs of one workflow, each named when it is started.',
  FollowImport: 'Runs of one workflow, each named when it is started.',
  FollowReindexing: 'Runs of one workflow, each named when it is started.',
  FollowExport: 'Runs of one workflow, each named when it is started.',
  FollowEnrich: 'Runs of one workflow, each named when it is started.',
  ReadNotes: 'Amazon Comprehend Medical has no resources to name: it is given a text and answers.',
  FollowChildren: 'Runs of the workflow itself for items of its lists, each named by Step Functions.',
  OwnLog: 'A function writes streams of its own log group; their names are made by Lambda.',
  Trace: 'X-Ray has no resources to name; granted only where tracing is switched on.',
  WorkflowLog: 'The delivery of logs is an API without resources; it is the documented grant of a state machine that logs.',
};

/** Policies that CDK's provider framework makes itself, by the construct's name: for any version of the one function it calls. */
export const providerPolicies = /^defaultdatastoreprovider/;
