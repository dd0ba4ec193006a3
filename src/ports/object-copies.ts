/** Copies objects of one data store to another. */

export interface ObjectCopies {
  /** Copies the object to the same key, under the other store's own encryption key. @returns false when there is none */
  copy(key: string, stores: { readonly from: string; readonly to: string }): Promise<boolean>;
}
