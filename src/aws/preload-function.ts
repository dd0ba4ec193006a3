/** The function that gives a new data store its population: the one step of the workflow that writes resources. */
import type { FunctionSpec } from './function-spec.ts';

/** One whole processor: resources are checked and indexed. */
const memoryMb = 1769;
/** The most that Lambda allows, for what goes on until its time is up. */
const timeoutSeconds = 900;

export const preloadFunction: FunctionSpec = {
  name: 'preload-data',
  entry: 'lambdas/control/preload-data.ts',
  memoryMb,
  timeoutSeconds,
  environment: ['deployment', 'objectsBucket'],
  // The population has no resource whose body would lie among the objects.
  grants: [
    { table: 'control', actions: ['GetItem', 'PutItem'] },
    { table: 'resources', actions: ['GetItem', 'BatchGetItem', 'PutItem', 'BatchWriteItem'] },
    { table: 'index', actions: ['BatchWriteItem'] },
  ],
  routes: [],
  streams: false,
};
