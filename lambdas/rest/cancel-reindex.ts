/** cancel-reindex: the end of a `$reindex` before its time. */
import { reindexDependencies } from '../../src/aws/reindexing.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { cancelReindex } from '../../src/operations/cancel-reindex.ts';

const dependenciesOf = reindexDependencies();

export const handler = serve('cancel-reindex', (store) => cancelReindex(dependenciesOf(store)));
