/**
 * The failures of HealthLake's own API, each with its name and status
 * (https://docs.aws.amazon.com/healthlake/latest/APIReference/CommonErrors.html), and the one place where what the core
 * throws becomes one of them.
 *
 * Messages name members and say what to do; they never repeat what was sent.
 */
import { FhirError } from '../../fhir/outcome.ts';
import { StorageFull, TableUnavailable } from '../../ports/ordered-table.ts';
import { DatastoreConflict, DatastoreInvalid, DatastoreNotFound } from '../datastore/begin-run.ts';

/** By name; those of the last line are not told by the API's model and take the statuses that they have elsewhere at AWS. */
const statuses = {
  ValidationException: 400, SerializationException: 400, UnknownOperationException: 400,
  AccessDeniedException: 403, ResourceNotFoundException: 404, ConflictException: 409, ThrottlingException: 429,
  InternalServerException: 500,
  ServiceQuotaExceededException: 402, FailedDependencyException: 424,
} as const;

export type ControlErrorName = keyof typeof statuses;

export class ControlError extends Error {
  override readonly name: ControlErrorName;
  readonly status: number;

  constructor(name: ControlErrorName, message: string) {
    super(message);
    this.name = name;
    this.status = statuses[name];
  }
}

function failure(name: ControlErrorName) {
  return (message: string): ControlError => new ControlError(name, message);
}

export const validationError = failure('ValidationException');
/** The body is no JSON, or a member is of another JSON type. */
export const serializationError = failure('SerializationException');
export const unknownOperation = failure('UnknownOperationException');
export const resourceNotFound = failure('ResourceNotFoundException');
export const conflictError = failure('ConflictException');
export const quotaExceeded = failure('ServiceQuotaExceededException');

/** @returns what the client is told; `undefined` for a fault, which nobody foresaw */
export function controlErrorOf(error: unknown): ControlError | undefined {
  if (error instanceof ControlError) return error;
  if (error instanceof DatastoreConflict) return conflictError(error.message);
  if (error instanceof DatastoreNotFound) return resourceNotFound(error.message);
  if (error instanceof DatastoreInvalid) return validationError(error.message);
  if (error instanceof StorageFull) return new ControlError('InternalServerException', 'There is no room for what this request writes. Tell whoever runs the server.');
  if (error instanceof TableUnavailable) return new ControlError('ThrottlingException', 'The platform is too busy to answer. Send the request again, with the same ClientToken.');
  if (error instanceof FhirError) return ofFhirError(error);
  return undefined;
}

/** Jobs, bodies and signatures are shared with the FHIR interface, and so are their refusals. */
const ofStatuses: Readonly<Record<number, ControlErrorName>> = {
  400: 'ValidationException', 401: 'AccessDeniedException', 403: 'AccessDeniedException', 404: 'ResourceNotFoundException', 409: 'ConflictException',
  413: 'ValidationException', 415: 'ValidationException', 421: 'AccessDeniedException', 429: 'ThrottlingException',
};

function ofFhirError({ status, message }: FhirError): ControlError | undefined {
  const name = ofStatuses[status];
  return name && new ControlError(name, message);
}
