/** The step `compact-lake` of the lake workflow: many files of a table become fewer. */
import { serveCompactLake } from '../../src/aws/serve-lake.ts';

export const handler = serveCompactLake();
