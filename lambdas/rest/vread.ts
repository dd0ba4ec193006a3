/** vread: one version of a resource. */
import { downloads } from '../../src/aws/binary-ports.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { vread } from '../../src/operations/vread.ts';
import { openVersions } from '../../src/store/open-versions.ts';

export const handler = serve('vread', (store) =>
  vread({ store: openVersions(storePorts(store)), downloads: downloads(store) }));
