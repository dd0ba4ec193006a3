/**
 * A deployment without an account: the synthesized templates made real in this process. Functions run from their bundles
 * behind the emulated gateway, tables, buckets and queues lie in engines, and every call is held against the role of
 * whoever makes it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { athenaQuestions } from './endpoint/athena-questions.ts';
import { athena } from './endpoint/athena.ts';
import { comprehendMedical } from './endpoint/comprehend-medical.ts';
import { dynamodb } from './endpoint/dynamodb.ts';
import type { Recovery } from './endpoint/dynamodb.ts';
import { openEndpoint } from './endpoint/endpoint.ts';
import type { Endpoint } from './endpoint/endpoint.ts';
import { events } from './endpoint/events.ts';
import type { Events } from './endpoint/events.ts';
import { glue } from './endpoint/glue.ts';
import type { Glue } from './endpoint/glue.ts';
import { keyRegister } from './endpoint/keys.ts';
import type { World } from './endpoint/world.ts';
import { s3 } from './endpoint/s3.ts';
import { sqs } from './endpoint/sqs.ts';
import type { Sending } from './endpoint/sqs.ts';
import { states } from './endpoint/states.ts';
import type { StartedRun } from './endpoint/states.ts';
import { streamMappings } from './endpoint/stream-mappings.ts';
import type { StreamMappingRegister } from './endpoint/stream-mappings.ts';
import { sts } from './endpoint/sts.ts';
import { tagging } from './endpoint/tagging.ts';
import { emptyEngines, engineAccount, enginesOfEnvironment } from './engines.ts';
import type { Engines } from './engines.ts';
import { openGateway } from './gateway/gateway.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { Caller } from './gateway/verified-caller.ts';
import { authority } from './iam/authority.ts';
import type { Authority } from './iam/authority.ts';
import { functionHost } from './lambda/function-host.ts';
import type { FunctionHost } from './lambda/function-host.ts';
import type { Invoked } from './lambda/runtime-api.ts';
import { provision } from './provision.ts';
import { queueFeed } from './queue-feed.ts';
import type { QueueFeed } from './queue-feed.ts';
import { streamFeed } from './stream-feed.ts';
import type { StreamFeed } from './stream-feed.ts';
import { runMachine } from './state-machines.ts';
import { TaskFailed } from './state-machines.ts';
import type { Interruption, MachineRun } from './state-machines.ts';
import { loadAssembly } from './template/assembly.ts';
import type { Assembly, Resource } from './template/assembly.ts';

const place = { account: engineAccount, region: 'eu-central-1' };
export const cloudAssembly = join(__dirname, '..', '..', 'cdk.out');

/** More than one, so that requests at the same time are served at the same time; few, for the machine's sake. */
const maxEnvironments = 2;

export interface Deployed {
  readonly assembly: Assembly;
  readonly authority: Authority;
  readonly endpoint: Endpoint;
  readonly engines: Engines;
  readonly gateway: Gateway;
  readonly world: World;
  readonly mappings: StreamMappingRegister;
  readonly recovery: Recovery;
  /** The account's catalog of databases. */
  readonly catalog: Glue;
  /** The account's buses. */
  readonly events: Events;
  /** Signs for the one who may do everything at the gateway. */
  readonly caller: Caller;
  /** Failures that a client only sees as 5xx. */
  readonly problems: readonly Error[];
  /** Deployed names of all functions but those that CDK brings. */
  readonly functionNames: readonly string[];
  /** Roles of state machines that are ours. */
  readonly machineRoles: readonly string[];
  /** By its deployed name. */
  functionCalled(name: string): FunctionHost;
  roleOf(functionName: string): string;
  invoke(functionName: string, event: unknown): Promise<Invoked>;
  /** Runs a state machine from its definition. */
  run(machine: Resource, input: unknown): Promise<MachineRun>;
  /** What happens around every task of a state machine from now on; what it throws is the task's failure. */
  interrupt(interruption: Interruption | undefined): void;
  /** The streams that feed functions now, each from where it was read last. */
  drainStreams(): Promise<number>;
  /** Calls what schedules call, once each. */
  callSchedules(): Promise<void>;
  /** Everything that functions wrote to their logs. */
  logs(): string;
  /** It becomes later for functions: a service took its time. */
  pass(seconds: number): void;
  /** Everything that states of workflows handed on, and all messages that functions sent. */
  handed(): string;
  /** Messages of the queue wait no longer for a time that they are put off for. */
  leaveOutDelays(capability: string): void;
  close(): Promise<void>;
}

export async function deploy(): Promise<Deployed> {
  const engines = enginesOfEnvironment();
  await emptyEngines(engines);
  const assembly = loadAssembly(cloudAssembly, place);
  const powers = authority(assembly);
  const world: World = {
    place, keys: keyRegister(place, powers.attach), tableKeys: new Map(), bucketKeys: new Map(), queueKeys: new Map(),
  };
  await provision(assembly, world, engines);
  const functions = assembly.resources('AWS::Lambda::Function').filter(isOurs);
  const machineRoles = machinesOf(assembly).map(({ properties }) => roleNameOf(properties['RoleArn']));
  const roles = new Map([
    ...functions.map((each, index) => [accessKeyOf(index), roleNameOf(each.properties['Role'])] as const),
    ...machineRoles.map((role) => [machineKeyOf(role), role] as const),
  ]);
  const hosts = new Map<string, FunctionHost>();
  const problems: Error[] = [];
  const report = (problem: Error): void => void problems.push(problem);
  const invoke = async (name: string, event: unknown): Promise<Invoked> => {
    logging(name, assembly, { powers, report });
    return hostCalled(hosts, name).invoke(event);
  };
  const time = { aheadMs: 0 };
  const sending: Sending = { sent: [], undelayed: new Set() };
  const handed: string[] = [];
  let interruption: Interruption | undefined;
  const run: Deployed['run'] = (machine, input) => runMachine({
    machine, authority: powers, invoke, interruption: () => interruption,
    pass: (seconds) => void (time.aheadMs += seconds * 1000),
    hand: (text) => void handed.push(text),
    read: (role, bucket, key) => readObject(`${endpoint.url}/${bucket}/${key}`, machineKeyOf(role)),
  }, input);
  const start = async ({ stateMachineArn, input }: StartedRun): Promise<MachineRun> => {
    const machine = assembly.resources('AWS::StepFunctions::StateMachine').find(({ ref }) => ref === stateMachineArn);
    if (machine === undefined) throw new Error(`There is no state machine ${stateMachineArn}.`);
    return run(machine, input);
  };
  const mappings = streamMappings(world);
  const tables = dynamodb(world, engines.dynamodb);
  const buses = events();
  const catalog = glue(world);
  const assumed = sts((role, caller) => powers.trusts(role, caller));
  const objects = s3(world, engines.moto);
  const questions = athenaQuestions({ catalog, s3: objects, now: () => Date.now() + time.aheadMs });
  const services = {
    athena: athena(world, questions.answer, questions.workgroupOf), comprehendmedical: comprehendMedical(), events: buses, glue: catalog, sts: assumed,
    dynamodb: tables, kms: world.keys.service, lambda: mappings, s3: objects, sqs: sqs(world, engines.queues, sending), states: states(start), tagging: tagging(world),
  };
  const endpoint = await openEndpoint({ services, authority: powers, roles, sessions: assumed.sessions, aheadMs: () => time.aheadMs });
  functions.forEach((each, index) => hosts.set(each.name, hosted(each, { assembly, endpoint: endpoint.url, accessKeyId: accessKeyOf(index), time })));
  const roleOf = (name: string): string => roleNameOf(assembly.resource('AWS::Lambda::Function', name).properties['Role']);
  const caller: Caller = {
    arn: `arn:aws:iam::${place.account}:role/conformance`,
    credentials: { accessKeyId: 'AKIACONFORMANCE', secretAccessKey: 'conformance' },
    policies: [{ Statement: { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' } }],
  };
  const gateway = await openGateway({ assembly, ...apiOf(assembly), callers: [caller], invoke, report, now: () => new Date() });
  const streams = new Map<string, StreamFeed>();
  const drainStreams = async (): Promise<number> => {
    let drained = 0;
    for (const { id, settings } of mappings.enabled()) {
      const name = settings.FunctionName.split(':').at(-1)!;
      const feed = streams.get(id) ?? (await streamFeed({ settings, engines, world, authority: powers, role: roleOf(name), invoke: (event) => invoke(name, event) }));
      streams.set(id, feed);
      drained += await feed.drain();
    }
    return drained;
  };
  const feeds = queueFeeds({ assembly, engines, powers, roleOf, invoke, report });
  return {
    assembly, authority: powers, endpoint, engines, gateway, world, mappings, recovery: tables, catalog, events: buses, caller, problems, invoke, run,
    functionNames: functions.map(({ name }) => name), machineRoles,
    roleOf, drainStreams,
    callSchedules: () => callSchedules(assembly, invoke),
    interrupt: (next) => void (interruption = next),
    functionCalled: (name) => hostCalled(hosts, name),
    logs: () => [...hosts.values()].map((host) => host.output()).join(''),
    pass: (seconds) => void (time.aheadMs += seconds * 1000),
    handed: () => [...handed, ...sending.sent].join('\n'),
    leaveOutDelays: (capability) => void sending.undelayed.add(`caldera-${capability}`),
    async close() {
      // First, so that whatever is under way fails now, and nothing of this deployment goes on beside the next.
      await Promise.all([...hosts.values()].map((host) => host.close()));
      await Promise.all(feeds.map((feed) => feed.stop()));
      await gateway.close();
      await endpoint.close();
    },
  };
}

/** The others are those that CDK brings for custom resources. */
function isOurs({ properties }: Resource): boolean {
  return properties['Handler'] === 'index.handler' && properties['FunctionName'] !== undefined;
}

function accessKeyOf(index: number): string {
  return `ASIAFUNCTION${index}`;
}

function machineKeyOf(role: string): string {
  return `ASIAMACHINE${role}`;
}

/** Step Functions reads with the role of the machine. */
async function readObject(url: string, accessKeyId: string): Promise<string> {
  const answer = await fetch(url, { headers: { authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${place.region}/s3/aws4_request` } });
  if (!answer.ok) throw new TaskFailed('States.ItemReaderFailed', `S3 answers ${answer.status}: ${await answer.text()}`);
  return answer.text();
}

function roleNameOf(roleArn: string): string {
  return roleArn.split('/').at(-1)!;
}

/** The others are those that CDK brings. */
function machinesOf(assembly: Assembly): readonly Resource[] {
  return assembly.resources('AWS::StepFunctions::StateMachine').filter(({ properties }) => properties['StateMachineName'] !== undefined);
}

/** Lambda writes a function's log with the function's role. */
function logging(name: string, assembly: Assembly, { powers, report }: Pick<FeedContext, 'powers' | 'report'>): void {
  const { account, region } = assembly.place;
  const caller = roleNameOf(assembly.resource('AWS::Lambda::Function', name).properties['Role']);
  const resource = `arn:aws:logs:${region}:${account}:log-group:/aws/lambda/${name}:log-stream:harness`;
  for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents']) {
    const { allowed, reason } = powers.authorize({ caller, action, resource });
    if (!allowed) report(new Error(reason));
  }
}

function hostCalled(hosts: ReadonlyMap<string, FunctionHost>, name: string): FunctionHost {
  const host = hosts.get(name);
  if (host === undefined) throw new Error(`There is no function ${name}.`);
  return host;
}

function hosted(
  { name, properties, stack }: Resource, { assembly, endpoint, accessKeyId, time }: { assembly: Assembly; endpoint: string; accessKeyId: string; time: { readonly aheadMs: number } },
): FunctionHost {
  if (properties['Runtime'] !== 'nodejs24.x') throw new Error(`${name} is made for ${properties['Runtime']}.`);
  const variables = Object.entries((properties['Environment']?.Variables ?? {}) as Record<string, string>);
  const settings = {
    name,
    arn: `arn:aws:lambda:${assembly.place.region}:${assembly.place.account}:function:${name}`,
    code: codeOf(stack, properties['Code'].S3Key as string),
    layers: ((properties['Layers'] ?? []) as readonly string[]).map((layer) => layerOf(assembly, layer)),
    handler: properties['Handler'] as string,
    memoryMb: (properties['MemorySize'] ?? 128) as number,
    timeoutSeconds: (properties['Timeout'] ?? 3) as number,
    // An SQS client goes where the queue's URL leads, whatever its endpoint is.
    environment: { ...Object.fromEntries(variables.map(([key, value]) => [key, value.replace(/^https:\/\/sqs\.[^/]+/, endpoint)])), ...chosenOf(variables) },
  };
  return functionHost(settings, { region: assembly.place.region, endpoint, accessKeyId, maxEnvironments, aheadMs: () => time.aheadMs });
}

/** In this region nothing reads notes: what the setting `comprehendMedicalRegion` would put into the templates. */
function chosenOf(variables: readonly (readonly [string, string])[]): Record<string, string> {
  const name = 'CALDERA_COMPREHEND_MEDICAL_REGION';
  return variables.some(([variable]) => variable === name) ? { [name]: 'eu-west-1' } : {};
}

/** The folder of a layer's version. */
function layerOf(assembly: Assembly, ref: string): string {
  const layer = assembly.resources('AWS::Lambda::LayerVersion').find((each) => each.ref === ref);
  if (layer === undefined) throw new Error(`There is no layer ${ref}.`);
  return codeOf(layer.stack, layer.properties['Content'].S3Key as string);
}

/** The folder that would be uploaded under this key. */
function codeOf(stack: string, key: string): string {
  const { files } = JSON.parse(readFileSync(join(cloudAssembly, `${stack}.assets.json`), 'utf8')) as { files: Record<string, { source: { path: string } }> };
  const file = files[key.replace(/\.zip$/, '')];
  if (file === undefined) throw new Error(`${stack} has no asset ${key}.`);
  return join(cloudAssembly, file.source.path);
}

function apiOf(assembly: Assembly): { readonly api: Resource; readonly stage: string } {
  const [api] = assembly.resources('AWS::ApiGateway::RestApi').filter(({ properties }) => properties['Body'] !== undefined);
  const stage = assembly.resources('AWS::ApiGateway::Stage').find(({ properties }) => properties['RestApiId'] === api?.ref);
  if (api === undefined || stage === undefined) throw new Error('The templates have no REST API with a stage.');
  return { api, stage: stage.name };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html */
async function callSchedules(assembly: Assembly, invoke: Deployed['invoke']): Promise<void> {
  for (const { name, properties } of assembly.resources('AWS::Events::Rule')) {
    if (properties['ScheduleExpression'] === undefined) continue;
    const rule = `arn:aws:events:${assembly.place.region}:${assembly.place.account}:rule/${name}`;
    for (const { Arn, Input } of properties['Targets'] as readonly { Arn: string; Input?: string }[]) {
      const functionName = Arn.split(':').at(-1)!;
      const permitted = assembly.resources('AWS::Lambda::Permission').some(({ properties: permission }) =>
        [functionName, Arn].includes(permission['FunctionName']) && permission['Principal'] === 'events.amazonaws.com' && permission['SourceArn'] === rule);
      if (!permitted) throw new Error(`${functionName} does not let ${rule} call it.`);
      await invoke(functionName, Input === undefined ? { source: 'aws.events' } : JSON.parse(Input));
    }
  }
}

interface FeedContext {
  readonly assembly: Assembly;
  readonly engines: Engines;
  readonly powers: Authority;
  readonly roleOf: (functionName: string) => string;
  readonly invoke: (functionName: string, event: unknown) => Promise<Invoked>;
  readonly report: (problem: Error) => void;
}

function queueFeeds({ assembly, engines, powers, roleOf, invoke, report }: FeedContext): readonly QueueFeed[] {
  return assembly.resources('AWS::Lambda::EventSourceMapping').map((mapping) => {
    const name = (mapping.properties['FunctionName'] as string).split(':').at(-1)!;
    const call = (event: unknown): Promise<Invoked> => invoke(name, event);
    return queueFeed({ mapping, queues: engines.queues, authority: powers, role: roleOf(name), invoke: call, report });
  });
}
