import { expect, test } from '@jest/globals';
import { environmentVariable, hasOneEndpoint } from '../../src/aws/env.ts';

test('a missing environment variable is named', () => {
  expect(() => environmentVariable('CALDERA_NO_SUCH_VARIABLE')).toThrow('CALDERA_NO_SUCH_VARIABLE');
  expect(environmentVariable('PATH')).toBe(process.env.PATH);
});

test('one endpoint for everything is told by its variable', () => {
  const ambient = process.env.AWS_ENDPOINT_URL;
  try {
    delete process.env.AWS_ENDPOINT_URL;
    expect(hasOneEndpoint()).toBe(false);
    process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:1';
    expect(hasOneEndpoint()).toBe(true);
  } finally {
    if (ambient === undefined) delete process.env.AWS_ENDPOINT_URL;
    else process.env.AWS_ENDPOINT_URL = ambient;
  }
});
