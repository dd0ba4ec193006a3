/** cancel-enrich: the end of an `$enrich` before its time. */
import { enrichJobDependencies } from '../../src/aws/enriching.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { cancelEnrich } from '../../src/operations/cancel-enrich.ts';

const dependenciesOf = enrichJobDependencies();

export const handler = serve('cancel-enrich', (store) => cancelEnrich(dependenciesOf(store)));
