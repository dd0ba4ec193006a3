/** exported-view: the result of an export of views, and its files. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { viewExportDependencies } from '../../src/aws/view-requests.ts';
import { exportedView } from '../../src/operations/exported-view.ts';

const dependenciesOf = viewExportDependencies();

export const handler = serve('exported-view', (store) => exportedView(dependenciesOf(store)));
