/**
 * Why a statement of a role may have a wildcard in its resource, by the statement's id. One that is not here fails
 * test/lib/roles.test.ts; no action ever has one.
 */
const tablesOfStores = 'Data stores are made after the stacks: their tables are named by pattern, of this deployment and this kind alone.';
const objectsOfStores = 'Each data store has a prefix of its own in the one bucket; the function reaches one folder of each.';

export const wildcardReasons: Readonly<Record<string, string>> = {
  EveryResources: tablesOfStores,
  EveryIndex: tablesOfStores,
  EveryJobs: tablesOfStores,
  EveryObjectUnderBodies: objectsOfStores,
  EveryObjectUnderTransactions: objectsOfStores,
  KeysOfStores: 'A key has no name in its ARN: the condition admits those whose alias is a data store\'s, used by the services named.',
  KeyOfPlatform: 'A key has no name in its ARN: the condition admits the one under the platform\'s alias, used by the services named.',
  OwnLog: 'A function writes streams of its own log group; their names are made by Lambda.',
  Trace: 'X-Ray has no resources to name; granted only where tracing is switched on.',
  WorkflowLog: 'The delivery of logs is an API without resources; it is the documented grant of a state machine that logs.',
};
