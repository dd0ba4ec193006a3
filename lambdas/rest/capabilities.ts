/** capabilities: what this server offers. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { ruleParts } from '../../src/aws/store-tables.ts';
import { capabilities } from '../../src/operations/capabilities.ts';
import { openSearchParameters } from '../../src/store/open-search-parameters.ts';

export const handler = serve('capabilities', (store) => capabilities({ store: openSearchParameters(ruleParts(store)) }));
