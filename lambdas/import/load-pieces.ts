/** The step `load-pieces` of the import workflow. */
import { serveLoadPieces } from '../../src/aws/serve-import.ts';

export const handler = serveLoadPieces();
