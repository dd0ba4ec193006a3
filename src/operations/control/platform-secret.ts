/** The control plane's own secret, in the control table beside the data stores; made by whoever needs it first. */
import type { Key, OrderedTable } from '../../ports/ordered-table.ts';

const place: Key = { pk: 'platform', sk: 'secret' };

/**
 * @param newSecret makes at least 32 random bytes
 * @returns the secret, read once per process; all processes have the same
 */
export function platformSecret(control: Pick<OrderedTable, 'get' | 'put'>, newSecret: () => Uint8Array): () => Promise<Uint8Array> {
  let known: Uint8Array | undefined;
  return async () => (known ??= await readOrMake(control, newSecret));
}

async function readOrMake(control: Pick<OrderedTable, 'get' | 'put'>, newSecret: () => Uint8Array): Promise<Uint8Array> {
  const there = await control.get(place, { strong: true });
  if (there?.body !== undefined) return there.body;
  const made = newSecret();
  const outcome = await control.put({ ...place, attributes: { made: 1 }, body: made }, { attribute: 'made', absent: true });
  const secret = outcome.written ? made : (outcome.found?.body ?? (await control.get(place, { strong: true }))?.body);
  if (secret === undefined) throw new Error('The control table has a platform secret without a body.');
  return secret;
}
