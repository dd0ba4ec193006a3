/** saved-queries: the queries that a data store keeps. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { savedQueryPorts } from '../../src/aws/sql-requests.ts';
import { savedQueries } from '../../src/operations/saved-queries.ts';

export const handler = serve('saved-queries', (store) => savedQueries(savedQueryPorts(store)));
