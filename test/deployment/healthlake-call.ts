/** HealthLake's own API at the gateway, for what AWS's client is too old to know. */
import type { Body } from '../conformance/client.ts';
import { signedHeaders } from '../conformance/signature.ts';
import type { Deployed } from './deployed.ts';

export async function healthlakeCall({ gateway, caller: { credentials }, assembly: { place: { region } } }: Pick<Deployed, 'gateway' | 'caller' | 'assembly'>, operation: string, input: object): Promise<Body> {
  const [url, body] = [`${gateway.url}/`, Buffer.from(JSON.stringify(input))];
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `HealthLake.${operation}` };
  const answer = await fetch(url, { method: 'POST', headers: await signedHeaders({ method: 'POST', url, headers, body }, credentials, { region, at: new Date() }), body });
  return answer.json();
}
