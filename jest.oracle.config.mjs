/** Generated searches against brute force; `npm run test:oracle`. One process: the oracle keeps all resources at hand. */
import base from './jest.config.mjs';

export default { ...base, testMatch: ['<rootDir>/test/oracle/**/*.oracle.ts'], testTimeout: 600_000, maxWorkers: 1 };
