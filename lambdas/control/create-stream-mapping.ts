/** The step `create-stream-mapping` of the data store workflow. */
import { controlRecords, streamMappings } from '../../src/aws/control-ports.ts';
import { createStreamMapping } from '../../src/operations/datastore/create-stream-mapping.ts';

export const handler = createStreamMapping({ records: controlRecords(), mappings: streamMappings() });
