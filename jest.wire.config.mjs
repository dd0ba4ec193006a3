/** The contract suites over engines that speak AWS's protocols; `npm run test:wire` installs and starts them. */
import base from './jest.config.mjs';

export default { ...base, testMatch: ['<rootDir>/test/contracts/wire/**/*.wire.ts'] };
