/** start-enrich: the beginning of an `$enrich`. */
import { enrichJobDependencies } from '../../src/aws/enriching.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { startEnrich } from '../../src/operations/start-enrich.ts';

const dependenciesOf = enrichJobDependencies();

export const handler = serve('start-enrich', (store) => startEnrich(dependenciesOf(store)));
