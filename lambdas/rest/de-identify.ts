/** de-identify: a copy of a document without what tells who it is about. */
import { deIdentifyDependencies } from '../../src/aws/note-ports.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { deIdentify } from '../../src/operations/de-identify.ts';

export const handler = serve('de-identify', (store) => deIdentify(deIdentifyDependencies(store)));
