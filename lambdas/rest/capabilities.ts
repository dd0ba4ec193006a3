/** capabilities: what this server offers. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { capabilities } from '../../src/operations/capabilities.ts';

export const handler = serve('capabilities', () => capabilities());
