/** What works in the background: the workflows of data stores, of reindexing, imports, exports, lakes and enrichment, the change feed and its queues' consumers, schedules. */
import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { functions } from '../../src/aws/functions.ts';
import { lakeAlarms, lakeWorkflow } from '../analytics/workflow.ts';
import { acknowledgeFunctions, acknowledgeProvider } from '../checks/acknowledged.ts';
import { defaultDatastore, defaultDatastoreFunction } from '../datastore/default-datastore.ts';
import { workflowAlarms } from '../datastore/workflow-alarms.ts';
import { datastoreWorkflow } from '../datastore/workflow.ts';
import { enrichmentAlarms, enrichmentWorkflows } from '../enrichment/workflow.ts';
import { exportAlarms, exportWorkflow } from '../export/workflow.ts';
import { importAlarms, importWorkflow } from '../import/workflow.ts';
import { lambdaFunction } from '../kit/lambda-function.ts';
import { schedule } from '../kit/schedule.ts';
import type { Settings } from '../kit/settings.ts';
import { dashboard } from '../platform/dashboard.ts';
import { reindexAlarms, reindexWorkflow } from '../reindex/workflow.ts';
import { feedAlarms } from '../stream/feed-alarms.ts';
import type { BaseStack } from './base.ts';

/** Those that something else than the gateway calls. */
const jobFunctions = functions.filter(({ routes }) => routes.length === 0);

export class JobsStack extends Stack {
  constructor(scope: Construct, settings: Settings, { key, alarms }: BaseStack) {
    super(scope, 'jobs', { stackName: `${settings.name}-jobs`, description: 'Caldera: what works in the background' });
    const made = new Map(jobFunctions.map((spec) => [spec.name, lambdaFunction(this, spec, { settings, key })]));
    for (const { name, everyMinutes } of jobFunctions) {
      if (everyMinutes !== undefined) schedule(this, made.get(name)!, { name, everyMinutes });
    }
    const workflow = datastoreWorkflow(this, { settings, key });
    const store = defaultDatastore(this, { handler: made.get(defaultDatastoreFunction)!, settings, key });
    // While it is made, changed or deleted, the workflow and all of its steps must be there.
    store.node.addDependency(workflow, ...made.values());
    reindexWorkflow(this, { settings, key });
    importWorkflow(this, { settings, key });
    exportWorkflow(this, { settings, key });
    lakeWorkflow(this, { settings, key });
    enrichmentWorkflows(this, { settings, key });
    workflowAlarms(this, { settings, topic: alarms });
    reindexAlarms(this, { settings, topic: alarms });
    importAlarms(this, { settings, topic: alarms });
    exportAlarms(this, { settings, topic: alarms });
    lakeAlarms(this, { settings, topic: alarms });
    enrichmentAlarms(this, { settings, topic: alarms });
    feedAlarms(this, { settings, topic: alarms });
    dashboard(this, settings);
    new CfnOutput(this, 'DefaultDatastoreId', { value: store.getAttString('DatastoreId') });
    acknowledgeFunctions(this);
    acknowledgeProvider(this);
  }
}
