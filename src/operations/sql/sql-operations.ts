/** The operations of SQL, made for one data store. */
import { cancelQuery } from '../cancel-query.ts';
import { queryResult } from '../query-result.ts';
import { removeQuery } from '../remove-query.ts';
import type { SqlOperations } from '../rest.ts';
import { saveQuery } from '../save-query.ts';
import { savedQueries } from '../saved-queries.ts';
import { startQuery } from '../start-query.ts';
import type { StartQueryDependencies } from '../start-query.ts';

export function sqlOperations(dependencies: StartQueryDependencies): SqlOperations {
  return {
    'start-query': startQuery(dependencies),
    'query-result': queryResult(dependencies),
    'cancel-query': cancelQuery(dependencies),
    'saved-queries': savedQueries(dependencies),
    'save-query': saveQuery(dependencies),
    'remove-query': removeQuery(dependencies),
  };
}
