/** The step `finish-lake` of the lake workflow: the lake is whole. */
import { serveFinishLake } from '../../src/aws/serve-lake.ts';

export const handler = serveFinishLake();
