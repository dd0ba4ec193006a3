/** The one way to have a function called again and again (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html). */
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

export interface Schedule {
  readonly name: string;
  readonly everyMinutes: number;
}

export function schedule(scope: Construct, target: IFunction, { name, everyMinutes }: Schedule): void {
  const rule = new CfnRule(scope, `${name}-schedule`, {
    description: `Calls ${name} every ${everyMinutes} minutes`,
    scheduleExpression: `rate(${everyMinutes} minute${everyMinutes === 1 ? '' : 's'})`,
    state: 'ENABLED',
    targets: [{ id: name, arn: target.functionArn }],
  });
  new CfnPermission(scope, `${name}-schedule-permission`, {
    action: 'lambda:InvokeFunction', functionName: target.functionName, principal: 'events.amazonaws.com', sourceArn: rule.attrArn,
  });
}
