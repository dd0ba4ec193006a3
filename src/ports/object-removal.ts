/** Removes the objects of data stores that are being deleted, past versions of them included. */

export interface ObjectRemoval {
  /** Removes some of the store's objects, as many as one request can. @returns how many; 0 when none is left */
  removeSome(datastoreId: string): Promise<number>;
}
