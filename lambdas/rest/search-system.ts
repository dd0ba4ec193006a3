/** search-system: the resources of several types, or of all, that satisfy the parameters. */
import { searchStore } from '../../src/aws/search-store.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { withStaleReports } from '../../src/aws/with-stale-reports.ts';
import { systemClock } from '../../src/machine/system-clock.ts';
import { searchSystem } from '../../src/operations/search-system.ts';

export const handler = serve('search-system', withStaleReports((store, reportStale) =>
  searchSystem({ store: searchStore(store, reportStale), clock: systemClock })));
