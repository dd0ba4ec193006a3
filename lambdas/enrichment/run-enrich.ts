/** The step `run-enrich` of the workflow of `$enrich`. */
import { serveEnrich } from '../../src/aws/serve-enrich.ts';

export const handler = serveEnrich();
