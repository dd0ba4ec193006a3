/** What outlives everything else: the platform's key, the control table, objects, queues, the log of accesses. */
import { Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { acknowledgeBase } from '../checks/acknowledged.ts';
import { controlTable } from '../control/control-table.ts';
import { accessLogName } from '../kit/arns.ts';
import { logGroup } from '../kit/log-group.ts';
import { inboxRule, jobsBucket } from '../import/jobs-bucket.ts';
import type { Settings } from '../kit/settings.ts';
import { alarmTopic } from '../platform/alarm-topic.ts';
import { objectsBucket } from '../platform/objects-bucket.ts';
import { platformKey } from '../platform/platform-key.ts';
import { queueAlarms } from '../platform/queue-alarms.ts';
import { queues } from '../platform/queues.ts';

export class BaseStack extends Stack {
  readonly key: IKey;
  readonly accessLog: ILogGroup;
  readonly alarms: ITopic;

  /** While data is to be kept, the stack itself cannot be deleted either. */
  constructor(scope: Construct, settings: Settings) {
    super(scope, 'base', { stackName: `${settings.name}-base`, terminationProtection: settings.retain, description: 'Caldera: data and what it is encrypted with' });
    const key = platformKey(this, settings);
    controlTable(this, key, settings);
    objectsBucket(this, key, settings);
    const topic = alarmTopic(this, key, settings);
    const made = queues(this, key, settings);
    queueAlarms(this, made, { settings, topic });
    jobsBucket(this, key, settings);
    inboxRule(this, made.find(({ capability }) => capability === 'inbox')!.queue!, settings);
    this.accessLog = logGroup(this, 'access-log', {
      logGroupName: accessLogName(settings.name), retentionDays: settings.accessLogRetentionDays, key, retain: settings.retain,
    });
    this.key = key;
    this.alarms = topic;
    acknowledgeBase(this);
  }
}
