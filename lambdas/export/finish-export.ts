/** The step `finish-export` of the export workflow: the manifest and the last status. */
import { serveFinishExport } from '../../src/aws/serve-export.ts';

export const handler = serveFinishExport();
