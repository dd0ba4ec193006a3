/** create: a new resource. */
import { uploading } from '../../src/aws/binary-ports.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { create } from '../../src/operations/create.ts';
import { openWriter } from '../../src/store/open-writer.ts';

export const handler = serve('create', (store) =>
  create({ store: openWriter(storePorts(store)), uploading: uploading(store) }));
