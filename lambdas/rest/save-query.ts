/** save-query: keeps a query. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { savedQueryPorts } from '../../src/aws/sql-requests.ts';
import { saveQuery } from '../../src/operations/save-query.ts';

export const handler = serve('save-query', (store) => saveQuery(savedQueryPorts(store)));
