/** search-type: the resources of a type that satisfy the parameters. */
import { searchStore } from '../../src/aws/search-store.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { withStaleReports } from '../../src/aws/with-stale-reports.ts';
import { systemClock } from '../../src/machine/system-clock.ts';
import { searchType } from '../../src/operations/search-type.ts';

export const handler = serve('search-type', withStaleReports((store, reportStale) => searchType({ store: searchStore(store, reportStale), clock: systemClock })));
