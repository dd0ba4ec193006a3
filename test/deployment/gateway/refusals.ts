/**
 * What the gateway answers by itself, rendered with the templates of the deployment
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-responses-types.html).
 */
import type { IntegrationAnswer } from './integration-answer.ts';
import type { ApiDocument } from './routes.ts';

const defaults = {
  ACCESS_DENIED: { status: 403, message: 'User is not authorized to access this resource' },
  BAD_REQUEST_PARAMETERS: { status: 400, message: 'Invalid request parameters' },
  API_CONFIGURATION_ERROR: { status: 500, message: 'Internal server error' },
  DEFAULT_5XX: { status: 502, message: 'Internal server error' },
  INTEGRATION_TIMEOUT: { status: 504, message: 'Endpoint request timed out' },
  INVALID_SIGNATURE: { status: 403, message: 'The request signature we calculated does not match the signature you provided.' },
  MISSING_AUTHENTICATION_TOKEN: { status: 403, message: 'Missing Authentication Token' },
  REQUEST_TOO_LARGE: { status: 413, message: 'HTTP content length exceeded 10485760 bytes.' },
} as const;

export type RefusalType = keyof typeof defaults;

/** @param requestId for `$context.requestId` */
export function refusal(document: ApiDocument, type: RefusalType, requestId: string): IntegrationAnswer {
  const { status, message } = defaults[type];
  const responses = document['x-amazon-apigateway-gateway-responses'] ?? {};
  const given = responses[type] ?? responses[status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX'] ?? {};
  const template = given.responseTemplates?.['application/json'] ?? '{"message":$context.error.messageString}';
  const variables: Readonly<Record<string, string>> = {
    '$context.error.messageString': JSON.stringify(message),
    '$context.error.message': message,
    '$context.error.responseType': type,
    '$context.requestId': requestId,
  };
  const body = template.replaceAll(/\$context\.[A-Za-z.]*[A-Za-z]/g, (name) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`refusals.ts does not know ${name}.`);
    return value;
  });
  const headers = Object.entries(given.responseParameters ?? {}).map(([name, value]) => {
    const header = /^gatewayresponse\.header\.(.+)$/.exec(name)?.[1];
    const literal = /^'(.*)'$/.exec(value)?.[1];
    if (header === undefined || literal === undefined) throw new Error(`refusals.ts does not know ${name}: ${value}.`);
    return [header, literal] as const;
  });
  const type_ = headers.some(([name]) => name.toLowerCase() === 'content-type') ? [] : [['Content-Type', 'application/json'] as const];
  return { status: Number(given.statusCode ?? status), headers: [...headers, ...type_, ['x-amzn-ErrorType', type]], body: Buffer.from(body) };
}
