/** The step `rebuild-index` of the data store workflow. */
import { controlRecords } from '../../src/aws/control-table.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { systemClock } from '../../src/machine/system-clock.ts';
import { rebuildIndex } from '../../src/operations/datastore/rebuild-index.ts';
import { openDataStore } from '../../src/store/open-data-store.ts';

export const handler = rebuildIndex({
  records: controlRecords(),
  storeOf: (record) => ({ ...storePorts(record), ...openDataStore(storePorts(record)) }),
  clock: systemClock,
});
