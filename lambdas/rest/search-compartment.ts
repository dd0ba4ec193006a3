/** search-compartment: the resources of a type that belong to a patient, an encounter, a device … */
import { searchStore } from '../../src/aws/search-store.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { withStaleReports } from '../../src/aws/with-stale-reports.ts';
import { systemClock } from '../../src/machine/system-clock.ts';
import { searchCompartment } from '../../src/operations/search-compartment.ts';

export const handler = serve('search-compartment', withStaleReports((store, reportStale) => searchCompartment({ store: searchStore(store, reportStale), clock: systemClock })));
