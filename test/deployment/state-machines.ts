/**
 * State machines of the templates, run from their definitions with the real functions behind their tasks
 * (https://states-language.net/spec.html). Pauses and the time between attempts are left out; how long a pause was to be for
 * what a function answered (`waitSeconds`) is told, so that functions find it to be later.
 */
import { StateMachine } from 'aws-local-stepfunctions';
import type { Authority } from './iam/authority.ts';
import { FunctionFailed } from './lambda/runtime-api.ts';
import type { Invoked } from './lambda/runtime-api.ts';
import type { Resource } from './template/assembly.ts';

export interface MachineOptions {
  /** Of type `AWS::StepFunctions::StateMachine`. */
  readonly machine: Resource;
  readonly authority: Authority;
  readonly invoke: (functionName: string, event: unknown) => Promise<Invoked>;
  readonly interruption?: () => Interruption | undefined;
  /** Told of the seconds that a function asked for before it is called again. */
  readonly pass?: (seconds: number) => void;
}

/** Each throws what is to be the task's failure. */
export interface Interruption {
  /** The function has not been called. */
  readonly before?: (state: string) => void;
  /** The function has done its work, and its answer is lost. */
  readonly after?: (state: string) => void;
}

export interface MachineRun {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly output: unknown;
  /** Names of the tasks, in the order they were begun. */
  readonly tasks: readonly string[];
}

/** What Step Functions makes of a failed task: the error's name, for Retry and Catch. */
export class TaskFailed extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Retry?: readonly unknown[];
}

export async function runMachine({ machine, authority, invoke, interruption, pass }: MachineOptions, input: unknown): Promise<MachineRun> {
  const definition = definitionOf(machine);
  const role = (machine.properties['RoleArn'] as string).split('/').at(-1)!;
  const tasks: string[] = [];
  const work = (name: string, resource: string) => async (event: unknown): Promise<unknown> => {
    tasks.push(name);
    const { allowed, reason } = authority.authorize({ caller: role, action: 'lambda:InvokeFunction', resource });
    if (!allowed) throw new TaskFailed('Lambda.AWSLambdaException', reason);
    try {
      interruption?.()?.before?.(name);
      const { bytes } = await invoke(resource.split(':')[6]!, event);
      interruption?.()?.after?.(name);
      const answer = JSON.parse(bytes.toString()) as { readonly waitSeconds?: number } | null;
      if (answer?.waitSeconds !== undefined) pass?.(answer.waitSeconds);
      return answer;
    } catch (error) {
      if (error instanceof FunctionFailed) throw new TaskFailed(error.errorType, error.message);
      throw error;
    }
  };
  const states = Object.entries(definition.States);
  const overrides = {
    taskResourceLocalHandlers: Object.fromEntries(states.filter(([, { Type }]) => Type === 'Task').map(([name, { Resource }]) => [name, work(name, Resource!)])),
    waitTimeOverrides: Object.fromEntries(states.filter(([, { Type }]) => Type === 'Wait').map(([name]) => [name, 0])),
    retryIntervalOverrides: Object.fromEntries(states.filter(([, { Retry }]) => Retry !== undefined).map(([name]) => [name, 0])),
  };
  // The library's types want every field of every state; the definition was checked when the template was linted.
  const runner = new StateMachine(definition as never, { validationOptions: { checkArn: true, checkPaths: true } });
  try {
    const output: unknown = await runner.run(input as never, { overrides } as never).result;
    return { status: 'SUCCEEDED', output, tasks };
  } catch (error) {
    return { status: 'FAILED', output: error, tasks };
  }
}

export function definitionOf({ properties }: Resource): { readonly StartAt: string; readonly States: Readonly<Record<string, State>> } {
  const text = properties['DefinitionString'] as string | undefined;
  const definition = (text === undefined ? properties['Definition'] : JSON.parse(text)) as { readonly StartAt: string; readonly States: Readonly<Record<string, State>> };
  const substitutions = (properties['DefinitionSubstitutions'] ?? {}) as Readonly<Record<string, string>>;
  const whole = JSON.stringify(definition).replaceAll(/\$\{(\w+)\}/g, (all, name: string) => substitutions[name] ?? all);
  return JSON.parse(whole) as typeof definition;
}
