/** submit-inbox: files that were dropped in inboxes, as EventBridge tells of them. */
import { serveInbox } from '../../src/aws/serve-inbox.ts';

export const handler = serveInbox();
