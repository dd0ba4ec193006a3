/** Makes and retires the encryption keys of data stores, one for each. Every call may be repeated. */

/** The key that a store is to be under cannot be had; the message says what its owner has to do. */
export class KeyUnusable extends Error {
  override readonly name = 'KeyUnusable';
}

export interface KeyAdministration {
  /** ARNs of the store's keys that are not being deleted, the one under its alias first; more than one after a crash. */
  find(datastoreId: string): Promise<readonly string[]>;
  /** A new symmetric key. @returns its ARN */
  create(datastoreId: string): Promise<string>;
  /**
   * A key that its owner offers to the stores of this deployment.
   * @param name an id, an ARN or an alias
   * @throws KeyUnusable
   */
  offered(name: string): Promise<string>;
  /** A new key material every year; what was encrypted before stays readable. */
  enableRotation(keyArn: string): Promise<void>;
  /** Puts the key under the store's alias, by which roles are granted its use, in place of any other. */
  assignAlias(datastoreId: string, keyArn: string): Promise<void>;
  /** From now on nothing can be read with the key; until its end that can be taken back by hand. */
  scheduleDeletion(keyArn: string): Promise<void>;
  removeAlias(datastoreId: string): Promise<void>;
}
