/** start-view-export: the beginning of an export of views. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { viewDependencies } from '../../src/aws/view-requests.ts';
import { withStaleReports } from '../../src/aws/with-stale-reports.ts';
import { startViewExport } from '../../src/operations/start-view-export.ts';

const dependenciesOf = viewDependencies();

export const handler = serve('start-view-export', withStaleReports((store, reportStale) => startViewExport(dependenciesOf(store, reportStale))));
