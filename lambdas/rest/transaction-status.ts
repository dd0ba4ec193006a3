/** What became of an asynchronous batch or transaction. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { transactionStatus } from '../../src/operations/transaction-status.ts';

export const handler = serve('transaction-status', (store) => transactionStatus(storePorts(store)));
