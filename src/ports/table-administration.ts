/** Makes, changes and removes the tables of data stores. Every call may be repeated, and comes back before its effect. */

/** Capacity that is there from the first request on, in units a second. */
export interface TableWarmth {
  readonly readUnits: number;
  readonly writeUnits: number;
}

/** The most that is served at all, in units a second; what is absent has no bound. */
export interface TableLimit {
  readonly readUnits?: number;
  readonly writeUnits?: number;
}

export interface TableSettings {
  /** True for a table whose puts a change feed carries. */
  readonly stream: boolean;
  readonly warmth?: TableWarmth;
  /** Absent: as it is. */
  readonly limit?: TableLimit;
}

/** One table of one data store. */
export interface TableAddress {
  readonly datastoreId: string;
  readonly table: 'resources' | 'index' | 'jobs';
}

export interface TableDescription {
  /** `changing`: being made or altered; only an `active` table takes changes. */
  readonly state: 'active' | 'changing' | 'deleting';
  readonly deletionProtected: boolean;
  /** Absent where the table has no stream. */
  readonly streamArn?: string;
  readonly warmth?: TableWarmth;
  readonly limit: TableLimit;
}

export interface TableRestore {
  readonly sourceId: string;
  /** Milliseconds since the epoch; cut to the second. */
  readonly point: number;
  readonly keyArn: string;
}

export interface TableAdministration {
  /** `undefined` when there is no such table. */
  describe(address: TableAddress): Promise<TableDescription | undefined>;
  /** On demand, encrypted with the key, protected against deletion. Does nothing when there is such a table. */
  create(address: TableAddress, settings: TableSettings & { readonly keyArn: string }): Promise<void>;
  enableStream(address: TableAddress): Promise<void>;
  warm(address: TableAddress, warmth: TableWarmth): Promise<void>;
  /** Sets both bounds; one that is absent is lifted. */
  limit(address: TableAddress, limit: TableLimit): Promise<void>;
  setDeletionProtection(address: TableAddress, on: boolean): Promise<void>;
  /**
   * Lets the table be restored to any second of so many last days, or no longer.
   * @param days 1 to 35; 0 for none, absent for as many as there can be
   */
  setRecovery(address: TableAddress, days?: number): Promise<void>;
  /** To which moments the table can be restored now, milliseconds since the epoch; `undefined` when to none. */
  recovery(address: TableAddress): Promise<{ readonly earliest: number; readonly latest: number } | undefined>;
  /**
   * Makes the table of what another store's was at the moment, on demand, encrypted with the key and without a stream.
   * Does nothing when there is such a table.
   */
  restore(address: TableAddress, restored: TableRestore): Promise<void>;
  /** Marks a restored table as the store's: tags do not come along. */
  tag(address: TableAddress): Promise<void>;
  /** Does nothing when there is no such table. */
  delete(address: TableAddress): Promise<void>;
}
