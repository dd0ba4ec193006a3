/** read: the current version of a resource. */
import { downloads } from '../../src/aws/binary-ports.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { read } from '../../src/operations/read.ts';
import { openVersions } from '../../src/store/open-versions.ts';

export const handler = serve('read', (store) =>
  read({ store: openVersions(storePorts(store)), downloads: downloads(store) }));
