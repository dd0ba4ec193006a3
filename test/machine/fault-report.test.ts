import { expect, test } from '@jest/globals';
import { faultText } from '../../src/machine/fault-report.ts';

test('a fault is reported by its class and place, and never by its message', () => {
  let fault: unknown;
  try {
    JSON.parse('{"name": Jane\n    at Doe}');
  } catch (error) {
    fault = error;
  }
  const text = faultText(fault);
  expect(text).toMatch(/^SyntaxError\n\s+at /);
  expect(text).not.toContain('Jane');
  expect(text).not.toContain('Doe');
});

test('the code of a system error is kept', () => {
  expect(faultText(Object.assign(new Error('x'), { code: 'ENOSPC' }))).toMatch(/^Error \(ENOSPC\)/);
});

test('what is no Error is not printed', () => {
  expect(faultText({ patient: 'Jane' })).not.toContain('Jane');
});
