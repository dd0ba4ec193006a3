/** Called each hour: has the workflow of lakes begun where there is something to do. */
import { serveDueLakes } from '../../src/aws/due-lakes.ts';

export const handler = serveDueLakes();
