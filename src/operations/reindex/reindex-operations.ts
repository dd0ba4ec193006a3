/** The operations of `$reindex`, made for one data store. */
import { cancelReindex } from '../cancel-reindex.ts';
import { reindexStatus } from '../reindex-status.ts';
import type { ReindexOperations } from '../rest.ts';
import { startReindex } from '../start-reindex.ts';
import type { StartReindexDependencies } from '../start-reindex.ts';

export function reindexOperations(dependencies: StartReindexDependencies): ReindexOperations {
  return {
    'start-reindex': startReindex(dependencies),
    'reindex-status': reindexStatus(dependencies),
    'cancel-reindex': cancelReindex(dependencies),
  };
}
