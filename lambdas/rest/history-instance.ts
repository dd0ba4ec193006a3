/** history-instance: the versions of a resource. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { historyInstance } from '../../src/operations/history-instance.ts';
import { openHistory } from '../../src/store/open-history.ts';

export const handler = serve('history-instance', (store) => historyInstance({ store: openHistory(storePorts(store)) }));
