/**
 * What is posted to `$export`: a Parameters resource (https://hl7.org/fhir/R4/operations.html#request), or HealthLake's own
 * body, which names a bucket for the files
 * (https://docs.aws.amazon.com/healthlake/latest/devguide/reference-fhir-operations-export.html).
 */
import { isObject } from '../../fhir/json.ts';
import type { Json, JsonObject } from '../../fhir/json.ts';
import { badRequest } from '../../fhir/outcome.ts';
import { checkedInput } from '../control/checked-input.ts';
import { ControlError } from '../control/control-error.ts';
import { requestShapes } from '../control/request-shapes.ts';
import type { OperationRequest } from '../operation.ts';
import type { Parameter } from '../parameters.ts';
import { parseBody } from '../parse-body.ts';
import { maxExportBytes } from '../table.ts';

/** HealthLake's form: where the files go, in the members of StartFHIRExportJob. */
export interface BucketWishes {
  readonly name?: string;
  readonly clientToken?: string;
  /** `OutputDataConfig` and `DataAccessRoleArn`, as the job's properties repeat them. */
  readonly told: JsonObject;
}

export interface PostedExport {
  readonly parameters: readonly Parameter[];
  readonly bucket?: BucketWishes;
}

/** @throws FhirError 400 for a body that is neither, 413, 415 */
export function postedExport({ method, headers, body }: Pick<OperationRequest, 'method' | 'headers' | 'body'>, datastoreId: string): PostedExport {
  if (method !== 'POST' || body === undefined || body === '') return { parameters: [] };
  const posted = parseBody({ headers, body }, maxExportBytes);
  if (isObject(posted) && posted['resourceType'] === 'Parameters') return { parameters: parametersOf(posted) };
  if (isObject(posted) && posted['resourceType'] === undefined && posted['OutputDataConfig'] !== undefined) {
    return { parameters: [], bucket: bucketWishes(posted, datastoreId) };
  }
  throw badRequest('The body is neither a Parameters resource nor has it the members OutputDataConfig and DataAccessRoleArn of HealthLake’s form.');
}

function parametersOf({ parameter = [] }: JsonObject): readonly Parameter[] {
  if (!Array.isArray(parameter)) throw badRequest('Parameters.parameter is a list.');
  return parameter.map(parameterOf);
}

function parameterOf(parameter: Json): Parameter {
  const values = isObject(parameter) ? Object.entries(parameter).filter(([name]) => /^value[A-Z]/.test(name)) : [];
  const [[name, value] = ['', undefined]] = values;
  const text = name === 'valueReference' && isObject(value) ? value['reference'] : value;
  if (!isObject(parameter) || typeof parameter['name'] !== 'string' || values.length !== 1 || text === null || text === undefined || typeof text === 'object') {
    throw badRequest('Each parameter of this operation has a name and one value: of a primitive type, or a reference.');
  }
  return [parameter['name'], String(text)];
}

/** Held against the shape that StartFHIRExportJob has, so that both take the same. */
function bucketWishes(posted: JsonObject, datastoreId: string): BucketWishes {
  try {
    const { OutputDataConfig, DataAccessRoleArn, JobName, ClientToken } = checkedInput(requestShapes.StartFHIRExportJob, { ...posted, DatastoreId: datastoreId });
    const { S3Uri, KmsKeyId } = OutputDataConfig.S3Configuration!;
    return {
      ...(JobName === undefined ? {} : { name: JobName }), ...(ClientToken === undefined ? {} : { clientToken: ClientToken }),
      told: { OutputDataConfig: { S3Configuration: { S3Uri, KmsKeyId } }, DataAccessRoleArn },
    };
  } catch (error) {
    if (error instanceof ControlError) throw badRequest(error.message);
    throw error;
  }
}
