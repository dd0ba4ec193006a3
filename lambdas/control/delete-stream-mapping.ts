/** The step `delete-stream-mapping` of the data store workflow. */
import { streamMappings } from '../../src/aws/control-ports.ts';
import { controlRecords } from '../../src/aws/control-table.ts';
import { deleteStreamMapping } from '../../src/operations/datastore/delete-stream-mapping.ts';

export const handler = deleteStreamMapping({ records: controlRecords(), mappings: streamMappings() });
