/** Runs of a state machine, by what became of them (https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html). */
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { alarmPeriod } from './alarm.ts';
import { workflowArn } from './arns.ts';

/** @param name of the state machine as deployed */
export function workflowMetric(name: string, metricName: string): Metric {
  return new Metric({ namespace: 'AWS/States', metricName, statistic: 'sum', period: alarmPeriod, dimensionsMap: { StateMachineArn: workflowArn(name) } });
}
