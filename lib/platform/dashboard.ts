/**
 * The one dashboard: what clients see, what the stores' tables do, what works in the background. To three data stores it
 * has no more than 50 metrics, which CloudWatch shows for nothing: 35, and five for each store.
 */
import { Duration } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IMetric, IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { functions } from '../../src/aws/functions.ts';
import { datastoreWorkflowName, enrichmentWorkflowName, exportWorkflowName, failureQueueName, importWorkflowName, lakeWorkflowName, queueName } from '../../src/aws/names.ts';
import type { StoreTable } from '../../src/aws/names.ts';
import { alarmPeriod } from '../kit/alarm.ts';
import type { Settings } from '../kit/settings.ts';
import { workflowMetric } from '../kit/workflow-metric.ts';
import { gatewayMetric } from '../rest/rest-alarms.ts';
import { feedFunction, functionMetric } from '../stream/feed-alarms.ts';
import { queueCapabilities } from './queues.ts';

const width = 12;

export function dashboard(scope: Construct, { name }: Settings): Dashboard {
  const graph = (title: string, left: readonly IMetric[]): IWidget => new GraphWidget({ title, width, left: [...left] });
  return new Dashboard(scope, 'dashboard', {
    dashboardName: name,
    defaultInterval: Duration.hours(3),
    widgets: [
      [
        graph('Requests and refusals', ['Count', '4XXError', '5XXError'].map((metric) => gatewayMetric(name, metric, 'sum'))),
        graph('Time to answer (ms)', ['p50', 'p99'].map((statistic) => gatewayMetric(name, 'Latency', statistic))),
      ],
      [
        graph('Errors of functions (of the account)', [accountMetric('Errors', 'sum')]),
        graph('Functions at a time (of the account)', [accountMetric('ConcurrentExecutions', 'max')]),
      ],
      // Stores are made after the dashboard: their tables are found by name.
      (['resources', 'index'] satisfies StoreTable[]).map((table) => graph(`Units of ${table}`, ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'].map((metric) => (
        searched(`{AWS/DynamoDB,TableName} MetricName="${metric}" TableName="${name}-" TableName="-${table}"`, 'Sum')
      )))),
      [
        graph('Messages that wait', capabilities().map((capability) => queueMetric(queueName(name, capability)))),
        graph('Messages that failed', queueCapabilities(functions).map(({ capability }) => queueMetric(failureQueueName(name, capability)))),
      ],
      [
        graph('Age of the change feed (ms)', [functionMetric(name, feedFunction, { metricName: 'IteratorAge', statistic: 'max' })]),
        graph('Runs of the data store workflow', workflowMetrics(datastoreWorkflowName(name))),
      ],
      [
        graph('Runs of bulk imports', workflowMetrics(importWorkflowName(name))),
        graph('Runs of bulk exports', workflowMetrics(exportWorkflowName(name))),
      ],
      [
        graph('Runs of the workflow of lakes', workflowMetrics(lakeWorkflowName(name))),
        graph('Runs that read notes', workflowMetrics(enrichmentWorkflowName(name))),
      ],
      [
        graph('Bytes that questions in SQL read', [searched(`{AWS/Athena,QueryState,QueryType,WorkGroup} MetricName="ProcessedBytes" WorkGroup="${name}-"`, 'Sum')]),
      ],
    ],
  });
}

function workflowMetrics(workflowName: string): readonly Metric[] {
  return ['ExecutionsStarted', 'ExecutionsSucceeded', 'ExecutionsFailed'].map((metric) => workflowMetric(workflowName, metric));
}

function capabilities(): readonly string[] {
  return queueCapabilities(functions).filter(({ failuresOnly }) => !failuresOnly).map(({ capability }) => capability);
}

/** Over all functions: two metrics where each function's own would be eighty. What bounds concurrency is the account anyway. */
function accountMetric(metricName: string, statistic: string): Metric {
  return new Metric({ namespace: 'AWS/Lambda', metricName, statistic, period: alarmPeriod });
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html */
function searched(search: string, statistic: string): MathExpression {
  const expression = `SEARCH('${search}', '${statistic}', ${alarmPeriod.toSeconds()})`;
  return new MathExpression({ expression, usingMetrics: {}, label: '', period: alarmPeriod });
}

function queueMetric(QueueName: string): Metric {
  return new Metric({ namespace: 'AWS/SQS', metricName: 'ApproximateNumberOfMessagesVisible', statistic: 'max', period: alarmPeriod, dimensionsMap: { QueueName } });
}
