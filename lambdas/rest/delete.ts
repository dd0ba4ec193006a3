/** delete: a version that is a deletion. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { deleteResource } from '../../src/operations/delete.ts';
import { openWriter } from '../../src/store/open-writer.ts';

export const handler = serve('delete', (store) => deleteResource({ store: openWriter(storePorts(store)) }));
