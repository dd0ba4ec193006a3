/** The operations of SQL, made for one data store. */
import { cancelQuery } from '../cancel-query.ts';
import { cancelViewExport } from '../cancel-view-export.ts';
import { exportedView } from '../exported-view.ts';
import { queryResult } from '../query-result.ts';
import { removeQuery } from '../remove-query.ts';
import type { SqlOperations } from '../rest.ts';
import { saveQuery } from '../save-query.ts';
import { savedQueries } from '../saved-queries.ts';
import { startQuery } from '../start-query.ts';
import type { StartQueryDependencies } from '../start-query.ts';
import { runView } from '../run-view.ts';
import { startViewExport } from '../start-view-export.ts';
import type { ViewExportDependencies } from '../start-view-export.ts';
import { viewExportStatus } from '../view-export-status.ts';

export function sqlOperations(dependencies: StartQueryDependencies & ViewExportDependencies): SqlOperations {
  return {
    'start-query': startQuery(dependencies),
    'query-result': queryResult(dependencies),
    'cancel-query': cancelQuery(dependencies),
    'saved-queries': savedQueries(dependencies),
    'save-query': saveQuery(dependencies),
    'remove-query': removeQuery(dependencies),
    'run-view': runView(dependencies),
    'start-view-export': startViewExport(dependencies),
    'view-export-status': viewExportStatus(dependencies),
    'cancel-view-export': cancelViewExport(dependencies),
    'exported-view': exportedView(dependencies),
  };
}
