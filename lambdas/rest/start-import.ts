/** start-import: the beginning of an `$import`. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { startImportOperation } from '../../src/operations/start-import.ts';

export const handler = serve('start-import', () => startImportOperation({}));
