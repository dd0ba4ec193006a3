/** The one way to make a state machine: it calls functions, and its role lets it call those and write its log. */
import { Stack } from 'aws-cdk-lib';
import { CfnManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Grant } from '../../src/aws/functions.ts';
import { functionName } from '../../src/aws/names.ts';
import { functionArn, runArn, workflowArn } from './arns.ts';
import { isDistributed } from './distributed-map.ts';
import { allow, roleStatements } from './grants.ts';
import type { RoleStatement } from './grants.ts';
import { logGroup } from './log-group.ts';
import type { Settings } from './settings.ts';
import type { Definition } from './state.ts';

export type { Definition, State } from './state.ts';

/** What Step Functions asks for to deliver logs (https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html). */
const logDelivery = [
  'logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery', 'logs:ListLogDeliveries',
  'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups',
];

export interface StateMachineSpec<Step extends string> {
  /** As deployed. */
  readonly name: string;
  /** `STANDARD` unless given: the history of a run is kept for 90 days, and a run waits. `EXPRESS` runs end within five minutes, and have their log alone. */
  readonly kind?: 'STANDARD' | 'EXPRESS';
  /** The functions that it calls. */
  readonly steps: readonly Step[];
  readonly define: (functionArns: Readonly<Record<Step, string>>) => Definition;
  /** What the workflow itself reads: the lists of its Distributed Maps. */
  readonly grants?: readonly Grant[];
}

export interface StateMachineSurroundings {
  readonly settings: Settings;
  readonly key: IKey;
}

/** @param id of the machine; what belongs to it is named after it */
export function stateMachine<Step extends string>(
  scope: Construct, id: string, { name, kind = 'STANDARD', steps, define, grants = [], settings, key }: StateMachineSpec<Step> & StateMachineSurroundings,
): CfnStateMachine {
  const arnOf = (step: Step): string => functionArn(functionName(settings.name, step));
  const definition = define(Object.fromEntries(steps.map((step) => [step, arnOf(step)])) as Record<Step, string>);
  const grantor = { deployment: settings.name, platformKeyArn: key.keyArn, eventBusName: settings.eventBusName, jobBuckets: settings.jobBuckets, jobKeyArns: settings.jobKeyArns };
  const log = logGroup(scope, `${id}-log`, {
    logGroupName: `/aws/vendedlogs/states/${name}`, retentionDays: settings.logRetentionDays, key, retain: false,
  });
  const role = new Role(scope, `${id}-role`, {
    assumedBy: new ServicePrincipal('states.amazonaws.com'),
    description: `What the workflow ${name} may do`,
  });
  const policy = new CfnManagedPolicy(scope, `${id}-policy`, {
    description: `The steps that ${name} calls`,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        allow('Steps', ['lambda:InvokeFunction'], ...steps.map(arnOf)),
        ...roleStatements(grantor, grants), ...childRuns(name, definition),
        allow('WorkflowLog', logDelivery, '*'),
      ],
    },
    roles: [role.roleName],
  });
  const machine = new CfnStateMachine(scope, id, {
    stateMachineName: name,
    stateMachineType: kind,
    definitionString: Stack.of(scope).toJsonString(definition),
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

/**
 * The children of Distributed Maps are runs of the machine itself, begun by its own role
 * (https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html).
 */
function childRuns(name: string, { States }: Definition): readonly RoleStatement[] {
  if (!Object.values(States).some(isDistributed)) return [];
  return [
    allow('StartChildren', ['states:StartExecution'], workflowArn(name)),
    allow('FollowChildren', ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'], runArn(name), runArn(`${name}/*`)),
  ];
}
