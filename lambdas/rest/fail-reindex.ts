/** The step `fail-reindex` of the reindexing workflow. */
import { serveReindexFailure } from '../../src/aws/serve-reindex.ts';

export const handler = serveReindexFailure();
