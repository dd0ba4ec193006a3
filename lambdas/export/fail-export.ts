/** The step `fail-export` of the export workflow: records that an export cannot be brought to its end. */
import { serveFailExport } from '../../src/aws/serve-export.ts';

export const handler = serveFailExport();
