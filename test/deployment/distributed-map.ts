/**
 * Distributed Maps of a state machine as the harness runs them
 * (https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html): items read from S3 by the machine's
 * role, a child run for each within the concurrency that is asked for, failures tolerated up to the percentage. Made for
 * the states of lib/kit/distributed-map.ts; a field that is not known here fails the run, so that nothing is passed over.
 */
import type { Authority } from './iam/authority.ts';

export interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Retry?: readonly unknown[];
  /** Of a Parallel. */
  readonly Branches?: readonly StateGraph[];
}

export interface StateGraph {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface MapState extends State {
  readonly Type: 'Map';
  readonly Label: string;
  /** One of the two. */
  readonly ItemReader?: { readonly Resource: string; readonly ReaderConfig: { readonly InputType: string }; readonly Parameters: Readonly<Record<string, string>> };
  readonly ItemsPath?: string;
  readonly ItemSelector: Readonly<Record<string, string>>;
  readonly ItemProcessor: StateGraph & { readonly ProcessorConfig: { readonly Mode: string; readonly ExecutionType: string } };
  /** One of the two. */
  readonly MaxConcurrencyPath?: string;
  readonly MaxConcurrency?: number;
  readonly ToleratedFailurePercentage: number;
}

/** What Step Functions makes of a failed task: the error's name, for Retry and Catch. */
export class TaskFailed extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export interface MapSurroundings {
  readonly machineArn: string;
  /** The machine's role. */
  readonly role: string;
  readonly authority: Authority;
  /** Reads an object of S3 in the name of the role. @throws TaskFailed */
  readonly read: (bucket: string, key: string) => Promise<string>;
  /** Runs a child. @throws what the child failed with */
  readonly runChild: (graph: StateGraph, input: unknown) => Promise<unknown>;
  /** Answers of children that a run before this one has finished, by their index; is told of further ones. */
  readonly finished: Map<number, unknown>;
}

const ownFields = new Set(['Label', 'ItemReader', 'ItemsPath', 'ItemSelector', 'ItemProcessor', 'MaxConcurrencyPath', 'MaxConcurrency', 'ToleratedFailurePercentage']);
const flowFields = new Set(['Type', 'Comment', 'ResultPath', 'Retry', 'Catch', 'Next', 'End']);

/** What the answers of a map may come to: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const maxStateBytes = 256 * 1024;

export function isDistributed(state: State): state is MapState {
  return state.Type === 'Map' && (state as MapState).ItemProcessor?.ProcessorConfig?.Mode === 'DISTRIBUTED';
}

/** The state as a task, which what runs plain state machines can have done by a function: `runMap`. */
export function mapAsTask(state: MapState): State {
  const fields = Object.entries(state);
  const unknown = fields.find(([name]) => !ownFields.has(name) && !flowFields.has(name));
  if (unknown !== undefined) throw new Error(`The harness does not know ${unknown[0]} of a Distributed Map.`);
  return { ...Object.fromEntries(fields.filter(([name]) => flowFields.has(name))), Type: 'Task', Resource: 'arn:aws:states:::harness:map' };
}

export async function runMap(state: MapState, input: unknown, surroundings: MapSurroundings): Promise<readonly unknown[]> {
  const { ProcessorConfig, ...graph } = state.ItemProcessor;
  if (ProcessorConfig.ExecutionType !== 'STANDARD') throw new Error('The harness runs children of the standard kind.');
  const items = await itemsOf(state, input, surroundings);
  if (!Array.isArray(items)) throw new TaskFailed('States.ItemReaderFailed', 'The list is no array.');
  const concurrency = state.MaxConcurrencyPath === undefined ? state.MaxConcurrency : at(state.MaxConcurrencyPath, input, {});
  if (!Number.isInteger(concurrency) || (concurrency as number) < 1) throw new TaskFailed('States.Runtime', 'There is no bound of the concurrency.');
  const { finished } = surroundings;
  const tolerated = Math.floor((items.length * state.ToleratedFailurePercentage) / 100);
  const failures: unknown[] = [];
  const entries = items.entries();
  await Promise.all(Array.from({ length: Math.min(concurrency as number, items.length) }, async () => {
    for (const [index, item] of entries) {
      if (finished.has(index) || failures.length > tolerated) continue;
      const own = selected(state.ItemSelector, input, { '$$.Map.Item.Value': item, '$$.Map.Item.Index': index });
      await child(surroundings, graph, own).then((answer) => finished.set(index, answer), (error: unknown) => failures.push(error));
    }
  }));
  if (failures.length > tolerated) throw new TaskFailed('States.ExceedToleratedFailureThreshold', `${failures.length} of ${items.length} children failed: ${String(failures[0])}`);
  const answers = [...finished.values()];
  if (JSON.stringify(answers).length > maxStateBytes) throw new TaskFailed('States.DataLimitExceeded', 'The answers of the children are too large.');
  return answers;
}

async function itemsOf({ ItemReader, ItemsPath }: MapState, input: unknown, { read }: MapSurroundings): Promise<unknown> {
  if (ItemReader === undefined) return at(ItemsPath ?? 'none', input, {});
  if (ItemReader.Resource !== 'arn:aws:states:::s3:getObject' || ItemReader.ReaderConfig.InputType !== 'JSON') throw new Error('The harness reads JSON lists from S3.');
  const place = selected(ItemReader.Parameters, input, {}) as { readonly Bucket: string; readonly Key: string };
  return JSON.parse(await read(place.Bucket, place.Key)) as unknown;
}

/** A child is begun and followed by the machine's own role. */
async function child({ machineArn, role: caller, authority, runChild }: MapSurroundings, graph: StateGraph, input: unknown): Promise<unknown> {
  const run = `${machineArn.replace(':stateMachine:', ':execution:')}/map:child`;
  for (const [action, resource] of [['states:StartExecution', machineArn], ['states:DescribeExecution', run]] as const) {
    const { allowed, reason } = authority.authorize({ caller, action, resource });
    if (!allowed) throw new TaskFailed('States.Permissions', reason);
  }
  // What is handed over is data.
  return runChild(graph, JSON.parse(JSON.stringify(input)));
}

type Context = Readonly<Record<string, unknown>>;

function selected(template: Readonly<Record<string, string>>, input: unknown, context: Context): unknown {
  return Object.fromEntries(Object.entries(template).map(([name, path]) => (name.endsWith('.$') ? [name.slice(0, -2), at(path, input, context)] : [name, path])));
}

/** Plain paths, `$.plan.key`, and those of the context that are given. */
function at(path: string, input: unknown, context: Context): unknown {
  if (path in context) return context[path];
  if (!/^\$(?:\.\w+)*$/.test(path)) throw new Error(`The harness does not know the path ${path}.`);
  let value = input;
  for (const name of path.split('.').slice(1)) value = (value as Record<string, unknown> | null)?.[name];
  if (value === undefined) throw new TaskFailed('States.ParameterPathFailure', `There is nothing at ${path}.`);
  return value;
}
