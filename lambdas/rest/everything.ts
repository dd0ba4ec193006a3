/** everything: the whole record of a patient or an encounter. */
import { searchStore } from '../../src/aws/search-store.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { withStaleReports } from '../../src/aws/with-stale-reports.ts';
import { everything } from '../../src/operations/everything.ts';

export const handler = serve('everything', withStaleReports((store, reportStale) => everything({ store: searchStore(store, reportStale) })));
