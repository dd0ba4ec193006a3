/** batch and transaction, at once or as a job. */
import { bundleProcessing } from '../../src/aws/bundle-processing.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { withStaleReports } from '../../src/aws/with-stale-reports.ts';

export const handler = serve('process-bundle', withStaleReports(bundleProcessing()));
