/** Events as API Gateway makes them of requests, for tests. */
import type { GatewayEvent } from '../../src/aws/gateway-event.ts';

export const datastoreId = '0123456789abcdef0123456789abcdef';
export const callerArn = 'arn:aws:sts::111122223333:assumed-role/Clinic/nurse';

export interface GatewayAsked {
  readonly method?: string;
  /** Behind `/r4`, as sent. */
  readonly path?: string;
  /** Decoded, as the gateway passes them on. */
  readonly query?: Readonly<Record<string, readonly string[]>>;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  readonly body?: string | Uint8Array;
}

export function gatewayEvent({ method = 'GET', path = '/Patient/1', query, headers = {}, body }: GatewayAsked = {}): GatewayEvent {
  const wholePath = `/datastore/${datastoreId}/r4${path}`;
  return {
    httpMethod: method,
    path: wholePath,
    multiValueHeaders: { Host: ['abc.execute-api.eu-central-1.amazonaws.com'], 'X-Forwarded-Proto': ['https'], ...headers },
    multiValueQueryStringParameters: query ?? null,
    requestContext: {
      domainName: 'abc.execute-api.eu-central-1.amazonaws.com',
      path: `/v1${wholePath}`,
      identity: { userArn: callerArn },
    },
    body: body === undefined ? null : Buffer.from(body as Uint8Array).toString('base64'),
    isBase64Encoded: body !== undefined,
  };
}
