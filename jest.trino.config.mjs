/** The dialect held against Trino itself; `npm run test:trino` fetches it. */
import base from './jest.config.mjs';

export default { ...base, testMatch: ['<rootDir>/test/sql/trino/*.trino.ts'], testTimeout: 300_000, maxWorkers: 1 };
