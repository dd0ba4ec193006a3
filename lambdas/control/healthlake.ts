/** HealthLake's own API: operations on data stores, their tags and their jobs. */
import { serveControl } from '../../src/aws/serve-control.ts';

export const handler = serveControl();
