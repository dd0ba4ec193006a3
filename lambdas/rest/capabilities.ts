/** capabilities: what this server offers. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { capabilities } from '../../src/operations/capabilities.ts';
import { openSearchParameters } from '../../src/store/open-search-parameters.ts';

export const handler = serve('capabilities', (store) => capabilities({ store: openSearchParameters(storePorts(store)) }));
