/** What the queue of enrichment carries: each message names a document that has changed, and may come twice. */
export interface EnrichmentWork {
  readonly datastoreId: string;
  readonly type: string;
  readonly id: string;
  /** How often it could not be read; absent where it has not been tried. */
  readonly failures?: number;
  /** How often it had to wait for what answered nobody; absent where it had not. */
  readonly waits?: number;
  /** Asked for by `$enrich`: it is read also where this engine has read it. */
  readonly anew?: true;
}

/** @throws Error when the message is no work of this queue */
export function enrichmentWork(message: unknown): EnrichmentWork {
  const { datastoreId, type, id, failures, waits, anew } = Object(message) as Readonly<Record<string, unknown>>;
  if (typeof datastoreId !== 'string' || typeof type !== 'string' || typeof id !== 'string') throw new Error('A message of the queue of enrichment names no document.');
  return { datastoreId, type, id, ...(typeof failures === 'number' && { failures }), ...(typeof waits === 'number' && { waits }), ...(anew === true && { anew }) };
}
