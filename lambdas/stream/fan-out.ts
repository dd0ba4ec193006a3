/** Fed by the streams of all data stores: gives each capability the changes that concern it. */
import { environmentVariable } from '../../src/aws/env.ts';
import { environment } from '../../src/aws/names.ts';
import { streamHandler } from '../../src/aws/stream-handler.ts';
import { cleanUpQueue, enrichmentQueue, lakeQueue, setAsideRecords } from '../../src/aws/feed-queues.ts';
import { cleanUpFollower, fanOut, lakeFollower, noteFollower } from '../../src/operations/stream/fan-out.ts';

const work = fanOut({ followers: [cleanUpFollower(cleanUpQueue()), lakeFollower(lakeQueue()), noteFollower(enrichmentQueue())], setAside: setAsideRecords() });

export const handler = streamHandler(environmentVariable(environment.deployment), work);
