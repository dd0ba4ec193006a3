/** history-type: the versions of a type's resources. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { historyType } from '../../src/operations/history-type.ts';
import { openHistory } from '../../src/store/open-history.ts';

export const handler = serve('history-type', (store) => historyType({ store: openHistory(storePorts(store)) }));
