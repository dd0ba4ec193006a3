/** Works on what an operator moved back from the change feed's failure queue. */
import { logError } from '../../src/aws/fault-log.ts';
import { cleanUpQueue, enrichmentQueue, lakeQueue, setAsideRecords } from '../../src/aws/feed-queues.ts';
import { queueHandler } from '../../src/aws/queue-handler.ts';
import { streamReader } from '../../src/aws/stream-reader.ts';
import { cleanUpFollower, lakeFollower, noteFollower } from '../../src/operations/stream/fan-out.ts';
import { failedStretch, redrive } from '../../src/operations/stream/redrive.ts';

const work = redrive({ reader: streamReader(), followers: [cleanUpFollower(cleanUpQueue()), lakeFollower(lakeQueue()), noteFollower(enrichmentQueue())], setAside: setAsideRecords() });

export const handler = queueHandler((message) => work(failedStretch(message)), logError);
