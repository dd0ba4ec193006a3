/** The step `settle-note` of the workflow of enrichment. */
import { serveSettleNote } from '../../src/aws/serve-enrichment.ts';

export const handler = serveSettleNote();
