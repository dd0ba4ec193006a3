/** Where alarms are told to: a topic, and an address where the context names one. */
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { alarmTopicName } from '../kit/arns.ts';
import type { Settings } from '../kit/settings.ts';

export function alarmTopic(scope: Construct, masterKey: IKey, { name, alarmEmail }: Settings): Topic {
  const topic = new Topic(scope, 'alarms', { topicName: alarmTopicName(name), displayName: `${name} alarms`, masterKey, enforceSSL: true });
  if (alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(alarmEmail));
  return topic;
}
