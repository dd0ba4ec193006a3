/**
 * Who signed a request, by AWS Signature Version 4
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html): it is signed again with the
 * caller's secret over the headers that the caller named, and the results are compared.
 *
 * A signature holds for the services `healthlake`, which HealthLake's SDKs sign for, and `execute-api`, as on AWS; this
 * machine is in no region, so any will do.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Hash, Hmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import { FhirError } from '../fhir/outcome.ts';
import type { Clock } from '../ports/clock.ts';

/** How far the time of a signature may lie from ours, both ways; a request that is caught can be replayed for so long. */
export const signatureLifeMs = 5 * 60 * 1000;

/** What programs sign with where no keys are set up. */
export const localKey: AccessKey = { accessKeyId: 'local', secretAccessKey: 'local' };

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A request whose headers are in order; its signature is looked at when the body is there. */
export interface Signed {
  readonly accessKeyId: string;
  /** Given the body as it is sent, piece by piece. */
  readonly observe: (piece: Uint8Array) => void;
  /** @throws FhirError 403 unless the signature covers the request and its body */
  readonly confirm: () => Promise<void>;
}

export interface SignaturesOptions {
  readonly keys: readonly AccessKey[];
  readonly clock: Pick<Clock, 'now'>;
}

/** @returns the caller's promise to be held to; `undefined` for a request that is not signed. @throws FhirError 403 */
export type Signatures = (request: IncomingMessage) => Signed | undefined;

const authorization = new RegExp([
  '^AWS4-HMAC-SHA256\\s+Credential=(?<accessKeyId>[^/\\s,]+)/(?<date>\\d{8})/(?<region>[a-z0-9-]+)/(?<service>healthlake|execute-api)/aws4_request',
  'SignedHeaders=(?<names>[a-z0-9;_-]+)', 'Signature=(?<signature>[0-9a-f]{64})$',
].join(',\\s*'));

/** Without these a signature would hold for other requests too. */
const mustBeSigned = ['host', 'x-amz-date'];

export function signatures({ keys, clock }: SignaturesOptions): Signatures {
  const secrets = new Map(keys.map(({ accessKeyId, secretAccessKey }) => [accessKeyId, secretAccessKey]));
  return (request) => {
    const given = request.headers.authorization;
    if (given === undefined) return undefined;
    const stated = authorization.exec(given)?.groups;
    if (stated === undefined) throw refused('The Authorization header is no Signature Version 4 for the service healthlake or execute-api.');
    const { accessKeyId = '', date = '', region = '', service = '', signature = '' } = stated;
    const secretAccessKey = secrets.get(accessKeyId);
    if (secretAccessKey === undefined) throw refused(`The access key is not known here. ${keys.includes(localKey) ? 'No keys are set up: sign with local and local, or not at all.' : ''}`.trim());
    const at = instantOf(headerOf(request, 'x-amz-date'));
    if (at === undefined || headerOf(request, 'x-amz-date').slice(0, 8) !== date) throw refused('The header x-amz-date must have the time of the signature, as 20261122T120000Z.');
    if (Math.abs(at.getTime() - clock.now()) > signatureLifeMs) throw refused('The signature is more than five minutes old, or ahead of time. Set the clocks.');
    const names = stated['names']!.split(';');
    if (mustBeSigned.some((name) => !names.includes(name))) throw refused('The signature must cover the headers host and x-amz-date.');
    const hash = createHash('sha256');
    return {
      accessKeyId,
      observe: (piece) => void hash.update(piece),
      async confirm() {
        const bodyHash = hash.digest('hex');
        const announced = headerOf(request, 'x-amz-content-sha256');
        if (announced !== '' && announced !== bodyHash) throw refused('The body is not the one that was signed: x-amz-content-sha256 has another hash.');
        const expected = await signedAgain(request, { bodyHash, names, at, region, service, key: { accessKeyId, secretAccessKey } });
        if (!timingSafeEqual(Buffer.from(expected), Buffer.from(signature))) {
          throw refused('The signature does not fit the request. Check the secret, and sign method, path, query, headers and body as they are sent.');
        }
      },
    };
  };
}

interface Statement {
  readonly bodyHash: string;
  readonly names: readonly string[];
  readonly at: Date;
  readonly region: string;
  readonly service: string;
  readonly key: AccessKey;
}

/** The signature of the request under the key, over the headers named. */
async function signedAgain(request: IncomingMessage, { bodyHash, names, at, region, service, key }: Statement): Promise<string> {
  const [path = '', search = ''] = (request.url ?? '/').split('?', 2);
  const query: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(search)) (query[name] ??= []).push(value);
  const headers = Object.fromEntries(names.map((name) => [name, headerOf(request, name)]));
  const signer = new SignatureV4({ credentials: key, region, service, sha256: Sha256, applyChecksum: false });
  // The hash stands in for the body; where the header is among those signed it is there anyway.
  const unsigned = new Set(names.includes('x-amz-content-sha256') ? [] : ['x-amz-content-sha256']);
  const again = await signer.sign(
    { method: request.method ?? 'GET', protocol: 'http:', hostname: 'local', path, query, headers: { ...headers, 'x-amz-content-sha256': bodyHash } },
    { signingDate: at, unsignableHeaders: unsigned, signableHeaders: new Set(names) },
  );
  return again.headers['authorization']!.slice(-64);
}

/** Values of a header that comes more than once are joined, as they are signed. */
function headerOf({ headers }: IncomingMessage, name: string): string {
  const value = headers[name] ?? '';
  return Array.isArray(value) ? value.join(',') : value;
}

/** `20261122T120000Z` */
function instantOf(text: string): Date | undefined {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const instant = new Date(iso);
  return iso === text || Number.isNaN(instant.getTime()) ? undefined : instant;
}

function refused(diagnostics: string): FhirError {
  return new FhirError(403, [{ severity: 'error', code: 'security', diagnostics }]);
}

type Data = string | ArrayBuffer | ArrayBufferView;

/** SHA-256, keyed or not, in the shape that the signer asks for. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: Data) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: Data): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function bytesOf(data: Data): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}
