/**
 * AWS Signature Version 4 for the service `execute-api`, which a deployed Caldera wants of every request
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 */
import { createHash, createHmac } from 'node:crypto';
import type { Hash, Hmac } from 'node:crypto';
import { Failed } from './failure.ts';

/** A request as it goes over the wire. */
export interface Signable {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** @returns the request's headers, those of the signature among them */
export type Sign = (request: Signable) => Promise<Record<string, string>>;

type Data = string | ArrayBuffer | ArrayBufferView;

/** SHA-256, keyed or not, in the shape that the signer asks for. */
export class Sha256 {
  private readonly hash: Hash | Hmac;

  constructor(secret?: Data) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: Data): void {
    this.hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
}

function bytesOf(data: Data): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}

/**
 * Signs with the credentials that the AWS tools would take: the environment, the shared files, single sign-on, a role.
 * The libraries are loaded when they are needed: a server on this machine wants no signature.
 */
export async function signer({ region, awsProfile }: { readonly region: string; readonly awsProfile?: string }): Promise<Sign> {
  const [{ SignatureV4 }, { defaultProvider }] = await Promise.all([
    import('@smithy/signature-v4'),
    import('@aws-sdk/credential-provider-node'),
  ]);
  const credentials = defaultProvider(awsProfile === undefined ? {} : { profile: awsProfile });
  const signature = new SignatureV4({ credentials, region, service: 'execute-api', sha256: Sha256 });
  return async ({ method, url, headers, body }) => {
    const { protocol, hostname, host, pathname, searchParams } = url;
    const query: Record<string, string[]> = {};
    for (const [name, value] of searchParams) (query[name] ??= []).push(value);
    await credentials().catch((error: unknown) => {
      // The provider's words name files and profiles, never a secret.
      throw new Failed(`There are no AWS credentials to sign with: ${(error as Error).message}`);
    });
    const signed = await signature.sign({ method, protocol, hostname, path: pathname, query, headers: { ...headers, host }, body });
    const { host: _host, ...others } = signed.headers;
    return others;
  };
}

/**
 * The query as the signature has it, every reserved character encoded: the gateway computes its own from what is sent,
 * and page tokens end in `==`.
 */
export function encodedQuery(url: URL): string {
  const encoded = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return [...url.searchParams].map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&');
}
