/** The step `create-lake` of the data store workflow. */
import { controlRecords } from '../../src/aws/control-table.ts';
import { lakeCatalog } from '../../src/aws/lake-catalog.ts';
import { lakeSwitch } from '../../src/aws/lake-switch.ts';
import { createLake } from '../../src/operations/datastore/create-lake.ts';

export const handler = createLake({ records: controlRecords(), catalog: lakeCatalog(), lakes: lakeSwitch() });
