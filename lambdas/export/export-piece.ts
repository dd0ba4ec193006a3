/** The step `export-piece` of the export workflow: one part of the store becomes lines of files. */
import { serveExportPiece } from '../../src/aws/serve-export.ts';

export const handler = serveExportPiece();
