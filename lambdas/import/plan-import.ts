/** The step `plan-import` of the import workflow. */
import { servePlanImport } from '../../src/aws/serve-import.ts';

export const handler = servePlanImport();
