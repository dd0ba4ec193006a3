/** cancel-export: the end of an `$export` before its time, or of what came of it. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { cancelExport } from '../../src/operations/cancel-export.ts';

export const handler = serve('cancel-export', (store) => cancelExport({ ...storePorts(store), datastoreId: store.id, wake: () => {} }));
