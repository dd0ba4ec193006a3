/** What the steps of a data store's lake work with. */
import type { LakeTable } from '../../fhir/lake/lake-table.ts';
import type { Ids } from '../../ports/ids.ts';
import type { ParquetFiles } from '../../ports/parquet-files.ts';
import type { LakeVersions } from '../../store/announced-versions.ts';
import type { ManifestPorts } from './lake-manifest.ts';

export interface LakeDependencies extends ManifestPorts {
  readonly parquet: ParquetFiles;
  readonly versions: LakeVersions;
  readonly ids: Pick<Ids, 'uuid'>;
  /** The table of a resource type; `undefined` for what has none. */
  readonly tableOf: (type: string) => LakeTable | undefined;
  /** The table of that name; `undefined` where there is none any more. */
  readonly tableNamed: (name: string) => LakeTable | undefined;
  /** By which columns rows are written: where it differs from what the lake was built by, it is built anew. */
  readonly columns: string;
  /** Asked between pieces of work: resolves when others have had their turn. */
  readonly letOthers?: () => Promise<void> | undefined;
}
