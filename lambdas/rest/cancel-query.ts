/** cancel-query: the end of a question in SQL. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { queryDependencies } from '../../src/aws/sql-requests.ts';
import { cancelQuery } from '../../src/operations/cancel-query.ts';

const dependenciesOf = queryDependencies();

export const handler = serve('cancel-query', (store) => cancelQuery(dependenciesOf(store)));
