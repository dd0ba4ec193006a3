/**
 * HealthLake's `x-amz-fhir-idempotency-key`: a create that may be sent again without making a second resource.
 *
 * The resource's id is a UUID of version 5 (https://www.rfc-editor.org/rfc/rfc9562#section-5.5) of its type, the
 * caller and the key: the same request claims the same id, and the store gives an id only once.
 */
import { createHash } from 'node:crypto';
import { badRequest } from '../fhir/outcome.ts';

export const idempotencyKeyHeader = 'x-amz-fhir-idempotency-key';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The namespace of these names; made once, at random, and never to change: keys in use would lose their effect. */
const namespace = Buffer.from('6d0f7a52c1c94b1e9b3e5c0a7f24d8e1', 'hex');

/** @throws FhirError 400 when the key is no UUID */
export function idOfKey({ type, caller, key }: { type: string; caller: string; key: string }): string {
  if (!uuid.test(key)) throw badRequest(`${idempotencyKeyHeader} is a UUID. Make a new one for each resource, and send it again only with the same request.`);
  const hash = createHash('sha1').update(namespace).update(JSON.stringify([type, caller, key.toLowerCase()])).digest();
  hash[6] = ((hash[6] as number) & 0x0f) | 0x50;
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
