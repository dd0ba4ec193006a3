/**
 * What makes a data store's lake known to an engine that others use too: on AWS a database of Glue with its tables and views,
 * and a workgroup of Athena. The embedded runtime needs none.
 */

export interface LakeCatalogSettings {
  /** The key that answers are encrypted under. */
  readonly keyArn: string;
}

export interface LakeCatalog {
  /** Makes what is missing and brings the rest up to date; whatever is as it should be is left alone. */
  provide(datastoreId: string, settings: LakeCatalogSettings): Promise<void>;
  /** Removing what is not there is no error. */
  remove(datastoreId: string): Promise<void>;
}
