/**
 * The one closed set of failures, each made by a named constructor, and their rendering as an OperationOutcome
 * (https://hl7.org/fhir/R4/operationoutcome.html).
 *
 * Diagnostics say what to do. They never repeat a value from a resource: names of elements, parameters and
 * types only.
 */
import type { JsonObject } from './json.ts';

/** https://hl7.org/fhir/R4/valueset-issue-type.html, those that Caldera uses. */
export type IssueCode =
  | 'invalid' | 'structure' | 'required' | 'value' | 'invariant' | 'security' | 'login' | 'forbidden'
  | 'processing' | 'not-supported' | 'duplicate' | 'multiple-matches' | 'not-found' | 'deleted' | 'too-long'
  | 'code-invalid' | 'extension' | 'too-costly' | 'business-rule' | 'conflict' | 'transient' | 'lock-error'
  | 'exception' | 'no-store' | 'timeout' | 'incomplete' | 'throttled' | 'informational';

export interface Issue {
  readonly severity: 'fatal' | 'error' | 'warning' | 'information';
  readonly code: IssueCode;
  readonly diagnostics: string;
  /** FHIRPath of the culprit, as `Patient.name[0].given`. */
  readonly expression?: string;
}

export class FhirError extends Error {
  override readonly name = 'FhirError';
  readonly status: number;
  readonly issues: readonly Issue[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, issues: readonly Issue[], headers: Readonly<Record<string, string>> = {}) {
    super(issues.map((issue) => issue.diagnostics).join(' '));
    this.status = status;
    this.issues = issues;
    this.headers = headers;
  }
}

function failure(status: number, code: IssueCode) {
  return (diagnostics: string, expression?: string): FhirError =>
    new FhirError(status, [{ severity: 'error', code, diagnostics, ...(expression === undefined ? {} : { expression }) }]);
}

/** 400: the request itself is malformed. */
export const badRequest = failure(400, 'invalid');
/** 400: understood, but this server does not offer it. */
export const notSupported = failure(400, 'not-supported');
/** 403: more work than one request may cause; the diagnostics say how to narrow it. */
export const tooCostly = failure(403, 'too-costly');
export const notFound = failure(404, 'not-found');
export const methodNotAllowed = failure(405, 'not-supported');
export const notAcceptable = failure(406, 'not-supported');
/** 409: another writer is at the same resource; the request may be sent again as it is. */
export const conflict = failure(409, 'conflict');
/** 409: the idempotency key was used before. */
export const duplicate = failure(409, 'duplicate');
/** 410: deleted; its history remains. */
export const gone = failure(410, 'deleted');
/** 412: If-Match or If-None-Match does not hold. */
export const preconditionFailed = failure(412, 'conflict');
/** 412: criteria that are to find one resource find several. */
export const multipleMatches = failure(412, 'multiple-matches');
export const payloadTooLarge = failure(413, 'too-long');
export const unsupportedMediaType = failure(415, 'not-supported');
/** 422: the content breaks a rule of FHIR or of this server. */
export const unprocessable = failure(422, 'business-rule');
/** 429 with Retry-After, in seconds. */
export function throttled(diagnostics: string, retryAfterSeconds: number): FhirError {
  return new FhirError(429, [{ severity: 'error', code: 'throttled', diagnostics }], { 'Retry-After': String(retryAfterSeconds) });
}
/** 507: there is no room for what was to be written. */
export const insufficientStorage = failure(507, 'no-store');
/** 400 with every finding of a structure check. */
export function invalidResource(issues: readonly Issue[]): FhirError {
  return new FhirError(400, issues);
}

/** The OperationOutcome resource that reports the issues. */
export function operationOutcome(issues: readonly Issue[]): JsonObject & { resourceType: 'OperationOutcome' } {
  return {
    resourceType: 'OperationOutcome',
    issue: issues.map(({ expression, ...issue }) => ({ ...issue, ...(expression === undefined ? {} : { expression: [expression] }) })),
  };
}
