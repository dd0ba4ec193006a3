/** The values of a function's environment variables, by the names that src/aws/names.ts gives them. */
import { Aws } from 'aws-cdk-lib';
import { datastoreWorkflowName, enrichmentWorkflowName, enrichWorkflowName, environment, exportWorkflowName, failureQueueName, functionName, importWorkflowName, lakeWorkflowName, ownRegion, queryRoleName, queueName, reindexWorkflowName } from '../../src/aws/names.ts';
import { eventBusArn, objectsBucketName, queueArn, queueUrl, roleArn, workflowArn } from './arns.ts';
import type { Settings } from './settings.ts';

type Variable = keyof typeof environment;

/** @returns variables by their full names, for those that the function reads and no others */
export function environmentOf(variables: readonly Variable[], { name: deployment, eventBusName, metrics, comprehendMedicalRegion }: Pick<Settings, 'name' | 'eventBusName' | 'metrics' | 'comprehendMedicalRegion'>): Record<string, string> {
  const values: Readonly<Record<Variable, string>> = {
    deployment,
    objectsBucket: objectsBucketName(deployment),
    transactionQueueUrl: queueUrl(queueName(deployment, 'transactions')),
    cleanUpQueueUrl: queueUrl(queueName(deployment, 'clean-up')),
    workflowArn: workflowArn(datastoreWorkflowName(deployment)),
    reindexWorkflowArn: workflowArn(reindexWorkflowName(deployment)),
    importWorkflowArn: workflowArn(importWorkflowName(deployment)),
    exportWorkflowArn: workflowArn(exportWorkflowName(deployment)),
    streamFunctionName: functionName(deployment, 'fan-out'),
    streamFailureQueueUrl: queueUrl(failureQueueName(deployment, 'stream')),
    streamFailureQueueArn: queueArn(failureQueueName(deployment, 'stream')),
    eventBusArn: eventBusArn(eventBusName),
    lakeQueueUrl: queueUrl(queueName(deployment, 'lake')),
    lakeWorkflowArn: workflowArn(lakeWorkflowName(deployment)),
    enrichmentQueueUrl: queueUrl(queueName(deployment, 'enrichment')),
    enrichmentWorkflowArn: workflowArn(enrichmentWorkflowName(deployment)),
    enrichWorkflowArn: workflowArn(enrichWorkflowName(deployment)),
    queryRoleArn: roleArn(queryRoleName(deployment, Aws.REGION)),
    medicalRegion: comprehendMedicalRegion ?? ownRegion,
    metrics: metrics ? 'on' : 'off',
  };
  return Object.fromEntries(variables.map((variable) => [environment[variable], values[variable]]));
}
