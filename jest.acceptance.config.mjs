/** What the platform is accepted by: whole data sets and many clients against the real server. CI only, for its length. */
import config from './jest.config.mjs';

export default { ...config, testMatch: ['<rootDir>/test/acceptance/**/*.acceptance.ts'], testTimeout: 600_000 };
