/** The one way to make an alarm: with the place in docs/runbook.md that says what to do about it. */
import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

export const runbook = 'docs/runbook.md';

/** How long a metric is added up for one point, where the alarm does not say. */
export const alarmPeriod = Duration.minutes(5);

export interface AlarmSpec {
  /** `{deployment}-{what}`; seen in the notification. */
  readonly alarmName: string;
  /** One sentence: what is going on when it rings. */
  readonly meaning: string;
  /** The anchor of its section in docs/runbook.md; a test looks whether it is there. */
  readonly runbookAnchor: string;
  readonly metric: IMetric;
  /** Rings above this, and not when there is nothing. */
  readonly above?: number;
  /** For what must keep happening: rings when there is less than this, or nothing at all. */
  readonly below?: number;
  /** Points in a row, each of the metric's period. */
  readonly periods?: number;
  readonly topic: ITopic;
}

export function alarm(scope: Construct, id: string, spec: AlarmSpec): Alarm {
  const { above, below } = spec;
  if ((above === undefined) === (below === undefined)) throw new Error(`The alarm ${spec.alarmName} needs a bound above or below.`);
  const made = new Alarm(scope, id, {
    alarmName: spec.alarmName,
    alarmDescription: `${spec.meaning} What to do: ${runbook}#${spec.runbookAnchor}`,
    metric: spec.metric,
    threshold: (above ?? below) as number,
    comparisonOperator: above === undefined ? ComparisonOperator.LESS_THAN_THRESHOLD : ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: spec.periods ?? 1,
    treatMissingData: above === undefined ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  });
  const action = new SnsAction(spec.topic);
  made.addAlarmAction(action);
  made.addOkAction(action);
  return made;
}
