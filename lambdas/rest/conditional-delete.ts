/** conditional-delete: delete of the resource that satisfies criteria. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { withStaleReports } from '../../src/aws/with-stale-reports.ts';
import { systemClock } from '../../src/machine/system-clock.ts';
import { conditionalDelete } from '../../src/operations/conditional-delete.ts';
import { openConditionalWriter } from '../../src/store/open-conditional-writer.ts';

export const handler = serve('conditional-delete', withStaleReports((store, reportStale) =>
  conditionalDelete({ store: openConditionalWriter(storePorts(store), reportStale), clock: systemClock })));
