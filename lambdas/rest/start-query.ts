/** start-query: the beginning of a question in SQL. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { startQueryDependencies } from '../../src/aws/sql-requests.ts';
import { startQuery } from '../../src/operations/start-query.ts';

const dependenciesOf = startQueryDependencies();

export const handler = serve('start-query', (store) => startQuery(dependenciesOf(store)));
