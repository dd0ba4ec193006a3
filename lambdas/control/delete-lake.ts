/** The step `delete-lake` of the data store workflow. */
import { controlRecords } from '../../src/aws/control-table.ts';
import { lakeCatalog } from '../../src/aws/lake-catalog.ts';
import { deleteLake } from '../../src/operations/datastore/delete-lake.ts';

export const handler = deleteLake({ records: controlRecords(), catalog: lakeCatalog() });
