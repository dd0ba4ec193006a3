/** The step `create-stream-mapping` of the data store workflow. */
import { streamMappings } from '../../src/aws/control-ports.ts';
import { controlRecords } from '../../src/aws/control-table.ts';
import { createStreamMapping } from '../../src/operations/datastore/create-stream-mapping.ts';

export const handler = createStreamMapping({ records: controlRecords(), mappings: streamMappings() });
