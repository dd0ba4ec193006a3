/** The step `read-lake` of the lake workflow: a part of the store becomes files. */
import { serveReadLake } from '../../src/aws/serve-lake.ts';

export const handler = serveReadLake();
