/**
 * AWS Signature Version 4 for the service `execute-api`
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html): what a deployed FHIR
 * interface wants of every request.
 */
import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../../src/cli/signature.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A request as it goes over the wire; header names in lower case. */
export interface Signable {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface Signing {
  readonly region: string;
  /** The time that the signature states; it is good for minutes around it. */
  readonly at: Date;
  /** Whether the body's hash is sent in a header of its own, signed too; it is part of the signature in any case. */
  readonly checksum?: boolean;
}

/** @returns the headers of the request, those of the signature among them */
export async function signedHeaders(
  { method, url, headers, body }: Signable, credentials: Credentials, { region, at, checksum = true }: Signing,
): Promise<Readonly<Record<string, string>>> {
  const signer = new SignatureV4({ credentials, region, service: 'execute-api', sha256: Sha256, applyChecksum: checksum });
  const { protocol, hostname, host, pathname, searchParams } = new URL(url);
  const query: Record<string, string[]> = {};
  for (const [name, value] of searchParams) (query[name] ??= []).push(value);
  const request = { method, protocol, hostname, path: pathname, query, headers: { ...headers, host }, body };
  const signed = await signer.sign(request, { signingDate: at });
  const { host: _host, ...others } = signed.headers;
  return others;
}
