/** What the queue of lakes carries: each message tells of a version that was committed to a data store, and may come twice. */
export interface LakeWork {
  readonly datastoreId: string;
  readonly type: string;
  readonly id: string;
  readonly versionId: number;
}

/** @throws Error when the message is no work of this queue */
export function lakeWork(message: unknown): LakeWork {
  const { datastoreId, type, id, versionId } = Object(message) as Readonly<Record<string, unknown>>;
  if (typeof datastoreId !== 'string' || typeof type !== 'string' || typeof id !== 'string' || typeof versionId !== 'number') {
    throw new Error('A message of the queue of lakes tells of no version.');
  }
  return { datastoreId, type, id, versionId };
}
