/** exported-file: a file of an `$export`, by a link. */
import { exportStatusDependencies } from '../../src/aws/export-requests.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { exportedFile } from '../../src/operations/exported-file.ts';

export const handler = serve('exported-file', (store) => exportedFile(exportStatusDependencies(store)));
