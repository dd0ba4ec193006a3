/** The step `turn-lake` of the lake workflow: all parts are read, and tables are to be made of them. */
import { serveTurnLake } from '../../src/aws/serve-lake.ts';

export const handler = serveTurnLake();
