/**
 * What is deployed, as far as cdk-nag cannot see it (that pack runs with every synthesis, so it has run when this has):
 * encryption, recovery and protection of data, who may reach it, how long logs are kept, what roles allow, sizes.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { providerPolicies, wildcardReasons } from '../../lib/kit/wildcards.ts';
import { functions } from '../../src/aws/functions.ts';
import { inboxRoot } from '../../src/aws/names.ts';
import { inboxPrefix } from '../../src/operations/import/inbox.ts';
import { synthesize, synthesizedByDefault, textOf } from './synthesized.ts';
import type { Properties, Resource, Synthesized } from './synthesized.ts';

/** CloudFormation's quotas: 500 resources and 1 MB a template. */
const maxResources = 500;
const maxTemplateBytes = 1_000_000;

let deployed: Synthesized;
let disposable: Synthesized;
let enclosed: Synthesized;

beforeAll(async () => {
  deployed = synthesizedByDefault();
  [disposable, enclosed] = await Promise.all([
    synthesize({
      retain: 'false', tracing: 'true', firewall: 'true', alarmEmail: 'operator@example.org',
      domainName: 'fhir.example.org', certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/1',
    }),
    synthesize({ name: 'other', vpcEndpointIds: 'vpce-0a,vpce-0b', omitIndex: 'Patient.gender, Claim.priority' }),
  ]);
});

const only = (type: string, from: Synthesized = deployed): Resource => {
  const found = from.resources(type);
  expect(found.map(({ id }) => id)).toHaveLength(1);
  return found[0]!;
};

describe('every stack', () => {
  test('has fewer than 500 resources and 1 MB', () => {
    for (const stack of [...deployed.stacks, ...disposable.stacks, ...enclosed.stacks]) {
      expect({ name: stack.name, resources: stack.resources.length < maxResources, bytes: stack.sizeBytes < maxTemplateBytes })
        .toEqual({ name: stack.name, resources: true, bytes: true });
    }
  });

  test('has its resources tagged with the deployment', () => {
    const taggable = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::Lambda::Function', 'AWS::SQS::Queue', 'AWS::KMS::Key', 'AWS::Logs::LogGroup'];
    for (const type of taggable) {
      for (const { id, properties } of enclosed.resources(type)) {
        expect({ id, tags: properties['Tags'] }).toEqual({ id, tags: expect.arrayContaining([{ Key: 'caldera:deployment', Value: 'other' }]) });
      }
    }
  });
});

describe('data', () => {
  test('tables are under a key of our own, recoverable to the second, and protected from deletion', () => {
    const tables = [...deployed.resources('AWS::DynamoDB::Table'), ...deployed.resources('AWS::DynamoDB::GlobalTable')];
    expect(tables.length).toBeGreaterThan(0);
    for (const { type, properties, deletionPolicy } of tables) {
      const replicas: Properties[] = type === 'AWS::DynamoDB::Table' ? [properties] : properties['Replicas'];
      const shared: Properties = properties['SSESpecification'];
      expect(shared).toMatchObject({ SSEEnabled: true, SSEType: 'KMS' });
      for (const replica of replicas) {
        expect(textOf((replica['SSESpecification'] as Properties)['KMSMasterKeyId'])).toMatch(/^\{platformkey\w+\.Arn\}$/);
        expect(replica).toMatchObject({ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }, DeletionProtectionEnabled: true });
      }
      expect(properties['BillingMode']).toBe('PAY_PER_REQUEST');
      expect(deletionPolicy).toBe('Retain');
    }
  });

  test('objects are under a key of our own, never public, versioned, and reached by TLS alone', () => {
    const { properties, deletionPolicy } = deployed.resources('AWS::S3::Bucket').find(({ id }) => id.startsWith('objects'))!;
    expect(properties['BucketEncryption'].ServerSideEncryptionConfiguration).toEqual([
      { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: expect.anything() } },
    ]);
    expect(properties['PublicAccessBlockConfiguration']).toEqual(
      { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
    );
    expect(properties['VersioningConfiguration']).toEqual({ Status: 'Enabled' });
    expect(properties['OwnershipControls']).toEqual({ Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] });
    expect(properties['LifecycleConfiguration'].Rules).toEqual([expect.objectContaining({
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, NoncurrentVersionExpiration: { NoncurrentDays: 35 },
    }), expect.objectContaining({
      Prefix: 'uploads/', ExpirationInDays: 1, NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    }), expect.objectContaining({
      Prefix: 'bulk/', NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    }), expect.objectContaining({
      Prefix: 'sql/', ExpirationInDays: 7, NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    }), expect.objectContaining({
      Prefix: 'analytics/', NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    }), expect.objectContaining({
      Prefix: 'enrichment/', ExpirationInDays: 3, NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    })]);
    expect(deletionPolicy).toBe('Retain');
  });

  test('files of bulk jobs are as well, in a bucket of their own that tells EventBridge of what is dropped there', () => {
    const { properties, deletionPolicy } = deployed.resources('AWS::S3::Bucket').find(({ id }) => id.startsWith('jobsbucket'))!;
    expect(properties).toMatchObject({
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: expect.anything() } }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      VersioningConfiguration: { Status: 'Enabled' },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
    expect(deletionPolicy).toBe('Retain');
    expect(inboxPrefix('1'.repeat(32)).startsWith(inboxRoot)).toBe(true);
  });

  test('what may be said to buckets, queues and topics is said by TLS alone, and no policy allows everyone', () => {
    const policies = ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'].flatMap((type) => deployed.resources(type));
    expect(policies.length).toBe(deployed.resources('AWS::S3::Bucket').length + deployed.resources('AWS::SQS::Queue').length + deployed.resources('AWS::SNS::Topic').length);
    for (const { properties } of policies) {
      const statements: Properties[] = properties['PolicyDocument'].Statement;
      expect(statements).toContainEqual(expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }));
      expect(statements.filter(({ Effect, Principal }) => Effect === 'Allow' && JSON.stringify(Principal).includes('*'))).toEqual([]);
    }
  });

  test('queues keep what failed for two weeks, and no message is tried for ever', () => {
    const queues = deployed.resources('AWS::SQS::Queue');
    const failures = queues.filter(({ properties }) => properties['QueueName'].endsWith('-failed'));
    expect(queues.filter(({ properties }) => properties['KmsMasterKeyId'] === undefined)).toEqual([]);
    expect(new Set(failures.map(({ properties }) => properties['MessageRetentionPeriod']))).toEqual(new Set([14 * 24 * 60 * 60]));
    expect(queues.filter((queue) => !failures.includes(queue) && !(queue.properties['RedrivePolicy'].maxReceiveCount > 1))).toEqual([]);
  });

  test('a key rotates every year, and is kept with what it opens', () => {
    const { properties, deletionPolicy } = only('AWS::KMS::Key');
    expect(properties['EnableKeyRotation']).toBe(true);
    expect(deletionPolicy).toBe('Retain');
  });

  test('the stack of data cannot be deleted unless data is not to be kept', () => {
    expect(deployed.terminationProtection).toMatchObject({ base: true, rest: false });
    expect(disposable.terminationProtection['base']).toBe(false);
    expect(disposable.resources('AWS::DynamoDB::Table').map(({ deletionPolicy, properties }) => [deletionPolicy, properties['DeletionProtectionEnabled']]))
      .toEqual([['Delete', false]]);
  });
});

describe('the default data store', () => {
  test('is made as the context says, and what that does not name is left out', () => {
    const properties = (from: Synthesized) => only('Custom::CalderaDatastore', from).properties;
    expect(properties(deployed)).toMatchObject({ DatastoreName: 'default', RemovalPolicy: 'retain' });
    expect(properties(deployed)).not.toHaveProperty('OmitIndex');
    expect(properties(enclosed)).toMatchObject({ OmitIndex: 'Claim.priority,Patient.gender' });
    expect(properties(disposable)).toMatchObject({ RemovalPolicy: 'destroy' });
  });
});

describe('logs', () => {
  test('every log group is under a key of our own and ends', () => {
    for (const { id, properties } of deployed.resources('AWS::Logs::LogGroup')) {
      expect({ id, days: properties['RetentionInDays'], key: properties['KmsKeyId'] }).toEqual({ id, days: expect.any(Number), key: expect.anything() });
    }
  });

  test('every function has a log group of its own', () => {
    const logged = deployed.resources('AWS::Lambda::Function').map(({ properties }) => textOf(properties['LoggingConfig']?.LogGroup));
    expect(logged.every((group) => /^\{.+\}$/.test(group))).toBe(true);
  });

  test('the access log has neither paths nor queries, and the gateway writes no other', () => {
    const { properties } = only('AWS::ApiGateway::Stage');
    const format: string = properties['AccessLogSetting'].Format;
    expect(format).toContain('$context.resourcePath');
    expect(format).not.toMatch(/\$context\.(?:path|requestOverride|protocol|error\.message)|query|authorize\.error/);
    expect(properties['MethodSettings']).toEqual([{
      DataTraceEnabled: false, HttpMethod: '*', LoggingLevel: 'OFF', MetricsEnabled: false, ResourcePath: '/*',
      ThrottlingBurstLimit: 2500, ThrottlingRateLimit: 5000,
    }]);
  });
});

interface RoleStatement {
  readonly policy: string;
  readonly sid: string | undefined;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition: Properties;
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

function statementsOf(from: Synthesized): readonly RoleStatement[] {
  const documents = [
    ...['AWS::IAM::ManagedPolicy', 'AWS::IAM::Policy'].flatMap((type) => from.resources(type)).map(({ id, properties }) => ({ id, document: properties['PolicyDocument'] })),
    ...from.resources('AWS::IAM::Role').flatMap(({ id, properties }) => (properties['Policies'] ?? []).map(({ PolicyDocument }: Properties) => ({ id, document: PolicyDocument }))),
  ];
  return documents.flatMap(({ id, document }) => document.Statement.map((statement: Properties) => ({
    policy: id,
    sid: statement['Sid'],
    actions: list(statement['Action']).map(textOf),
    resources: list(statement['Resource']).map(textOf),
    condition: statement['Condition'] ?? {},
  })));
}

describe('roles', () => {
  test('no action has a wildcard', () => {
    for (const from of [deployed, disposable, enclosed]) {
      const wild = statementsOf(from).filter(({ actions }) => actions.some((action) => /[*?]/.test(action)));
      expect(wild).toEqual([]);
    }
  });

  test('a resource has a wildcard only where a reason is written down', () => {
    const wild = statementsOf(disposable).filter(({ resources }) => resources.some((resource) => /[*?]/.test(resource)));
    const [ofProvider, own] = [wild.filter(({ policy }) => providerPolicies.test(policy)), wild.filter(({ policy }) => !providerPolicies.test(policy))];
    expect(own.filter(({ sid }) => sid === undefined || wildcardReasons[sid] === undefined)).toEqual([]);
    // `…Arn}:*` is any version of one function.
    expect(ofProvider.flatMap(({ resources }) => resources).filter((resource) => /[*?]/.test(resource) && !/^\{[^{}]+\.Arn\}:\*$/.test(resource))).toEqual([]);
  });

  test('no reason is written down for nothing', () => {
    const used = new Set([...statementsOf(deployed), ...statementsOf(disposable)].map(({ sid }) => sid));
    expect(Object.keys(wildcardReasons).filter((sid) => !used.has(sid))).toEqual([]);
  });

  test('a statement is found by its id: none is there twice in a role', () => {
    const ids = statementsOf(deployed).filter(({ sid }) => sid !== undefined).map(({ policy, sid }) => `${policy} ${sid}`);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  const anyStoresTag = (condition: RoleStatement['condition']): string => [condition['StringLike']?.['aws:ResourceTag/caldera:datastore']].flat().join();

  test('keys are those of the platform, those tagged as a data store\'s, or offered to stores, and used for the role by a service alone', () => {
    const keys = statementsOf(deployed).filter(({ actions }) => actions.includes('kms:Decrypt'));
    expect(keys.length).toBeGreaterThan(0);
    const isExact = ({ resources, condition }: RoleStatement): boolean => (
      !resources.some((resource) => /[*?]/.test(resource)) || anyStoresTag(condition) === `${'?'.repeat(32)},customer-managed`
    );
    expect(keys.filter((statement) => !isExact(statement))).toEqual([]);
    expect(keys.filter(({ condition }) => !(condition['StringEquals']?.['kms:ViaService'].length > 0))).toEqual([]);
  });

  test('a key that its owner offers is not to be deleted, nor changed, by any role', () => {
    const changing = statementsOf(deployed).filter(({ actions }) => actions.some((action) => /^kms:(?:Schedule|Disable|Enable|Put|Tag|Untag|Update[^A])/.test(action)));
    expect(changing.length).toBeGreaterThan(0);
    expect(changing.filter(({ condition }) => anyStoresTag(condition).includes('customer-managed'))).toEqual([]);
  });

  test('patterns of one deployment do not reach another whose name begins like its own', () => {
    const tables = statementsOf(deployed).flatMap(({ resources }) => resources).filter((resource) => resource.includes(':table/'));
    expect(tables.filter((resource) => !/:table\/caldera(?:-control$|-\?{32}-(?:resources|index|jobs)(?:$|\/stream\/)|_\?{32}\/\*$)/.test(resource))).toEqual([]);
  });
});

describe('functions', () => {
  const made = (): readonly Resource[] => deployed.resources('AWS::Lambda::Function')
    .filter(({ properties }) => functions.some(({ name }) => properties['FunctionName'] === `caldera-${name}`));

  test('all of the list are deployed, as the list has them', () => {
    const names: string[] = made().map(({ properties }) => properties['FunctionName']);
    expect(names.sort()).toEqual(functions.map(({ name }) => `caldera-${name}`).sort());
    const layers = deployed.resources('AWS::Lambda::LayerVersion');
    for (const { name, memoryMb, timeoutSeconds, storageMb, duckdb, environment } of functions) {
      const { properties } = made().find((each) => each.properties['FunctionName'] === `caldera-${name}`)!;
      expect(properties).toMatchObject({
        Runtime: 'nodejs24.x', Architectures: [duckdb ? 'x86_64' : 'arm64'], Handler: 'index.handler', MemorySize: memoryMb, Timeout: timeoutSeconds,
      });
      expect(Object.keys(properties['Environment']?.Variables ?? {})).toHaveLength(environment.length);
      expect(properties).not.toHaveProperty('ReservedConcurrentExecutions');
      expect(properties['EphemeralStorage']?.Size).toBe(storageMb);
      const taken = (properties['Layers'] ?? []).map(textOf) as string[];
      expect(taken.map((layer) => layers.some(({ id }) => layer.includes(id)))).toEqual(duckdb ? [true] : []);
    }
  });

  test('the gateway may call each function for its own routes and nothing else', () => {
    const sources = deployed.resources('AWS::Lambda::Permission')
      .filter(({ properties }) => properties['Principal'] === 'apigateway.amazonaws.com')
      .map(({ properties }) => `${properties['FunctionName']} ${textOf(properties['SourceArn']).replace(/^.*\/v1\//, '')}`);
    const wanted = functions.flatMap(({ name, routes }) => routes.filter(({ method }) => method !== 'ANY').map(({ method, template, atRoot }) => (
      `caldera-${name} ${method}${atRoot ? '/' : '/datastore/*/r4'}${template === '/' ? '' : template.replaceAll(/\{[^}]+\}/g, '*')}`
    )));
    expect(sources.filter((source) => !source.startsWith('caldera-unrouted ')).sort()).toEqual(wanted.sort());
    expect(sources.filter((source) => source.startsWith('caldera-unrouted '))).toEqual(['caldera-unrouted */*']);
  });

  test('one that works on a queue takes messages singly failed, and is over before they are given to another', () => {
    for (const { name, consumes, timeoutSeconds } of functions) {
      if (consumes === undefined) continue;
      const source = deployed.resources('AWS::Lambda::EventSourceMapping').find(({ properties }) => textOf(properties['EventSourceArn']).endsWith(`:caldera-${consumes.queue}`));
      expect({ name, source: source?.properties }).toMatchObject({ name, source: { BatchSize: consumes.batchSize, FunctionResponseTypes: ['ReportBatchItemFailures'] } });
      const queue = deployed.resources('AWS::SQS::Queue').find(({ properties }) => properties['QueueName'] === `caldera-${consumes.queue}`)!;
      expect(queue.properties['VisibilityTimeout']).toBeGreaterThanOrEqual(timeoutSeconds);
    }
  });
});

describe('the interface', () => {
  test('is regional, and made from one document', () => {
    const { properties } = only('AWS::ApiGateway::RestApi');
    expect(properties['EndpointConfiguration']).toEqual({ Types: ['REGIONAL'] });
    expect(properties['Body'].openapi).toBe('3.0.1');
  });

  test('behind a domain it has no other address, and TLS 1.2 at least', () => {
    expect(only('AWS::ApiGateway::RestApi', disposable).properties['DisableExecuteApiEndpoint']).toBe(true);
    expect(only('AWS::ApiGateway::DomainName', disposable).properties).toMatchObject({ DomainName: 'fhir.example.org', SecurityPolicy: 'TLS_1_2' });
  });

  test('in private it is reached through the endpoints named, and nobody is let in by its policy alone', () => {
    const { properties } = only('AWS::ApiGateway::RestApi', enclosed);
    expect(properties['EndpointConfiguration']).toEqual({ Types: ['PRIVATE'] });
    const [allowed, denied]: Properties[] = properties['Policy'].Statement;
    expect(textOf(allowed!['Principal'].AWS)).toMatch(/:iam::\{AWS::AccountId\}:root$/);
    expect(denied).toMatchObject({ Effect: 'Deny', Principal: { AWS: '*' }, Condition: { StringNotEquals: { 'aws:SourceVpce': ['vpce-0a', 'vpce-0b'] } } });
  });

  test('its firewall neither samples requests nor refuses what FHIR requests look like', () => {
    const { properties } = only('AWS::WAFv2::WebACL', disposable);
    const rules: Properties[] = properties['Rules'];
    expect([properties, ...rules].filter(({ VisibilityConfig }) => VisibilityConfig.SampledRequestsEnabled !== false)).toEqual([]);
    const core = rules.find(({ Name }) => Name === 'AWSManagedRulesCommonRuleSet')!;
    expect(core['Statement'].ManagedRuleGroupStatement.RuleActionOverrides.map(({ Name }: Properties) => Name))
      .toEqual(expect.arrayContaining(['CrossSiteScripting_BODY', 'GenericRFI_QUERYARGUMENTS', 'SizeRestrictions_BODY']));
    expect(deployed.resources('AWS::WAFv2::WebACL')).toEqual([]);
  });
});

describe('alarms', () => {
  const runbook = readFileSync(join(__dirname, '..', '..', 'docs', 'runbook.md'), 'utf8');
  const anchors = new Set([...runbook.matchAll(/^## (.+)$/gm)].map(([, title]) => title!.toLowerCase().replaceAll(' ', '-')));

  test('every alarm tells someone, and its section of the runbook is there', () => {
    const alarms = deployed.resources('AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(0);
    for (const { properties } of alarms) {
      const [, file, anchor] = /What to do: (\S+)#(\S+)$/.exec(properties['AlarmDescription']) ?? [];
      expect({ alarm: properties['AlarmName'], file, anchor: anchors.has(anchor!) }).toEqual({ alarm: properties['AlarmName'], file: 'docs/runbook.md', anchor: true });
      expect(properties['AlarmActions']).toHaveLength(1);
    }
  });

  test('a workflow that has a time-out has an alarm of runs that came to it', () => {
    const timedOut = (name: string): boolean => deployed.resources('AWS::CloudWatch::Alarm').some(({ properties }) => {
      const text = JSON.stringify(properties);
      return text.includes('ExecutionsTimedOut') && text.includes(`:${name}"`);
    });
    const timing = deployed.resources('AWS::StepFunctions::StateMachine').filter(({ properties }) => /"TimeoutSeconds\\?":\d+,\\?"States/.test(JSON.stringify(properties)));
    expect(timing.map(({ properties }) => [properties['StateMachineName'], timedOut(properties['StateMachineName'])])).toEqual([['caldera-enrichment', true]]);
  });

  test('no section of the runbook is about an alarm that is not there', () => {
    const told = new Set(deployed.resources('AWS::CloudWatch::Alarm').map(({ properties }) => /#(\S+)$/.exec(properties['AlarmDescription'])![1]));
    const sections = [...anchors].filter((anchor) => !['before-anything', 'where-to-look'].includes(anchor));
    expect(sections.filter((anchor) => !told.has(anchor))).toEqual([]);
  });

  test('there is one dashboard', () => {
    only('AWS::CloudWatch::Dashboard');
  });
});

