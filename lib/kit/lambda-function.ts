/** The one way to make a function: what all of them have in common, and a role with exactly its grants. */
import { Duration, Size } from 'aws-cdk-lib';
import { CfnManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, EventSourceMapping, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { FunctionSpec } from '../../src/aws/functions.ts';
import { functionName, queueName } from '../../src/aws/names.ts';
import { logGroupArn, queueArn } from './arns.ts';
import { bundleFolder } from './bundle-folder.ts';
import { duckdbLayer } from './duckdb-layer.ts';
import { environmentOf } from './environment.ts';
import { allow, roleStatements } from './grants.ts';
import type { RoleStatement } from './grants.ts';
import { logGroup } from './log-group.ts';
import type { Settings } from './settings.ts';

/** What every function of a deployment is made with. */
export interface FunctionSurroundings {
  readonly settings: Settings;
  readonly key: IKey;
}

/**
 * Node 24 on ARM, or on x64 with DuckDB, without reserved concurrency: what one function reserves is taken from all others of the account.
 * @param scope holds nothing else of this name
 */
export function lambdaFunction(scope: Construct, spec: FunctionSpec, { settings, key }: FunctionSurroundings): LambdaFunction {
  const name = functionName(settings.name, spec.name);
  const logGroupName = `/aws/lambda/${name}`;
  const role = new Role(scope, `${spec.name}-role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: `What the function ${name} may do`,
  });
  const grantor = { deployment: settings.name, platformKeyArn: key.keyArn, eventBusName: settings.eventBusName, jobBuckets: settings.jobBuckets, jobKeyArns: settings.jobKeyArns };
  const statements = [...roleStatements(grantor, spec.grants), ...ownStatements(logGroupName, settings)];
  const policy = new CfnManagedPolicy(scope, `${spec.name}-policy`, {
    description: `The calls that ${name} makes`,
    policyDocument: { Version: '2012-10-17', Statement: statements },
    roles: [role.roleName],
  });
  const made = new LambdaFunction(scope, spec.name, {
    functionName: name,
    runtime: Runtime.NODEJS_24_X,
    architecture: spec.duckdb ? Architecture.X86_64 : Architecture.ARM_64,
    ...(spec.duckdb && { layers: [duckdbLayer(scope)] }),
    handler: 'index.handler',
    code: Code.fromAsset(bundleFolder(spec.name)),
    memorySize: spec.memoryMb,
    ...(spec.storageMb !== undefined && { ephemeralStorageSize: Size.mebibytes(spec.storageMb) }),
    timeout: Duration.seconds(spec.timeoutSeconds),
    environment: environmentOf(spec.environment, settings),
    role: role.withoutPolicyUpdates(),
    logGroup: logGroup(scope, `${spec.name}-log`, { logGroupName, retentionDays: settings.logRetentionDays, key, retain: false }),
    tracing: settings.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
  });
  // A function that is called before its policy is attached fails with what looks like a fault.
  made.node.addDependency(policy);
  if (spec.consumes !== undefined) consume(scope, spec, { settings, target: made });
  return made;
}

function ownStatements(logGroupName: string, { tracing }: Settings): readonly RoleStatement[] {
  const own = allow('OwnLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], `${logGroupArn(logGroupName)}:*`);
  return tracing ? [own, allow('Trace', ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*')] : [own];
}

function consume(scope: Construct, spec: FunctionSpec, { settings, target }: { settings: Settings; target: LambdaFunction }): void {
  const { queue, batchSize, windowSeconds, maxConcurrency } = spec.consumes!;
  new EventSourceMapping(scope, `${spec.name}-source`, {
    target,
    eventSourceArn: queueArn(queueName(settings.name, queue)),
    batchSize,
    ...(windowSeconds !== undefined && { maxBatchingWindow: Duration.seconds(windowSeconds) }),
    reportBatchItemFailures: true,
    ...(maxConcurrency !== undefined && { maxConcurrency }),
  });
}

