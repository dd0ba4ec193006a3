/** remove-query: forgets a kept query. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { savedQueryPorts } from '../../src/aws/sql-requests.ts';
import { removeQuery } from '../../src/operations/remove-query.ts';

export const handler = serve('remove-query', (store) => removeQuery(savedQueryPorts(store)));
