/** Works on the queue of lakes: committed versions become files of their tables. */
import { serveLakeIncrements } from '../../src/aws/serve-lake-increments.ts';

export const handler = serveLakeIncrements();
