/** capabilities: what this server offers. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { baseParameters } from '../../src/fhir/search/parameters.ts';
import { capabilities } from '../../src/operations/capabilities.ts';

export const handler = serve('capabilities', () => capabilities({ store: { searchParameters: () => Promise.resolve(baseParameters) } }));
