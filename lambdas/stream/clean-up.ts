/** Works on the clean-up queue. */
import { cleanUpDependencies } from '../../src/aws/clean-up-ports.ts';
import { logError } from '../../src/aws/fault-log.ts';
import { queueHandler } from '../../src/aws/queue-handler.ts';
import { cleanUp } from '../../src/operations/stream/clean-up.ts';
import { cleanUpWork } from '../../src/operations/stream/clean-up-work.ts';

const work = cleanUp(cleanUpDependencies());

export const handler = queueHandler((message) => work(cleanUpWork(message)), logError);
