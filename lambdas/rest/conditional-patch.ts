/** conditional-patch: patch of the resource that satisfies criteria. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { withStaleReports } from '../../src/aws/with-stale-reports.ts';
import { systemClock } from '../../src/machine/system-clock.ts';
import { conditionalPatch } from '../../src/operations/conditional-patch.ts';
import { openConditionalWriter } from '../../src/store/open-conditional-writer.ts';

export const handler = serve('conditional-patch', withStaleReports((store, reportStale) =>
  conditionalPatch({ store: openConditionalWriter(storePorts(store), reportStale), clock: systemClock })));
