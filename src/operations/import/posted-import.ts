/**
 * What is posted to `$import`, in one of three forms: the manifest of the Bulk Data Import proposal, as JSON
 * (https://github.com/smart-on-fhir/bulk-import/blob/master/import-manifest.md); the same as a Parameters resource; or the
 * members of HealthLake's StartFHIRImportJob. The first two take those members too, but for the input.
 *
 * Files lie in buckets: an address that a request names is never fetched.
 */
import { isObject } from '../../fhir/json.ts';
import type { Json, JsonObject } from '../../fhir/json.ts';
import { badRequest, notSupported } from '../../fhir/outcome.ts';
import { bucketPlace } from './import-job.ts';
import { checkedInput } from '../control/checked-input.ts';
import { ControlError } from '../control/control-error.ts';
import { importMembers, requestShapes } from '../control/request-shapes.ts';
import { list, structure, text } from '../control/shape.ts';
import type { StructureShape, ValueOf } from '../control/shape.ts';
import type { WantedJob } from '../jobs/submit-job.ts';
import type { OperationRequest } from '../operation.ts';
import { parseBody } from '../parse-body.ts';
import { routedTypes } from '../route.ts';
import { maxImportBytes } from '../table.ts';

/** What a job asks for lies in an item of a table. */
export const maxImportInputs = 1000;
const maxUrlLength = 1024;
/** Where outputs go unless the request says: in the bucket of the input. */
export const usualOutput = 'import-outputs/';

const { InputDataConfig: _input, DatastoreId: _datastoreId, ...shared } = importMembers;
const manifestShape = structure({
  ...shared,
  inputFormat: text({ max: 100 }),
  inputSource: text({ max: maxUrlLength }),
  storageDetail: structure({ type: text({ max: 100 }) }, 'type'),
  input: list(structure({ type: text({ max: 64 }), url: text({ max: maxUrlLength }) }, 'type', 'url'), maxImportInputs),
}, 'inputFormat', 'input');
type Manifest = ValueOf<typeof manifestShape>;

const { DatastoreId: _implied, ...healthLakes } = requestShapes.StartFHIRImportJob.members;
const healthLakeShape = structure(healthLakes, 'InputDataConfig', 'JobOutputDataConfig', 'DataAccessRoleArn');

const storedTypes: ReadonlySet<string> = new Set(routedTypes);
/** NDJSON, by the names that it goes under. */
const inputFormats: ReadonlySet<string> = new Set(['application/fhir+ndjson', 'application/ndjson', 'ndjson']);

export type PostedImport = Omit<WantedJob, 'kind' | 'caller'>;

/** @throws FhirError 400 for what is none of the forms, or asks for what is not offered; 413, 415 */
export function postedImport(request: Pick<OperationRequest, 'headers' | 'body'>): PostedImport {
  const posted = parseBody(request, maxImportBytes);
  if (!isObject(posted)) throw badRequest('The body is a JSON object: a manifest, a Parameters resource, or the members of StartFHIRImportJob.');
  if (posted['resourceType'] === 'Parameters') return ofManifest(fromParameters(posted));
  if (posted['resourceType'] !== undefined) throw badRequest('The body is a resource of another type than Parameters.');
  return posted['InputDataConfig'] === undefined ? ofManifest(posted) : ofHealthLake(posted);
}

function ofHealthLake(posted: JsonObject): PostedImport {
  const { JobName, ClientToken, ...input } = checked(healthLakeShape, posted);
  return wanted(input, { JobName, ClientToken });
}

function ofManifest(posted: JsonObject): PostedImport {
  const { inputFormat, inputSource, storageDetail, input: inputs, JobName, ClientToken, ...others } = checked(manifestShape, posted);
  if (!inputFormats.has(inputFormat)) throw notSupported('The only inputFormat here is application/fhir+ndjson.');
  if ((storageDetail?.type ?? 'aws-s3') !== 'aws-s3') throw notSupported('The only storageDetail.type here is aws-s3: put the files into a bucket, and give s3:// URLs.');
  const { bucket, folder, keys } = placesOf(inputs);
  const output = others.JobOutputDataConfig ?? { S3Configuration: { S3Uri: `s3://${bucket}/${usualOutput}` } };
  const told = inputSource === undefined ? {} : { InputSource: inputSource };
  return wanted({ ...others, ...told, InputDataConfig: { S3Uri: `s3://${bucket}/${folder}` }, JobOutputDataConfig: output, Files: keys }, { JobName, ClientToken });
}

interface Names {
  readonly JobName?: string | undefined;
  readonly ClientToken?: string | undefined;
}

function wanted(input: object, { JobName: name, ClientToken: clientToken }: Names): PostedImport {
  return { input: input as JsonObject, ...(name === undefined ? {} : { name }), ...(clientToken === undefined ? {} : { clientToken }) };
}

/** @returns the bucket, the folder that all have in common, and the keys */
function placesOf(inputs: Manifest['input']): { readonly bucket: string; readonly folder: string; readonly keys: readonly string[] } {
  if (inputs.length === 0) throw badRequest('There is no input. Name at least one file.', 'input');
  const places = inputs.map(({ type, url }, index) => {
    if (!storedTypes.has(type)) throw badRequest('The type of an input is none of the types of FHIR R4 that are stored.', `input[${index}].type`);
    if (/^https?:/i.test(url)) throw notSupported('Files are not fetched from the web. Put them into a bucket that the data store may read, and give s3:// URLs.', `input[${index}].url`);
    const place = bucketPlace(url);
    if (!bucketUrl.test(url)) throw badRequest('The url of an input is of the form s3://bucket/key.', `input[${index}].url`);
    return place;
  });
  const [{ bucket } = { bucket: '' }] = places;
  const other = places.findIndex((place) => place.bucket !== bucket);
  if (other !== -1) throw notSupported('All inputs of an import lie in one bucket. Begin one for each bucket.', `input[${other}].url`);
  const keys = places.map(({ key }) => key);
  if (new Set(keys).size < keys.length) throw badRequest('A file is named twice.', 'input');
  return { bucket, folder: commonFolder(keys), keys };
}

const bucketUrl = /^s3:\/\/[a-z0-9][.\-a-z0-9]{1,61}[a-z0-9]\/[^/].*$/s;

function commonFolder(keys: readonly string[]): string {
  const [first = '', ...others] = keys;
  let folder = first.slice(0, first.lastIndexOf('/') + 1);
  while (!others.every((key) => key.startsWith(folder))) folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
  return folder;
}

/** The manifest that the parameters tell. */
function fromParameters({ parameter = [] }: JsonObject): JsonObject {
  const manifest: Record<string, Json> = {};
  const inputs: Json[] = [];
  for (const [name, value] of partsOf(parameter, 'Parameters.parameter')) {
    if (name === 'input') inputs.push(value);
    else if (Object.hasOwn(manifest, name)) throw badRequest('A parameter is repeated that is sent only once.', 'Parameters.parameter');
    else manifest[name] = value;
  }
  if (manifest['InputDataConfig'] !== undefined) throw badRequest('The members of StartFHIRImportJob are sent as JSON, not as Parameters.', 'Parameters.parameter');
  return { ...manifest, input: inputs };
}

/** Names and values: of a parameter with parts, an object of these. */
function partsOf(parameters: Json, expression: string): readonly (readonly [string, Json])[] {
  const shape = (): Error => badRequest('Each parameter has a name, and a value or parts.', expression);
  if (!Array.isArray(parameters)) throw shape();
  return parameters.map((parameter) => {
    if (!isObject(parameter) || typeof parameter['name'] !== 'string') throw shape();
    if (parameter['part'] !== undefined) return [parameter['name'], Object.fromEntries(partsOf(parameter['part'], expression))] as const;
    const [found, second] = Object.entries(parameter).filter(([member]) => /^value[A-Z]/.test(member));
    if (found === undefined || second !== undefined) throw shape();
    const [member, value = null] = found;
    return [parameter['name'], member === 'valueCoding' && isObject(value) ? value['code'] ?? null : value] as const;
  });
}

/** No wish is passed over. @throws FhirError 400 */
function checked<S extends StructureShape>(shape: S, posted: JsonObject): ValueOf<S> {
  const other = Object.keys(posted).find((name) => !Object.hasOwn(shape.members, name));
  if (other !== undefined) {
    const named = /^[A-Za-z_]{1,64}$/.test(other) ? other : 'One of the members';
    throw notSupported(`${named} is nothing that $import takes here. It takes ${Object.keys(shape.members).join(', ')}.`);
  }
  try {
    return checkedInput(shape, posted);
  } catch (error) {
    if (error instanceof ControlError) throw badRequest(error.message);
    throw error;
  }
}
