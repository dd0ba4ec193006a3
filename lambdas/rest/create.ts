/** create: a new resource, under If-None-Exist only where there is none. */
import { uploading } from '../../src/aws/binary-ports.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { withStaleReports } from '../../src/aws/with-stale-reports.ts';
import { systemClock } from '../../src/machine/system-clock.ts';
import { create } from '../../src/operations/create.ts';
import { openConditionalWriter } from '../../src/store/open-conditional-writer.ts';

export const handler = serve('create', withStaleReports((store, reportStale) =>
  create({ store: openConditionalWriter(storePorts(store), reportStale), clock: systemClock, uploading: uploading(store) })));
