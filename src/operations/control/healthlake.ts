/**
 * HealthLake's own API as one function, in AWS's JSON protocol (https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html):
 * `X-Amz-Target` names the operation, the body is its input. The only place that catches: what was thrown becomes an error
 * of the API, anything else a fault with a number.
 */
import type { ServeDependencies } from '../serve.ts';
import { checkedInput, parsedInput } from './checked-input.ts';
import { controlErrorOf, ControlError, unknownOperation } from './control-error.ts';
import type { ControlCall, ControlDependencies, ControlOperation, Output } from './control-operation.ts';
import { createFhirDatastore } from './create-fhir-datastore.ts';
import { deleteFhirDatastore } from './delete-fhir-datastore.ts';
import { describeFhirDatastore } from './describe-fhir-datastore.ts';
import { describeFhirExportJob } from './describe-fhir-export-job.ts';
import { describeFhirImportJob } from './describe-fhir-import-job.ts';
import { listFhirDatastores } from './list-fhir-datastores.ts';
import { listFhirExportJobs } from './list-fhir-export-jobs.ts';
import { listFhirImportJobs } from './list-fhir-import-jobs.ts';
import { listTagsForResource } from './list-tags-for-resource.ts';
import { requestShapes } from './request-shapes.ts';
import type { ControlOperationName } from './request-shapes.ts';
import { restoreFhirDatastore } from './restore-fhir-datastore.ts';
import type { StructureShape } from './shape.ts';
import { startFhirExportJob } from './start-fhir-export-job.ts';
import { startFhirImportJob } from './start-fhir-import-job.ts';
import { tagResource } from './tag-resource.ts';
import { untagResource } from './untag-resource.ts';
import { updateFhirDatastore } from './update-fhir-datastore.ts';

/** The most that a request may have: 200 tags of the longest kind, escaped, and as much again. */
export const maxControlBodyBytes = 1024 * 1024;
export const amzJson = 'application/x-amz-json-1.0';

export interface ControlRequest extends ControlCall {
  /** The header `X-Amz-Target`, as `HealthLake.ListFHIRDatastores`. */
  readonly target: string | undefined;
  readonly body: string;
}

export interface ControlAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: string;
}

/** Those that are absent are not offered. */
export type ControlOperations = { readonly [Name in ControlOperationName]?: ControlOperation<Name> };

export function controlOperations(dependencies: ControlDependencies): ControlOperations {
  const { backups, startImport, startExport } = dependencies;
  return {
    CreateFHIRDatastore: createFhirDatastore(dependencies),
    DescribeFHIRDatastore: describeFhirDatastore(dependencies),
    ListFHIRDatastores: listFhirDatastores(dependencies),
    UpdateFHIRDatastore: updateFhirDatastore(dependencies),
    DeleteFHIRDatastore: deleteFhirDatastore(dependencies),
    ...(backups && { RestoreFHIRDatastore: restoreFhirDatastore({ ...dependencies, backups }) }),
    ...(startImport && { StartFHIRImportJob: startFhirImportJob(dependencies, startImport) }),
    DescribeFHIRImportJob: describeFhirImportJob(dependencies),
    ListFHIRImportJobs: listFhirImportJobs(dependencies),
    ...(startExport && { StartFHIRExportJob: startFhirExportJob(dependencies, startExport) }),
    DescribeFHIRExportJob: describeFhirExportJob(dependencies),
    ListFHIRExportJobs: listFhirExportJobs(dependencies),
    TagResource: tagResource(dependencies),
    UntagResource: untagResource(dependencies),
    ListTagsForResource: listTagsForResource(dependencies),
  };
}

/** @returns a function that answers every request, and never throws */
export function healthlake(dependencies: ControlDependencies & ServeDependencies): (request: ControlRequest) => Promise<ControlAnswer> {
  const operations = controlOperations(dependencies);
  return async ({ target, body, ...call }) => {
    try {
      return answer(200, await called(operations, { target, body }, call));
    } catch (error) {
      return refusal(error, dependencies);
    }
  };
}

/** What was thrown before an operation was called, or by it, as the API tells it. */
export function refusal(error: unknown, { ids, report }: ServeDependencies): ControlAnswer {
  const told = controlErrorOf(error);
  if (told !== undefined) return refused(told);
  const id = ids.uuid();
  report({ id, error });
  return refused(new ControlError('InternalServerException', `The server failed. Its operators find the reason under the fault id ${id}.`));
}

type Called = (input: unknown, call: ControlCall) => Promise<Output>;

async function called(operations: ControlOperations, { target, body }: Pick<ControlRequest, 'target' | 'body'>, call: ControlCall): Promise<Output> {
  const name = /^HealthLake\.(?<name>[A-Za-z]+)$/.exec(target ?? '')?.groups?.['name'] ?? '';
  if (!isKnown(name)) throw unknownOperation('The header X-Amz-Target names no operation of HealthLake that this platform has.');
  const operation = operations[name] as Called | undefined;
  if (operation === undefined) throw unknownOperation(`${name} is not offered by this version of the platform.`);
  return operation(checkedInput(requestShapes[name] as StructureShape, parsedInput(body)), call);
}

function isKnown(name: string): name is ControlOperationName {
  return Object.hasOwn(requestShapes, name);
}

function refused({ name, status, message }: ControlError): ControlAnswer {
  const { headers, ...told } = answer(status, { __type: `com.amazonaws.healthlake#${name}`, Message: message });
  return { ...told, headers: { ...headers, 'x-amzn-ErrorType': name } };
}

function answer(status: number, members: Output): ControlAnswer {
  return { status, headers: { 'Content-Type': amzJson, 'Cache-Control': 'no-store' }, json: JSON.stringify(members) };
}
