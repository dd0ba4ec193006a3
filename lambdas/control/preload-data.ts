/** The step `preload-data` of the data store workflow. */
import { timeIsUp } from '../../src/aws/control-ports.ts';
import { controlRecords } from '../../src/aws/control-table.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { preloadData } from '../../src/operations/datastore/preload-data.ts';
import { openDataStore } from '../../src/store/open-data-store.ts';

export const handler = preloadData({ records: controlRecords(), storeOf: async (record) => openDataStore(storePorts(record)), slice: timeIsUp });
