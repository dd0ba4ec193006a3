/** The step `cut-import` of the import workflow. */
import { serveCutImport } from '../../src/aws/serve-import.ts';

export const handler = serveCutImport();
