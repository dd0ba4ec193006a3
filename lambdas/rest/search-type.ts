/** search-type: the resources of a type that satisfy the parameters. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { withStaleReports } from '../../src/aws/with-stale-reports.ts';
import { searchType } from '../../src/operations/search-type.ts';
import { openSearch } from '../../src/store/open-search.ts';

export const handler = serve('search-type', withStaleReports((store, reportStale) =>
  searchType({ store: openSearch(storePorts(store), reportStale) })));
