/** The step `unpack-files` of the import workflow. */
import { serveUnpackFiles } from '../../src/aws/serve-import.ts';

export const handler = serveUnpackFiles();
