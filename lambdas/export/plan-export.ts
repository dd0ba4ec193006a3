/** The step `plan-export` of the export workflow: whose data is exported, as of when, in how many pieces. */
import { servePlanExport } from '../../src/aws/serve-export.ts';

export const handler = servePlanExport();
