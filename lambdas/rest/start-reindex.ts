/** start-reindex: the beginning of a `$reindex`. */
import { reindexDependencies } from '../../src/aws/reindexing.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { startReindex } from '../../src/operations/start-reindex.ts';

const dependenciesOf = reindexDependencies();

export const handler = serve('start-reindex', (store) => startReindex(dependenciesOf(store)));
