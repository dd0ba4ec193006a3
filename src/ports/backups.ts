/** The continuous backups of data stores: to which moments each can be restored. */

/** Milliseconds since the epoch; both ends included. */
export interface BackupWindow {
  /** Since when the store has been backed up without a gap. */
  readonly enabled: number;
  readonly earliest: number;
  readonly latest: number;
}

export interface Backups {
  /** `undefined` when the store has no backup. */
  window(datastoreId: string): Promise<BackupWindow | undefined>;
}
