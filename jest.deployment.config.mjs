/** What would be deployed, run without an account; `npm run test:deployment` synthesizes it and starts the engines. */
import base from './jest.config.mjs';

// One after the other: a deployment has the engines to itself.
export default { ...base, testMatch: ['<rootDir>/test/{deployment,lib}/**/*.deployment.ts'], testTimeout: 300_000, maxWorkers: 1 };
