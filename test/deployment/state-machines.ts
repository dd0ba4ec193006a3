/**
 * State machines of the templates, run from their definitions with the real functions behind their tasks
 * (https://states-language.net/spec.html), Distributed Maps included (distributed-map.ts). Pauses and the time between
 * attempts are left out; how long a pause was to be for what a function answered (`waitSeconds`) is told, so that functions
 * find it to be later.
 */
import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StateMachine } from 'aws-local-stepfunctions';
import { isDistributed, mapAsTask, runMap, TaskFailed } from './distributed-map.ts';
import type { MapState, State, StateGraph } from './distributed-map.ts';
import type { Authority } from './iam/authority.ts';
import { FunctionFailed } from './lambda/runtime-api.ts';
import type { Invoked } from './lambda/runtime-api.ts';
import type { Resource } from './template/assembly.ts';

export { TaskFailed } from './distributed-map.ts';

export interface MachineOptions {
  /** Of type `AWS::StepFunctions::StateMachine`. */
  readonly machine: Resource;
  readonly authority: Authority;
  readonly invoke: (functionName: string, event: unknown) => Promise<Invoked>;
  /** Reads an object of S3 in the name of a role. @throws TaskFailed */
  readonly read: (role: string, bucket: string, key: string) => Promise<string>;
  readonly interruption?: () => Interruption | undefined;
  /** Told of what states hand to functions, and of what these answer or fail with, as JSON. */
  readonly hand?: (text: string) => void;
  /** Told of the seconds that a function asked for before it is called again. */
  readonly pass?: (seconds: number) => void;
}

/** Each throws what is to be the task's failure, or `RunStopped` for the end of the whole run at this point. */
export interface Interruption {
  /** The function has not been called. */
  readonly before?: (state: string) => void;
  /** The function has done its work, and its answer is lost. */
  readonly after?: (state: string) => void;
}

/** Somebody stops the run: nothing more of it is done, its children included. */
export class RunStopped extends Error {
  override readonly name = 'RunStopped';
}

export interface MachineRun {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly output: unknown;
  /** Names of the tasks, those of children too, in the order they were begun. */
  readonly tasks: readonly string[];
  /**
   * Goes on with a run that ended badly from the state where it stood, and of a Distributed Map with the children that had
   * not ended well (https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html).
   */
  redrive(): Promise<MachineRun>;
}

/** Where a run stands. */
interface Position {
  readonly state: string;
  readonly input: unknown;
  /** Of a Distributed Map, what its children answered, by their index. */
  readonly finished: Map<number, unknown>;
}

interface Runner {
  readonly options: MachineOptions;
  readonly role: string;
  readonly tasks: string[];
  /** Ends everything that is under way. */
  readonly stopped: PromiseWithResolvers<never>;
  isStopped: boolean;
  position: Position;
}

export function runMachine(options: MachineOptions, input: unknown): Promise<MachineRun> {
  const { StartAt } = definitionOf(options.machine);
  return runFrom(options, { state: StartAt, input, finished: new Map() });
}

async function runFrom(options: MachineOptions, begin: Position): Promise<MachineRun> {
  const role = (options.machine.properties['RoleArn'] as string).split('/').at(-1)!;
  const runner: Runner = { options, role, tasks: [], stopped: Promise.withResolvers<never>(), isStopped: false, position: begin };
  runner.stopped.promise.catch(() => {});
  const { tasks } = runner;
  const redrive = (): Promise<MachineRun> => runFrom(options, runner.position);
  try {
    const output = await Promise.race([runner.stopped.promise, runGraph(runner, { ...definitionOf(options.machine), StartAt: begin.state }, { input: begin.input, isRoot: true })]);
    return { status: 'SUCCEEDED', output, tasks, redrive };
  } catch (error) {
    return { status: runner.isStopped ? 'ABORTED' : 'FAILED', output: error, tasks, redrive };
  }
}

/** @param isRoot false for children, whose states are no places to go on from */
async function runGraph(runner: Runner, graph: StateGraph, { input, isRoot }: { readonly input: unknown; readonly isRoot: boolean }): Promise<unknown> {
  const all = statesOf(graph);
  const named = (matches: (state: State) => boolean) => all.filter(([, state]) => matches(state)) as readonly (readonly [string, State])[];
  const maps = named(isDistributed) as readonly (readonly [string, MapState])[];
  const work = (name: string, done: (event: unknown, finished: Map<number, unknown>) => Promise<unknown>) => async (event: unknown): Promise<unknown> => {
    const known = runner.position;
    // A state that is gone on with has its children; one that is tried again begins anew.
    const isGoneOnWith = isRoot && known.state === name && runner.tasks.length === 0;
    const finished = isGoneOnWith ? known.finished : new Map<number, unknown>();
    if (isRoot && !runner.isStopped && name in graph.States) runner.position = { state: name, input: event, finished };
    return done(event, finished);
  };
  const overrides = {
    taskResourceLocalHandlers: Object.fromEntries([
      ...named(({ Type }) => Type === 'Task').map(([name, { Resource }]) => [name, work(name, (event) => invoked(runner, { name, resource: Resource! }, event))]),
      ...maps.map(([name, state]) => [name, work(name, (event, finished) => mapped(runner, state, { event, finished }))]),
    ]),
    waitTimeOverrides: Object.fromEntries(named(({ Type }) => Type === 'Wait').map(([name]) => [name, 0])),
    retryIntervalOverrides: Object.fromEntries(named(({ Retry }) => Retry !== undefined).map(([name]) => [name, 0])),
  };
  const States = { ...graph.States, ...Object.fromEntries(maps.map(([name, state]) => [name, mapAsTask(state)])) };
  const machine = validMachine({ ...graph, States });
  return machine.run(input as never, { overrides }).result;
}

const validated = new Set<string>();
/** Of the run of all suites (scripts/wire-engines.mjs). */
const sharedFolder = process.env['CALDERA_COMPILED'];

/** Validates each graph once in a run of the suites, for it takes a second: neither where it is begun nor how often matters. */
function validMachine(graph: object & Pick<StateGraph, 'States'>): StateMachine {
  const digest = createHash('sha256').update(JSON.stringify(graph.States)).digest('hex');
  const mark = sharedFolder === undefined ? undefined : join(sharedFolder, `valid-${digest}`);
  const isKnown = validated.has(digest) || (mark !== undefined && existsSync(mark));
  const validationOptions = isKnown ? { noValidate: true } : { checkArn: true, checkPaths: true };
  const machine = new StateMachine(graph as never, { validationOptions });
  validated.add(digest);
  if (mark !== undefined) writeFileSync(mark, '');
  return machine;
}

async function invoked(runner: Runner, { name, resource }: { readonly name: string; readonly resource: string }, event: unknown): Promise<unknown> {
  const { options: { authority, invoke, interruption, pass, hand = () => {} }, role, tasks } = runner;
  if (runner.isStopped) throw new RunStopped('The run was stopped.');
  tasks.push(name);
  const { allowed, reason } = authority.authorize({ caller: role, action: 'lambda:InvokeFunction', resource });
  if (!allowed) throw new TaskFailed('Lambda.AWSLambdaException', reason);
  try {
    interruption?.()?.before?.(name);
    hand(JSON.stringify(event));
    const { bytes } = await invoke(resource.split(':')[6]!, event);
    hand(bytes.toString());
    interruption?.()?.after?.(name);
    const answer = JSON.parse(bytes.toString()) as { readonly waitSeconds?: number } | null;
    if (answer?.waitSeconds !== undefined) pass?.(answer.waitSeconds);
    return answer;
  } catch (error) {
    // https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html: the cause is Lambda's report as JSON text.
    if (error instanceof FunctionFailed) hand(error.message);
    if (error instanceof FunctionFailed) throw new TaskFailed(error.errorType, JSON.stringify({ errorType: error.errorType, errorMessage: error.message.slice(error.errorType.length + 2) }));
    if (!(error instanceof RunStopped)) throw error;
    // Whatever follows in this process fails at once and changes nothing.
    runner.isStopped = true;
    runner.stopped.reject(error);
    throw error;
  }
}

function mapped(runner: Runner, state: MapState, { event, finished }: { readonly event: unknown; readonly finished: Map<number, unknown> }): Promise<unknown> {
  const { options: { authority, read, machine }, role } = runner;
  return runMap(state, event, {
    machineArn: machine.ref, role, authority, finished,
    read: (bucket, key) => read(role, bucket, key),
    runChild: (graph, input) => runGraph(runner, graph, { input, isRoot: false }),
  });
}

/** Those of a Parallel's branches too, which go by their names alone: no two of a machine have one. */
function statesOf({ States }: StateGraph): readonly (readonly [string, State])[] {
  return Object.entries(States).flatMap(([name, state]) => [[name, state] as const, ...(state.Branches ?? []).flatMap(statesOf)]);
}

export function definitionOf({ properties }: Resource): StateGraph {
  const text = properties['DefinitionString'] as string | undefined;
  const definition = (text === undefined ? properties['Definition'] : JSON.parse(text)) as StateGraph;
  const substitutions = (properties['DefinitionSubstitutions'] ?? {}) as Readonly<Record<string, string>>;
  const whole = JSON.stringify(definition).replaceAll(/\$\{(\w+)\}/g, (all, name: string) => substitutions[name] ?? all);
  return JSON.parse(whole) as typeof definition;
}

/** The tasks of a machine, those of its maps' children and of branches included, in the order of the definition. */
export function tasksOf({ States }: StateGraph): readonly string[] {
  return Object.entries(States).flatMap(([name, state]) => {
    if (isDistributed(state)) return tasksOf(state.ItemProcessor);
    if (state.Branches !== undefined) return state.Branches.flatMap(tasksOf);
    return state.Type === 'Task' ? [name] : [];
  });
}
