/** conditional-update: update of the resource that satisfies criteria. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { withStaleReports } from '../../src/aws/with-stale-reports.ts';
import { systemClock } from '../../src/machine/system-clock.ts';
import { conditionalUpdate } from '../../src/operations/conditional-update.ts';
import { openConditionalWriter } from '../../src/store/open-conditional-writer.ts';

export const handler = serve('conditional-update', withStaleReports((store, reportStale) =>
  conditionalUpdate({ store: openConditionalWriter(storePorts(store), reportStale), clock: systemClock })));
