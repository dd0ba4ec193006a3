/** The step `assemble-files` of the import workflow. */
import { serveAssembleFiles } from '../../src/aws/serve-import.ts';

export const handler = serveAssembleFiles();
