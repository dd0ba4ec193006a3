/** The state machine that makes, changes and deletes data stores (lib/datastore/definition.ts), and its role. */
import { Stack } from 'aws-cdk-lib';
import { CfnManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { datastoreWorkflowName, functionName } from '../../src/aws/names.ts';
import { functionArn } from '../kit/arns.ts';
import { allow } from '../kit/grants.ts';
import { logGroup } from '../kit/log-group.ts';
import type { Settings } from '../kit/settings.ts';
import { datastoreDefinition, workflowSteps } from './definition.ts';
import type { WorkflowStep } from './definition.ts';

/** What Step Functions asks for to deliver logs (https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html). */
const logDelivery = [
  'logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery', 'logs:ListLogDeliveries',
  'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups',
];

export interface WorkflowSurroundings {
  readonly settings: Settings;
  readonly key: IKey;
}

export function datastoreWorkflow(scope: Construct, { settings, key }: WorkflowSurroundings): CfnStateMachine {
  const name = datastoreWorkflowName(settings.name);
  const arnOf = (step: WorkflowStep): string => functionArn(functionName(settings.name, step));
  const log = logGroup(scope, 'workflow-log', {
    logGroupName: `/aws/vendedlogs/states/${name}`, retentionDays: settings.logRetentionDays, key, retain: false,
  });
  const role = new Role(scope, 'workflow-role', {
    assumedBy: new ServicePrincipal('states.amazonaws.com'),
    description: `What the workflow ${name} may do`,
  });
  const policy = new CfnManagedPolicy(scope, 'workflow-policy', {
    description: `The steps that ${name} calls`,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        allow('Steps', ['lambda:InvokeFunction'], ...workflowSteps.map(arnOf)),
        allow('WorkflowLog', logDelivery, '*'),
      ],
    },
    roles: [role.roleName],
  });
  const machine = new CfnStateMachine(scope, 'workflow', {
    stateMachineName: name,
    // The history of a run is kept for 90 days, and a run waits: that is the standard kind.
    stateMachineType: 'STANDARD',
    definitionString: Stack.of(scope).toJsonString(datastoreDefinition(Object.fromEntries(workflowSteps.map((step) => [step, arnOf(step)])) as Record<WorkflowStep, string>)),
    roleArn: role.roleArn,
    loggingConfiguration: {
      level: 'ALL',
      includeExecutionData: false,
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: log.logGroupArn } }],
    },
    tracingConfiguration: { enabled: settings.tracing },
  });
  machine.addResourceDependency(policy);
  return machine;
}
