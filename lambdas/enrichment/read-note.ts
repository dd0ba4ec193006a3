/** The steps of the workflow of enrichment that ask Amazon Comprehend Medical, one for each of its operations. */
import { serveReadNote } from '../../src/aws/serve-enrichment.ts';

export const handler = serveReadNote();
