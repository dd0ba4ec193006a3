/** Who signed a request, found by signing it again (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html). */
import { signedHeaders } from '../../conformance/signature.ts';
import type { Credentials } from '../../conformance/signature.ts';
import type { Policy } from '../iam/evaluate.ts';
import type { GatewayRequest } from './proxy-event.ts';

/** Somebody who may be allowed to use the interface. */
export interface Caller {
  readonly arn: string;
  readonly credentials: Credentials;
  readonly policies: readonly Policy[];
}

/** A signature is good for so long before and after the time that it states. */
const validityMs = 5 * 60_000;

const authorization = /^AWS4-HMAC-SHA256 Credential=(?<key>[^/]+)\/\d{8}\/(?<region>[^/]+)\/execute-api\/aws4_request, ?SignedHeaders=(?<signed>[^,]+), ?Signature=[0-9a-f]{64}$/;

export async function verifiedCaller(
  request: GatewayRequest & { readonly signedPath: string },
  { callers, region, now }: { readonly callers: readonly Caller[]; readonly region: string; readonly now: Date },
): Promise<Caller | 'MISSING_AUTHENTICATION_TOKEN' | 'INVALID_SIGNATURE'> {
  const headers = lowerCase(request.rawHeaders);
  const given = headers['authorization'];
  if (given === undefined) return 'MISSING_AUTHENTICATION_TOKEN';
  const { key, signed = '', region: named } = authorization.exec(given)?.groups ?? {};
  const caller = callers.find(({ credentials }) => credentials.accessKeyId === key);
  const at = instantOf(headers['x-amz-date'] ?? '');
  if (caller === undefined || named !== region || Math.abs(at.getTime() - now.getTime()) > validityMs) return 'INVALID_SIGNATURE';
  const names = signed.split(';').filter((name) => !['host', 'x-amz-date', 'x-amz-security-token'].includes(name));
  const covered = Object.fromEntries(names.map((name) => [name, headers[name] ?? '']));
  const url = `http://${headers['host']}${request.signedPath}${request.query === '' ? '' : `?${request.query}`}`;
  const again = await signedHeaders({ method: request.method, url, headers: covered, body: request.body }, caller.credentials, { region, at, checksum: names.includes('x-amz-content-sha256') });
  const expected = again['authorization'] ?? '';
  return /Signature=(.*)$/.exec(expected)?.[1] === /Signature=(.*)$/.exec(given)?.[1] ? caller : 'INVALID_SIGNATURE';
}

function lowerCase(flat: readonly string[]): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (let place = 0; place < flat.length; place += 2) headers[flat[place]!.toLowerCase()] = flat[place + 1]!;
  return headers;
}

/** `20261122T120000Z` */
function instantOf(text: string): Date {
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
