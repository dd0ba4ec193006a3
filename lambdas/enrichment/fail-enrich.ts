/** The step `fail-enrich` of the workflow of `$enrich`. */
import { serveEnrichFailure } from '../../src/aws/serve-enrich.ts';

export const handler = serveEnrichFailure();
