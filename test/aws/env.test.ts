import { expect, test } from '@jest/globals';
import { environmentVariable } from '../../src/aws/env.ts';

test('a missing environment variable is named', () => {
  expect(() => environmentVariable('CALDERA_NO_SUCH_VARIABLE')).toThrow('CALDERA_NO_SUCH_VARIABLE');
  expect(environmentVariable('PATH')).toBe(process.env.PATH);
});
