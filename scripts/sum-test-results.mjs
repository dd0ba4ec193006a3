/**
 * Adds up jest's JSON results and prints one plain line, `N passed, N failed, N skipped`: what a whole CI run came to.
 * Usage: node scripts/sum-test-results.mjs results.json …
 */
import { readFileSync } from 'node:fs';

const sum = { passed: 0, failed: 0, skipped: 0 };
for (const file of process.argv.slice(2)) {
  const results = JSON.parse(readFileSync(file, 'utf8'));
  sum.passed += results.numPassedTests;
  // A file that could not be loaded ran none of its tests: it counts as one that failed.
  sum.failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
  sum.skipped += results.numPendingTests + results.numTodoTests;
}
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0;
