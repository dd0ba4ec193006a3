/** The step `run-reindex` of the reindexing workflow. */
import { serveReindex } from '../../src/aws/serve-reindex.ts';

export const handler = serveReindex();
