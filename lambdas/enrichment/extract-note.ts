/** The step `extract-note` of the workflow of enrichment. */
import { serveExtractNote } from '../../src/aws/serve-enrichment.ts';

export const handler = serveExtractNote();
