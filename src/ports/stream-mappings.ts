/** Connects the streams of data stores with the function that carries the change feed. Every call may be repeated. */

export interface StreamMapping {
  readonly id: string;
  readonly streamArn: string;
  /** `changing`: being made or altered, and not to be touched until it is something else. */
  readonly state: 'enabled' | 'disabled' | 'changing' | 'deleting';
  /** False when its filter, retries or failure queue are not those this version wants. */
  readonly current: boolean;
}

export interface StreamMappings {
  /** All mappings from the store's stream, and from streams its table had before. */
  find(datastoreId: string): Promise<readonly StreamMapping[]>;
  /** From the oldest change on, so that none made before it is lost. */
  create(streamArn: string): Promise<void>;
  /** Gives it the settings of this version and switches it on. */
  update(id: string): Promise<void>;
  /** Does nothing when there is no such mapping. */
  delete(id: string): Promise<void>;
}
