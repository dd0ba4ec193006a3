/** The step `fail-import` of the import workflow. */
import { serveFailImport } from '../../src/aws/serve-import.ts';

export const handler = serveFailImport();
