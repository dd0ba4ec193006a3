/** The step `finish-import` of the import workflow. */
import { serveFinishImport } from '../../src/aws/serve-import.ts';

export const handler = serveFinishImport();
