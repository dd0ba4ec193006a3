/**
 * What `Ref` and `Fn::GetAtt` give for a resource that CloudFormation would have made
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html).
 * Only types that our templates use; an attribute that is missing here fails with its name.
 */
import { createHash } from 'node:crypto';

/** Where the deployment pretends to be. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** A resource with its properties resolved, so that its name is known. */
export interface NamedResource {
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly stack: string;
  readonly logicalId: string;
}

interface Naming {
  /** The property that names it; one without takes stack and logical id, as CloudFormation does, without the random end. */
  readonly property?: string;
  readonly generated?: (resource: NamedResource) => string;
  readonly ref?: (name: string, place: Place) => string;
  readonly attributes?: Readonly<Record<string, (name: string, place: Place) => string>>;
}

/** Ten lower-case letters and digits that are the same in every run: ids of gateways, keys and the like. */
function shortId({ stack, logicalId }: NamedResource): string {
  return createHash('sha256').update(`${stack}/${logicalId}`).digest('hex').slice(0, 10);
}

function uuidLike(resource: NamedResource): string {
  const digits = createHash('sha256').update(`${resource.stack}/${resource.logicalId}`).digest('hex');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

const arn = (service: string, path: (name: string) => string) => (name: string, { account, region }: Place) =>
  `arn:aws:${service}:${region}:${account}:${path(name)}`;
const global = (service: string, path: (name: string) => string) => (name: string, { account }: Place) =>
  `arn:aws:${service}::${account}:${path(name)}`;
const itself = (name: string): string => name;

const tableAttributes = {
  Arn: arn('dynamodb', (name) => `table/${name}`),
  StreamArn: arn('dynamodb', (name) => `table/${name}/stream/2026-01-01T00:00:00.000`),
};
const stateMachineArn = arn('states', (name) => `stateMachine:${name}`);
const functionArn = arn('lambda', (name) => `function:${name}`);
const topicArn = arn('sns', itself);

const queueUrl = (name: string, { account, region }: Place): string => `https://sqs.${region}.amazonaws.com/${account}/${name}`;

const namings: Readonly<Record<string, Naming>> = {
  'AWS::ApiGateway::Account': {},
  'AWS::ApiGateway::Deployment': { generated: shortId },
  'AWS::ApiGateway::RestApi': { generated: shortId, attributes: { RootResourceId: (name) => `${name}-root`, RestApiId: itself } },
  'AWS::ApiGateway::Stage': { property: 'StageName' },
  'AWS::ApiGateway::UsagePlan': { generated: shortId },
  'AWS::CloudWatch::Alarm': { property: 'AlarmName', attributes: { Arn: arn('cloudwatch', (name) => `alarm:${name}`) } },
  'AWS::CloudWatch::CompositeAlarm': { property: 'AlarmName', attributes: { Arn: arn('cloudwatch', (name) => `alarm:${name}`) } },
  'AWS::CloudWatch::Dashboard': { property: 'DashboardName' },
  'AWS::DynamoDB::GlobalTable': { property: 'TableName', attributes: tableAttributes },
  'AWS::DynamoDB::Table': { property: 'TableName', attributes: tableAttributes },
  'AWS::EC2::VPCEndpoint': { generated: (resource) => `vpce-${shortId(resource)}` },
  'AWS::Events::Rule': { property: 'Name', attributes: { Arn: arn('events', (name) => `rule/${name}`) } },
  'AWS::IAM::ManagedPolicy': {
    property: 'ManagedPolicyName',
    ref: global('iam', (name) => `policy/${name}`),
    attributes: { PolicyArn: global('iam', (name) => `policy/${name}`) },
  },
  'AWS::IAM::Policy': { property: 'PolicyName' },
  'AWS::IAM::Role': { property: 'RoleName', attributes: { Arn: global('iam', (name) => `role/${name}`), RoleId: itself } },
  'AWS::KMS::Alias': { property: 'AliasName' },
  'AWS::KMS::Key': { generated: uuidLike, attributes: { Arn: arn('kms', (name) => `key/${name}`), KeyId: itself } },
  'AWS::KinesisFirehose::DeliveryStream': {
    property: 'DeliveryStreamName', attributes: { Arn: arn('firehose', (name) => `deliverystream/${name}`) },
  },
  'AWS::Lambda::Alias': { property: 'Name' },
  'AWS::Lambda::EventSourceMapping': { generated: uuidLike, attributes: { Id: itself } },
  'AWS::Lambda::Function': { property: 'FunctionName', attributes: { Arn: functionArn } },
  'AWS::Lambda::Permission': {},
  'AWS::Lambda::Version': { attributes: { Version: () => '1', FunctionArn: functionArn } },
  'AWS::Logs::LogGroup': { property: 'LogGroupName', attributes: { Arn: arn('logs', (name) => `log-group:${name}:*`) } },
  'AWS::S3::Bucket': {
    property: 'BucketName',
    attributes: {
      Arn: (name) => `arn:aws:s3:::${name}`,
      DomainName: (name) => `${name}.s3.amazonaws.com`,
      RegionalDomainName: (name, { region }) => `${name}.s3.${region}.amazonaws.com`,
    },
  },
  'AWS::S3::BucketPolicy': {},
  'AWS::SNS::Topic': { property: 'TopicName', ref: topicArn, attributes: { TopicArn: topicArn, TopicName: itself } },
  'AWS::SNS::TopicPolicy': {},
  'AWS::SQS::Queue': {
    property: 'QueueName',
    ref: queueUrl,
    attributes: { Arn: arn('sqs', itself), QueueName: itself, QueueUrl: queueUrl },
  },
  'AWS::SQS::QueuePolicy': {},
  'AWS::SSM::Parameter': { property: 'Name' },
  'AWS::Scheduler::Schedule': { property: 'Name', attributes: { Arn: arn('scheduler', (name) => `schedule/default/${name}`) } },
  'AWS::Scheduler::ScheduleGroup': { property: 'Name', attributes: { Arn: arn('scheduler', (name) => `schedule-group/${name}`) } },
  'AWS::StepFunctions::StateMachine': {
    property: 'StateMachineName', ref: stateMachineArn, attributes: { Arn: stateMachineArn, Name: itself },
  },
  'AWS::WAFv2::WebACL': { property: 'Name', attributes: { Arn: arn('wafv2', (name) => `regional/webacl/${name}/1`) } },
};

/** The physical name: given by a property, or made. */
export function physicalName(resource: NamedResource): string {
  const naming = namings[resource.type];
  const given = naming?.property === undefined ? undefined : resource.properties[naming.property];
  if (typeof given === 'string') return given;
  return naming?.generated?.(resource) ?? `${resource.stack}-${resource.logicalId}`;
}

export function refOf(resource: NamedResource, place: Place): string {
  const name = physicalName(resource);
  return namings[resource.type]?.ref?.(name, place) ?? name;
}

/** @throws Error when CloudFormation may know the attribute and this file does not */
export function attributeOf(resource: NamedResource, attribute: string, place: Place): string {
  const value = namings[resource.type]?.attributes?.[attribute];
  if (value === undefined) throw new Error(`Fn::GetAtt ${resource.logicalId}.${attribute}: ${resource.type} has no such attribute in physical-names.ts.`);
  return value(physicalName(resource), place);
}
