/**
 * Findings of cdk-nag's HIPAA pack that stand, each with the reason why; any other stops the synthesis
 * (https://github.com/cdklabs/cdk-nag/blob/main/RULES.md#hipaa-security). What the pack cannot see is asserted in
 * test/lib.
 */
import { Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

type Reasons = Readonly<Record<string, string>>;

const baseReasons: Reasons = {
  DynamoDBInBackupPlan: 'Continuous backups restore the table to any second of 35 days; a plan of AWS Backup on top is the operator\'s choice and reaches the table by its tags.',
  S3BucketLoggingEnabled: 'Only functions and workflows of this deployment reach the bucket, and what they do for whom is in the access log; data events of CloudTrail record each call where an account wants that.',
  S3BucketReplicationEnabled: 'A copy in another region is a decision about where patient data may lie. Versions of objects are kept for 35 days in the bucket itself.',
};

const functionReasons: Reasons = {
  LambdaConcurrency: 'What one function reserves is taken from all others of the account; the gateway throttles before them, and an alarm tells when concurrency runs out.',
  LambdaDLQ: 'A failure queue takes asynchronous calls. The gateway and the workflow call synchronously, and those who read queues and streams have failure queues there.',
  LambdaInsideVPC: 'Functions reach AWS\'s services only, by TLS and under their own roles. A VPC adds no one who is kept out, and needs endpoints that cost more than an idle deployment.',
};

const restReasons: Reasons = {
  APIGWCacheEnabledAndEncrypted: 'A cache would keep patient data and answer reads with what was; every read here sees every write acknowledged before it.',
  APIGWExecutionLoggingEnabled: 'Execution logs hold paths and query strings, and with them ids and what was searched for. The access log has one line for every request without either.',
  APIGWSSLEnabled: 'A client certificate proves the gateway to a backend by HTTP; functions are called through IAM, by TLS.',
  APIGWXrayEnabled: 'Off until the context switches it on (tracing=true): traces cost for every request.',
  WAFv2LoggingEnabled: 'The firewall\'s log has headers and the parts of queries and bodies that its rules met. The access log has what it decided, without them.',
};

const providerReasons: Reasons = {
  IAMNoInlinePolicy: 'CDK\'s provider framework grants its own functions and state machine inline. Roles of this deployment\'s making have managed policies.',
};

export function acknowledgeBase(scope: Construct): void {
  acknowledge(scope, baseReasons);
}

export function acknowledgeFunctions(scope: Construct): void {
  acknowledge(scope, functionReasons);
}

export function acknowledgeRest(scope: Construct): void {
  acknowledge(scope, restReasons);
}

export function acknowledgeProvider(scope: Construct): void {
  acknowledge(scope, providerReasons);
}

function acknowledge(scope: Construct, reasons: Reasons): void {
  const rules = Object.entries(reasons).map(([rule, reason]) => ({ id: `HIPAA.Security-${rule}`, reason }));
  Validations.of(scope).acknowledge(...rules);
}
