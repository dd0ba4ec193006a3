/** The step `settle-restored` of the data store workflow. */
import { controlRecords } from '../../src/aws/control-table.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { settleRestored } from '../../src/operations/datastore/settle-restored.ts';
import { openDataStore } from '../../src/store/open-data-store.ts';

export const handler = settleRestored({ records: controlRecords(), cleanerOf: (record) => openDataStore(storePorts(record)).cleaner });
