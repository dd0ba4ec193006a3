/** The function of HealthLake's own API: one for all its operations, told apart by a header. */
import { eventSource } from '../operations/events/event-source.ts';
import type { FunctionSpec } from './function-spec.ts';

/** Most of its time is waiting; the SDK's clients are many to load. */
const memoryMb = 1024;
/** What the gateway waits for an answer. */
const timeoutSeconds = 29;

export const healthlakeFunction: FunctionSpec = {
  name: 'healthlake',
  entry: 'lambdas/control/healthlake.ts',
  memoryMb,
  timeoutSeconds,
  environment: ['deployment', 'workflowArn', 'importWorkflowArn', 'exportWorkflowArn', 'eventBusArn', 'medicalRegion'],
  grants: [
    // Records of data stores, and the platform's secret.
    { table: 'control', actions: ['GetItem', 'Query', 'PutItem', 'DeleteItem'] },
    // Jobs are submitted, described and listed.
    { table: 'jobs', actions: ['GetItem', 'Query', 'PutItem', 'DeleteItem'] },
    // To which moments a store can be restored.
    { storeTables: ['DescribeContinuousBackups'] },
    { workflow: ['StartExecution', 'DescribeExecution'] },
    { importWorkflow: ['StartExecution', 'DescribeExecution'] },
    { exportWorkflow: ['StartExecution', 'DescribeExecution'] },
    { events: ['PutEvents'], source: eventSource },
  ],
  routes: [{ method: 'POST', template: '/', atRoot: true }],
  streams: false,
};
