/** query-result: the answer of a question in SQL. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { queryDependencies } from '../../src/aws/sql-requests.ts';
import { queryResult } from '../../src/operations/query-result.ts';

const dependenciesOf = queryDependencies();

export const handler = serve('query-result', (store) => queryResult(dependenciesOf(store)));
