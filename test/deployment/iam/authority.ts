/**
 * Who may do what in the deployment: roles with the policies that the templates give them, and the policies of keys,
 * buckets and queues where they decide too.
 */
import type { Assembly, Resource } from '../template/assembly.ts';
import { decide, many, statements } from './evaluate.ts';
import type { AccessRequest, Decision, Policy, Statement } from './evaluate.ts';

/** A call as a service sees it: who, what, and what it says for itself. */
export interface Call {
  /** A role's name. */
  readonly caller: string;
  readonly action: string;
  readonly resource: string;
  readonly context?: AccessRequest['context'];
  /** Of a role that was assumed: what its session is narrowed to. */
  readonly session?: Policy;
}

export interface Verdict {
  readonly allowed: boolean;
  /** `read (caldera-read-role): dynamodb:PutItem on arn:…: no statement allows it` */
  readonly reason: string;
}

/** One action of a statement on its resources that no call has needed. */
export interface UnusedGrant {
  readonly role: string;
  /** The statement's Sid. */
  readonly statement: string;
  readonly action: string;
}

export interface Authority {
  authorize(call: Call): Verdict;
  /** Whether a role may be assumed by whoever asks, by its trust policy. */
  trusts(role: string, caller: string | undefined): boolean;
  /** The policy of something that was made at run time. */
  attach(resourceArn: string, policy: Policy): void;
  unusedGrants(roles: readonly string[]): readonly UnusedGrant[];
  /** Adds to what a role may do, or takes an action away: for tests of the harness itself. */
  tamper(role: string, change: (policies: readonly Policy[]) => readonly Policy[]): void;
  policiesOf(role: string): readonly Policy[];
}

export function authority(assembly: Assembly): Authority {
  const roles = new Map<string, readonly Policy[]>();
  const attached = new Map(resourcePolicies(assembly));
  const used = new Map<Statement, Set<string>>();
  // Thousands of calls ask the same few questions.
  const verdicts = new Map<string, Verdict>();
  const policies = (role: string): readonly Policy[] => {
    const found = roles.get(role) ?? policiesOf(assembly.resource('AWS::IAM::Role', role), assembly);
    roles.set(role, found);
    return found;
  };
  const note = ({ used: grants }: Decision): void => {
    for (const { statement, action } of grants) used.set(statement, (used.get(statement) ?? new Set()).add(action));
  };
  return {
    authorize(call) {
      const question = JSON.stringify(call);
      const known = verdicts.get(question);
      if (known !== undefined) return known;
      const role = policies(call.caller);
      const request = requestOf(call, assembly);
      const own = decide(role, request);
      const within = call.session === undefined || decide([call.session], request).effect === 'allow';
      const verdict = within ? judge(own, request, attached.get(policyKey(call.resource))) : 'the policy of the session does not allow it';
      if (verdict === 'allowed') note(own);
      const told = { allowed: verdict === 'allowed', reason: `${call.caller}: ${call.action} on ${call.resource}: ${verdict}` };
      verdicts.set(question, told);
      return told;
    },
    trusts(role, caller) {
      const trust = assembly.resource('AWS::IAM::Role', role).properties['AssumeRolePolicyDocument'] as Policy;
      const principals = caller === undefined ? [] : [`arn:aws:iam::${assembly.place.account}:role/${caller}`];
      return decide([trust], { action: 'sts:AssumeRole', resource: '*', context: {}, principals }).effect === 'allow';
    },
    attach(resourceArn, policy) {
      attached.set(resourceArn, policy);
      verdicts.clear();
    },
    unusedGrants: (names) => names.flatMap((role) => unused(role, policies(role), used)),
    tamper(role, change) {
      roles.set(role, change(policies(role)));
      verdicts.clear();
    },
    policiesOf: policies,
  };
}

function requestOf({ caller, action, resource, context = {} }: Call, { place }: Assembly): AccessRequest {
  const roleArn = `arn:aws:iam::${place.account}:role/${caller}`;
  const standing = {
    'aws:PrincipalArn': roleArn,
    'aws:PrincipalAccount': place.account,
    'aws:SourceAccount': place.account,
    'aws:ResourceAccount': place.account,
    'aws:RequestedRegion': place.region,
    'aws:SecureTransport': 'true',
  };
  return { action, resource, context: { ...standing, ...context }, principals: [roleArn] };
}

/** A key's policy decides alone or hands the decision to IAM; elsewhere either side may allow, and each may deny. */
function judge(own: Decision, request: AccessRequest, resourcePolicy: Policy | undefined): string {
  const root = `arn:aws:iam::${request.principals[0]!.split(':')[4]}:root`;
  const theirs = resourcePolicy && decide([resourcePolicy], request);
  if (own.effect === 'deny') return 'a statement of the role denies it';
  if (theirs?.effect === 'deny') return 'the policy of the resource denies it';
  if (theirs?.effect === 'allow') return 'allowed';
  if (!request.action.startsWith('kms:')) return own.effect === 'allow' ? 'allowed' : 'no statement allows it';
  if (!/:key\//.test(request.resource)) return own.effect === 'allow' ? 'allowed' : 'no statement allows it';
  const delegated = resourcePolicy && decide([resourcePolicy], { ...request, principals: [...request.principals, root] });
  if (delegated?.effect !== 'allow') return 'the policy of the key does not let IAM decide';
  return own.effect === 'allow' ? 'allowed' : 'no statement allows it';
}

/** Objects are governed by the policy of their bucket. */
function policyKey(resourceArn: string): string {
  return resourceArn.replace(/^(arn:aws:s3:::[^/]+).*$/, '$1');
}

function resourcePolicies(assembly: Assembly): readonly (readonly [string, Policy])[] {
  const named = (type: string, arn: (name: string) => string, names: (resource: Resource) => readonly string[], property: string) =>
    assembly.resources(type).flatMap((resource) => names(resource).map((name) => [arn(name), resource.properties[property] as Policy] as const));
  const { account, region } = assembly.place;
  return [
    ...named('AWS::S3::BucketPolicy', (name) => `arn:aws:s3:::${name}`, ({ properties }) => [properties['Bucket']], 'PolicyDocument'),
    ...named('AWS::KMS::Key', (name) => `arn:aws:kms:${region}:${account}:key/${name}`, ({ name }) => [name], 'KeyPolicy'),
    ...named(
      'AWS::SQS::QueuePolicy', (name) => `arn:aws:sqs:${region}:${account}:${name}`,
      ({ properties }) => (properties['Queues'] as readonly string[]).map((url) => url.split('/').at(-1)!), 'PolicyDocument',
    ),
  ];
}

/** What AWS keeps under these names and we use: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/about-managed-policy-reference.html */
const managed: Readonly<Record<string, Policy>> = {
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole': {
    Statement: { Effect: 'Allow', Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' },
  },
};

function policiesOf(role: Resource, assembly: Assembly): readonly Policy[] {
  if (role.properties['PermissionsBoundary'] !== undefined) throw new Error(`${role.name} has a permissions boundary, which authority.ts does not weigh.`);
  const inline = (role.properties['Policies'] ?? []) as readonly { PolicyDocument: Policy }[];
  const attachedTo = [...assembly.resources('AWS::IAM::Policy'), ...assembly.resources('AWS::IAM::ManagedPolicy')]
    .filter(({ properties }) => (properties['Roles'] as readonly string[] | undefined)?.includes(role.name));
  const arns = (role.properties['ManagedPolicyArns'] ?? []) as readonly string[];
  const byArn = arns.map((arn) => {
    const own = assembly.resources('AWS::IAM::ManagedPolicy').find(({ ref }) => ref === arn);
    const policy = own === undefined ? managed[arn] : (own.properties['PolicyDocument'] as Policy);
    if (policy === undefined) throw new Error(`${role.name} has the managed policy ${arn}, which authority.ts does not know.`);
    return policy;
  });
  return [...inline.map(({ PolicyDocument }) => PolicyDocument), ...attachedTo.map(({ properties }) => properties['PolicyDocument'] as Policy), ...byArn];
}

function unused(role: string, policies: readonly Policy[], used: ReadonlyMap<Statement, ReadonlySet<string>>): readonly UnusedGrant[] {
  return statements(policies).filter(({ Effect }) => Effect === 'Allow').flatMap((statement) =>
    many(statement.Action ?? statement.NotAction)
      .filter((action) => used.get(statement)?.has(action) !== true)
      .map((action) => ({ role, statement: statement.Sid ?? '', action })));
}
