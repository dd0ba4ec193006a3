/** history-system: the versions of all resources. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { historySystem } from '../../src/operations/history-system.ts';
import { openHistory } from '../../src/store/open-history.ts';

export const handler = serve('history-system', (store) => historySystem({ store: openHistory(storePorts(store)) }));
