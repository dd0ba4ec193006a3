/** The step `plan-lake` of the lake workflow: what is to be done about a lake; files that nothing names any more go. */
import { servePlanLake } from '../../src/aws/serve-lake.ts';

export const handler = servePlanLake();
