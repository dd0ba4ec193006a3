/** Athena: workgroups, and questions that run in them (https://docs.aws.amazon.com/athena/latest/APIReference/Welcome.html). */
import { jsonAnswer, jsonCall, jsonError, unknownOperation } from './service.ts';
import type { Service, ServiceAnswer, ServiceCaller } from './service.ts';
import type { World } from './world.ts';

/** As it was made, with later changes in it. */
export interface Workgroup {
  readonly ResultConfiguration: { readonly OutputLocation: string; readonly EncryptionConfiguration: { readonly KmsKey: string } };
  readonly BytesScannedCutoffPerQuery: number;
}

export interface Athena extends Service {
  readonly workgroups: ReadonlyMap<string, Workgroup>;
}

// oxlint-disable-next-line typescript/no-explicit-any -- each operation has its own input
type Input = any;

/** Answers an operation that is about questions; `undefined` for any other. */
export type Questions = (operation: string, input: Input, asked: { readonly workgroups: ReadonlyMap<string, Workgroup>; readonly caller: ServiceCaller }) => Promise<ServiceAnswer> | undefined;

/** @param workgroupOf of the question of an id */
export function athena({ place: { region, account } }: World, questions: Questions, workgroupOf: (queryId: string) => string | undefined): Athena {
  const workgroups = new Map<string, Workgroup>();
  const missing = (name: string): ServiceAnswer => jsonError('InvalidRequestException', `WorkGroup ${name} is not found.`);
  const operations: Readonly<Record<string, (input: Input) => ServiceAnswer>> = {
    GetWorkGroup: ({ WorkGroup }) => (workgroups.has(WorkGroup) ? jsonAnswer({ WorkGroup: { Name: WorkGroup, Configuration: workgroups.get(WorkGroup) } }) : missing(WorkGroup)),
    CreateWorkGroup: ({ Name, Configuration }) => {
      if (workgroups.has(Name)) return jsonError('InvalidRequestException', 'WorkGroup is already created.');
      workgroups.set(Name, Configuration);
      return jsonAnswer({});
    },
    UpdateWorkGroup: ({ WorkGroup, ConfigurationUpdates: { ResultConfigurationUpdates, ...updates } }) => {
      const found = workgroups.get(WorkGroup);
      if (found === undefined) return missing(WorkGroup);
      workgroups.set(WorkGroup, { ...found, ...updates, ResultConfiguration: ResultConfigurationUpdates });
      return jsonAnswer({});
    },
    DeleteWorkGroup: ({ WorkGroup }) => (workgroups.delete(WorkGroup) ? jsonAnswer({}) : missing(WorkGroup)),
  };
  return {
    workgroups,
    accesses(request) {
      const { operation, input } = jsonCall(request) as { operation: string; input: Input };
      const name = input.WorkGroup ?? input.Name ?? workgroupOf(input.QueryExecutionId) ?? 'primary';
      const resource = `arn:aws:athena:${region}:${account}:workgroup/${name}`;
      const tagging = (input.Tags ?? []).length > 0 ? [{ action: 'athena:TagResource', resource }] : [];
      return [{ action: `athena:${operation}`, resource }, ...tagging];
    },
    async answer(request, caller) {
      const { operation, input } = jsonCall(request) as { operation: string; input: Input };
      const answer = operations[operation]?.(input) ?? (await questions(operation, input, { workgroups, caller }));
      if (answer === undefined) throw unknownOperation('athena', operation);
      return answer;
    },
    denied: (reason) => jsonError('AccessDeniedException', reason),
  };
}
