/** update: a new version of a resource. */
import { uploading } from '../../src/aws/binary-ports.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { update } from '../../src/operations/update.ts';
import { openWriter } from '../../src/store/open-writer.ts';

export const handler = serve('update', (store) =>
  update({ store: openWriter(storePorts(store)), uploading: uploading(store) }));
