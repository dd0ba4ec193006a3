/** exported-file: a file of an `$export`, by a link. */
import { downloads } from '../../src/aws/binary-ports.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { exportedFile } from '../../src/operations/exported-file.ts';

export const handler = serve('exported-file', (store) => exportedFile({ ...storePorts(store), downloads: downloads(store) }));
