/** Paths and methods that no operation has. */
import { serveUnrouted } from '../../src/aws/serve-gateway.ts';

export const handler = serveUnrouted();
