/**
 * What the gateway answers by itself, as OperationOutcomes
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-responses-types.html,
 * https://hl7.org/fhir/R4/operationoutcome.html).
 *
 * The gateway's own messages are left out: that of a refused request quotes its path, and with it ids.
 */
interface Answer {
  /** Where it is not what the gateway would have said. */
  readonly status?: number;
  /** https://hl7.org/fhir/R4/valueset-issue-type.html */
  readonly code: string;
  readonly diagnostics: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Until a bucket of requests has some again: it is filled every second. */
const retryAfterSeconds = 1;

const serverFailed = 'The request did not reach an answer. It may be sent again; a write may have taken place, so send If-Match or an idempotency key with it.';

const answers: Readonly<Record<string, Answer>> = {
  ACCESS_DENIED: {
    code: 'forbidden',
    diagnostics: 'The IAM policies of the caller do not allow this request: they need execute-api:Invoke on its method and path.',
  },
  API_CONFIGURATION_ERROR: { code: 'exception', diagnostics: 'The interface is not set up correctly.' },
  BAD_REQUEST_BODY: { code: 'invalid', diagnostics: 'The body of the request cannot be read.' },
  BAD_REQUEST_PARAMETERS: { code: 'invalid', diagnostics: 'The parameters of the request cannot be read.' },
  DEFAULT_4XX: { code: 'processing', diagnostics: 'The request was refused before it reached the server.' },
  DEFAULT_5XX: { code: 'exception', diagnostics: serverFailed },
  EXPIRED_TOKEN: { code: 'expired', diagnostics: 'The session token of the request has expired. Sign with fresh credentials.' },
  INTEGRATION_FAILURE: { code: 'transient', diagnostics: serverFailed },
  INTEGRATION_TIMEOUT: { code: 'timeout', diagnostics: serverFailed },
  INVALID_SIGNATURE: {
    code: 'security',
    diagnostics: 'The signature does not fit the request. Sign method, path, query and body as sent, for the service execute-api.',
  },
  // All paths are there, and all of them are signed: what comes without a token comes without a signature.
  MISSING_AUTHENTICATION_TOKEN: {
    status: 401,
    code: 'login',
    diagnostics: 'The request is not signed. Sign it with AWS Signature Version 4 for the service execute-api.',
  },
  QUOTA_EXCEEDED: { status: 429, code: 'throttled', diagnostics: 'The quota of requests is used up.' },
  REQUEST_TOO_LARGE: {
    status: 413,
    code: 'too-long',
    diagnostics: 'The request is larger than the 10 MB that the gateway takes. Larger transactions are sent with Prefer: respond-async.',
  },
  RESOURCE_NOT_FOUND: { status: 404, code: 'not-found', diagnostics: 'There is nothing at this path.' },
  THROTTLED: {
    status: 429,
    code: 'throttled',
    diagnostics: 'There are more requests than the interface takes. The request may be sent again.',
    headers: { 'Retry-After': String(retryAfterSeconds) },
  },
  UNAUTHORIZED: { status: 401, code: 'login', diagnostics: 'The request is not signed by a caller who is known here.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, code: 'not-supported', diagnostics: 'The media type of the body is not supported. Send application/fhir+json.' },
  WAF_FILTERED: { status: 403, code: 'forbidden', diagnostics: 'The request was refused by the firewall of the interface.' },
};

export interface GatewayResponse {
  readonly statusCode?: string;
  readonly responseParameters: Readonly<Record<string, string>>;
  readonly responseTemplates: Readonly<Record<string, string>>;
}

export const gatewayResponses: Readonly<Record<string, GatewayResponse>> = Object.fromEntries(
  Object.entries(answers).map(([type, answer]) => [type, rendered(answer)]),
);

function rendered({ status, code, diagnostics, headers = {} }: Answer): GatewayResponse {
  const issue = { severity: 'error', code, diagnostics: `${diagnostics} Request $context.requestId.` };
  const parameters = { 'Content-Type': 'application/fhir+json; charset=utf-8', ...headers };
  return {
    ...(status !== undefined && { statusCode: String(status) }),
    responseParameters: Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [`gatewayresponse.header.${name}`, `'${value}'`]),
    ),
    // The template for any request that accepts something else, too.
    responseTemplates: { 'application/json': JSON.stringify({ resourceType: 'OperationOutcome', issue: [issue] }) },
  };
}
