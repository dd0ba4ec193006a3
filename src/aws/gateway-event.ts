/**
 * A request as API Gateway hands it to a function
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format),
 * and what the operations make of it.
 */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { FhirError, notFound } from '../fhir/outcome.ts';
import { bodyText, bodyTooLarge, bodyUnreadable, contentCoding } from '../machine/body-text.ts';
import type { RestRequest } from '../operations/rest.ts';

/** The members that are read. */
export interface GatewayEvent {
  readonly httpMethod: string;
  /** Behind the stage, as sent. */
  readonly path: string;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>> | null;
  /** Decoded. */
  readonly multiValueQueryStringParameters: Readonly<Record<string, readonly string[]>> | null;
  readonly requestContext: {
    readonly domainName?: string;
    /** As the client sent it: with the stage, or the mapping of a custom domain, before it. */
    readonly path: string;
    readonly identity: { readonly userArn?: string | null };
  };
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
}

export interface GatewayAddress {
  readonly datastoreId: string;
  /** Behind `/r4`, still encoded. */
  readonly path: string;
  readonly baseUrl: string;
}

const address = /^\/datastore\/(?<datastoreId>[^/]+)\/r4(?<path>\/.*)?$/;

/** @throws FhirError 404 when the path is not that of a data store */
export function addressOf(event: GatewayEvent, headers: RestRequest['headers']): GatewayAddress {
  const { datastoreId, path = '' } = address.exec(event.path)?.groups ?? {};
  if (datastoreId === undefined) throw notFound('There is nothing at this path. Data stores are at /datastore/{datastoreId}/r4.');
  return { datastoreId, path, baseUrl: `${endpointOf(event, headers)}/datastore/${datastoreId}/r4` };
}

/** `https://host` with the stage, or the mapping of a custom domain, and without a slash at the end. */
export function endpointOf({ path, requestContext }: GatewayEvent, headers: RestRequest['headers']): string {
  const { domainName = headers['host'] ?? '', path: wholePath } = requestContext;
  const place = path === '/' ? wholePath.replace(/\/$/, '').length : Math.max(0, wholePath.indexOf('/datastore/'));
  // The gateway writes this header; it speaks https alone.
  const scheme = headers['x-forwarded-proto']?.split(',').at(-1)?.trim() === 'http' ? 'http' : 'https';
  return `${scheme}://${domainName}${wholePath.slice(0, place)}`;
}

/** Names in lower case; values of a header that comes more than once are joined (https://www.rfc-editor.org/rfc/rfc9110#section-5.3). */
export function headersOf({ multiValueHeaders }: GatewayEvent): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) {
    const key = name.toLowerCase();
    headers[key] = [...(headers[key] === undefined ? [] : [headers[key]]), ...values].join(', ');
  }
  return headers;
}

/** The query string again, in the order of the names. */
export function queryOf({ multiValueQueryStringParameters }: GatewayEvent): string {
  const pairs = Object.entries(multiValueQueryStringParameters ?? {}).flatMap(([name, values]) =>
    values.map((value) => `${encoded(name)}=${encoded(value)}`),
  );
  return pairs.join('&');
}

/** Half of a surrogate pair, which cannot be encoded, was no UTF-8 when it was sent. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

const decompress = promisify(gunzip);

/**
 * @param maxBytes the most this request may hold, as sent and as decompressed; 0 where no body is read
 * @throws FhirError 413, 415, or 400 for what is not gzip or not UTF-8
 */
export async function bodyOf(event: GatewayEvent, headers: RestRequest['headers'], maxBytes: number): Promise<string | undefined> {
  const bytes = await bytesOf(event, headers, maxBytes);
  return bytes === undefined ? undefined : bodyText(bytes);
}

/** The same, whatever the bytes are. @throws FhirError 413, 415, 400 for what is not gzip */
export async function bytesOf(event: GatewayEvent, headers: RestRequest['headers'], maxBytes: number): Promise<Buffer | undefined> {
  if (maxBytes === 0 || event.body === null || event.body === '') return undefined;
  const coding = contentCoding(headers['content-encoding']);
  const bytes = Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > maxBytes) throw bodyTooLarge(maxBytes);
  return coding === 'gzip' ? decompressed(bytes, maxBytes) : bytes;
}

async function decompressed(bytes: Buffer, maxBytes: number): Promise<Buffer> {
  try {
    return await decompress(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw bodyTooLarge(maxBytes);
    throw bodyUnreadable();
  }
}

/** Who signed the request. @throws FhirError 403 when nobody did: a route without authorization must not serve */
export function callerOf({ requestContext }: GatewayEvent): string {
  const { userArn } = requestContext.identity;
  if (typeof userArn === 'string' && userArn !== '') return userArn;
  throw new FhirError(403, [{ severity: 'error', code: 'forbidden', diagnostics: 'The request is not signed. Sign it with AWS Signature Version 4 for execute-api.' }]);
}
