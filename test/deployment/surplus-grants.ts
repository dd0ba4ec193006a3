/**
 * Grants that nothing needed. A role allows what its function calls on some path; the paths that the suites do not take
 * are named here with the reason, and a name that has become wrong fails as well.
 */
import type { Deployed } from './deployed.ts';

interface Excused {
  /** Functions by name, or `workflow`. */
  readonly of: readonly string[];
  /** `Sid action`, as the statement has them. */
  readonly grants: readonly string[];
  readonly reason: string;
  /** Needed where the run is slow: what is late by a minute is looked after. */
  readonly sometimes?: true;
}

const writingTables = ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'];

const excused: readonly Excused[] = [
  {
    of: ['clean-up'],
    grants: [
      ...['PutItem', 'DeleteItem', 'BatchWriteItem'].map((call) => `EveryResources dynamodb:${call}`),
      'EveryIndex dynamodb:BatchWriteItem', 'EveryObjectUnderBodies s3:GetObject',
      'EveryObjectUnderBodies s3:DeleteObject', 'EveryObjectUnderContents s3:DeleteObject', ...writingTables.map((action) => `KeysOfStores ${action}`),
    ],
    reason: 'Settles what a coordinator left that died, an hour or a minute after it did; test/operations/stream tries that on a clock of its own.',
    sometimes: true,
  },
  { of: ['clean-up'], grants: ['EveryResources dynamodb:GetItem'], reason: 'Looks whether what it was told of is still as it was.', sometimes: true },
  {
    of: ['clean-up'],
    grants: ['EveryJobs dynamodb:GetItem', 'EveryJobs dynamodb:PutItem', 'EveryJobs dynamodb:DeleteItem', 'Events events:PutEvents'],
    reason: 'Tells of jobs what a function that died, or a bus that was out of reach, left untold; test/operations/jobs tries that.',
    sometimes: true,
  },
  {
    of: ['clean-up'],
    grants: ['QueueCleanUp sqs:SendMessage', 'KeyOfPlatform kms:GenerateDataKey'],
    reason: 'Sends on the rest of a sweep of more than a minute.',
  },
  {
    of: [
      'search-type', 'search-system', 'search-compartment', 'everything', 'create', 'conditional-update', 'conditional-patch', 'conditional-delete',
      'process-bundle',
      'run-transaction-job',
    ],
    grants: ['QueueCleanUp sqs:SendMessage'],
    reason: 'Reports entries that a writer left which died; no client can make one on purpose.',
  },
  {
    of: ['search-type', 'search-system', 'search-compartment', 'everything', 'create', 'conditional-update', 'conditional-patch', 'conditional-delete'],
    grants: ['KeyOfPlatform kms:GenerateDataKey'],
    reason: 'For those reports.',
  },
  { of: ['conditional-update', 'conditional-patch'], grants: ['EveryObjectUnderBodies s3:GetObject', 'EveryObjectUnderBodies s3:PutObject'], reason: 'Keeps large bodies; update tries it, by the same code.' },
  { of: ['conditional-delete'], grants: ['EveryObjectUnderBodies s3:GetObject'], reason: 'Reads the large body that it deletes; delete tries it, by the same code.' },
  {
    of: ['search-system', 'search-compartment', 'everything'],
    grants: ['EveryObjectUnderBodies s3:GetObject'],
    reason: 'Shows large bodies; search-type tries it, by the same code.',
  },
  { of: ['create'], grants: ['EveryResources dynamodb:BatchWriteItem', 'EveryObjectUnderBodies s3:GetObject'], reason: 'Settles an intent that stands in its way, or brings a deleted id back.' },
  { of: ['process-bundle'], grants: ['EveryJobs dynamodb:DeleteItem'], reason: 'Takes back a job that is one too many: 500 wait before that.' },
  {
    of: ['run-transaction-job'],
    grants: ['QueueTransactions sqs:SendMessage', 'QueueTransactions sqs:ChangeMessageVisibility', 'KeyOfPlatform kms:GenerateDataKey'],
    reason: 'Puts a job off that met contention or overload.',
  },
  { of: ['healthlake'], grants: ['Control dynamodb:DeleteItem'], reason: 'Forgets a data store a week after it was deleted; test/operations/control tries that on a clock of its own.' },
  { of: ['record-failure'], grants: ['Events events:PutEvents'], reason: 'Tells that a store could not be made; events.deployment.ts has one.' },
  {
    of: ['settle'],
    grants: ['Control dynamodb:GetItem', 'Control dynamodb:PutItem', 'Events events:PutEvents', ...writingTables.filter((action) => action !== 'kms:GenerateDataKey').map((action) => `KeyOfPlatform ${action}`)],
    reason: 'Tells what a bus that was out of reach was not told; events.deployment.ts has one that is.',
  },
  { of: ['start-export', 'cancel-export'], grants: ['FollowExport states:DescribeExecution'], reason: 'Looks whether a run has ended before its job, where it was asked for before.' },
  { of: ['start-export'], grants: ['EveryObjectUnderBodies s3:GetObject'], reason: 'Looks whether a Group is there that is too large for an item; read tries it, by the same code.' },
  { of: ['cancel-export'], grants: ['Events events:PutEvents'], reason: 'Tells what was not told of the job yet, by a bus that was out of reach or a step that is slow: a wish to cancel it is no event.', sometimes: true },
  { of: ['run-transaction-job'], grants: ['EveryBulkFile s3:DeleteObject'], reason: 'Removes the files of an export whose time is over; export.deployment.ts has one.' },
  { of: ['healthlake'], grants: ['FollowImport states:DescribeExecution'], reason: 'Looks whether a run has ended before its job, where it was asked for before.' },
  {
    of: ['run-view', 'start-view-export'],
    grants: ['EveryIndex dynamodb:Query', 'EveryResources dynamodb:BatchGetItem', 'EveryObjectUnderBodies s3:GetObject', 'QueueCleanUp sqs:SendMessage', 'KeyOfPlatform kms:GenerateDataKey'],
    reason: 'A view by its url is found by a search, and a large one lies with the objects: test/operations/views, search-type and read try that, by the same code.',
  },
  { of: ['start-view-export'], grants: ['EveryResources dynamodb:GetItem'], reason: 'The view that the suite exports comes with the request; run-view reads one by its id, by the same code.' },
  { of: ['redrive'], grants: ['QueueLake sqs:SendMessage', 'QueueEnrichment sqs:SendMessage'], reason: 'Of the stretches that fail here none has a change for a lake, nor a document; fan-out sends those, by the same code.' },
  { of: ['delete-objects'], grants: ['EveryNoteFile s3:DeleteObjectVersion'], reason: 'Removes what is left of notes; enrichment.deployment.ts has some.' },
  {
    of: ['workflow'],
    grants: ['FollowChildren states:StopExecution', 'FollowChildren states:RedriveExecution'],
    reason: 'Step Functions stops and redrives the children of a Distributed Map with the run itself.',
  },
  {
    of: ['workflow'],
    grants: [
      'CreateLogDelivery', 'GetLogDelivery', 'UpdateLogDelivery', 'DeleteLogDelivery', 'ListLogDeliveries', 'PutResourcePolicy', 'DescribeResourcePolicies',
      'DescribeLogGroups',
    ].map((call) => `WorkflowLog logs:${call}`),
    reason: 'Step Functions makes these calls itself when a state machine that logs is made or changed.',
  },
];

/**
 * Functions that these suites do not call: the engines have no recovery to a point in time, so nothing can be restored.
 * test/operations/datastore/restore-workflow.test.ts runs the same steps over tables in memory.
 */
const uncalled: ReadonlySet<string> = new Set([
  'restore-tables', 'copy-objects', 'settle-restored', 'rebuild-index',
  // Held to their grants by export.deployment.ts, where they fail and are filtered as here they are not.
  'plan-export', 'export-piece', 'finish-export', 'fail-export',
  // So by import.deployment.ts.
  'plan-import', 'unpack-files', 'cut-import', 'load-pieces', 'assemble-files', 'finish-import', 'fail-import', 'submit-inbox', 'start-import', 'cancel-import',
  // So by lake.deployment.ts.
  'create-lake', 'increment-lake', 'plan-lake', 'read-lake', 'turn-lake', 'compact-lake', 'finish-lake', 'due-lakes', 'start-query', 'query-result', 'cancel-query',
  // So by enrichment.deployment.ts.
  'enrich-notes', 'extract-note', 'read-note', 'settle-note', 'run-enrich', 'fail-enrich', 'start-enrich', 'enrich-status', 'cancel-enrich', 'de-identify', 'enrichment-workflow',
]);

/** @returns `function Sid action` for every grant that was not needed and is not excused, and for every excuse that is wrong */
export function surplusGrants(deployed: Deployed): readonly string[] {
  const unused = new Set(unusedGrants(deployed).filter((grant) => !uncalled.has(grant.split(' ')[0]!)));
  const namesOf = (list: readonly Excused[]): readonly string[] => list.flatMap(({ of, grants }) => of.flatMap((name) => grants.map((grant) => `${name} ${grant}`)));
  const expected = new Set(namesOf(excused));
  const always = namesOf(excused.filter(({ sometimes }) => sometimes === undefined));
  return [...[...unused].filter((grant) => !expected.has(grant)), ...always.filter((grant) => !unused.has(grant)).map((grant) => `${grant} was needed`)];
}

export function unusedGrants(deployed: Deployed): readonly string[] {
  const owners = new Map([
    ...deployed.functionNames.map((name) => [deployed.roleOf(name), name.replace(/^caldera-/, '')] as const),
    // Those that read notes are held to theirs by themselves: one of many would hide behind the others.
    ...deployed.machineRoles.map((role) => [role, /enrich/.test(role) ? 'enrichment-workflow' : 'workflow'] as const),
  ]);
  return deployed.authority.unusedGrants([...owners.keys()]).map(({ role, statement, action }) => `${owners.get(role)} ${statement} ${action}`);
}
