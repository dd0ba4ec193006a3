/** patch: operations on the current version of a resource. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { patch } from '../../src/operations/patch.ts';
import { openWriter } from '../../src/store/open-writer.ts';

export const handler = serve('patch', (store) => patch({ store: openWriter(storePorts(store)) }));
