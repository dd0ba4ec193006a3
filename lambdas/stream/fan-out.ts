/** Fed by the streams of all data stores: gives each capability the changes that concern it. */
import { environmentVariable } from '../../src/aws/env.ts';
import { environment } from '../../src/aws/names.ts';
import { streamHandler } from '../../src/aws/stream-handler.ts';
import { cleanUpQueue, unreadableRecords } from '../../src/aws/feed-queues.ts';
import { cleanUpFollower, fanOut } from '../../src/operations/stream/fan-out.ts';

const followers = [cleanUpFollower(cleanUpQueue())];

export const handler = streamHandler(environmentVariable(environment.deployment), fanOut({ followers, unreadable: unreadableRecords() }));
