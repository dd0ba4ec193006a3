/** run-view: the rows of a view, at once. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { viewDependencies } from '../../src/aws/view-requests.ts';
import { withStaleReports } from '../../src/aws/with-stale-reports.ts';
import { runView } from '../../src/operations/run-view.ts';

const dependenciesOf = viewDependencies();

export const handler = serve('run-view', withStaleReports((store, reportStale) => runView(dependenciesOf(store, reportStale))));
