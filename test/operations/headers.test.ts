import { describe, expect, test } from '@jest/globals';
import { FhirError } from '../../src/fhir/outcome.ts';
import { idOfKey } from '../../src/operations/idempotency.ts';
import { isNotModified, parseIfMatch, parseIfNoneMatch } from '../../src/operations/preconditions.ts';
import { preferences } from '../../src/operations/prefer.ts';

function statusOf(attempt: () => unknown): number {
  try {
    attempt();
  } catch (error) {
    if (error instanceof FhirError) return error.status;
    throw error;
  }
  return 200;
}

describe('If-Match', () => {
  test.each([
    ['W/"3"', 3],
    ['"3"', 3],
    ['3', 3],
    [' W/"12" ', 12],
    ['*', '*'],
  ])('%s', (header, expected) => {
    expect(parseIfMatch(header)).toBe(expected);
  });

  test.each(['W/"3', 'W/3', '"1", "2"', '', 'abc'])('"%s" is malformed', (header) => {
    expect(statusOf(() => parseIfMatch(header))).toBe(400);
  });

  test.each(['W/"abc"', 'W/"0"', '0', 'W/""', '"99999999999"'])('%s is a tag of no version, and fails', (header) => {
    expect(statusOf(() => parseIfMatch(header))).toBe(412);
  });
});

test('If-None-Match of a write is *', () => {
  expect(parseIfNoneMatch('*')).toBe('*');
  expect(parseIfNoneMatch(undefined)).toBeUndefined();
  expect(statusOf(() => parseIfNoneMatch('W/"1"'))).toBe(400);
});

describe('conditional reads', () => {
  const lastUpdated = Date.UTC(2024, 1, 29, 12, 0, 0, 789);
  const current = { type: 'Patient', id: '1', versionId: 3, lastUpdated, interaction: 'update', json: '{}' } as const;

  test.each([
    [{}, false],
    [{ 'if-none-match': 'W/"3"' }, true],
    [{ 'if-none-match': '"3"' }, true],
    [{ 'if-none-match': 'W/"2", W/"3"' }, true],
    [{ 'if-none-match': '*' }, true],
    [{ 'if-none-match': 'W/"2"' }, false],
    [{ 'if-modified-since': 'Thu, 29 Feb 2024 12:00:00 GMT' }, true],
    [{ 'if-modified-since': 'Thu, 29 Feb 2024 11:59:59 GMT' }, false],
    [{ 'if-modified-since': 'yesterday' }, false],
    [{ 'if-none-match': 'W/"2"', 'if-modified-since': 'Thu, 29 Feb 2024 12:00:00 GMT' }, false],
  ])('%j: not modified is %s', (headers, expected) => {
    expect(isNotModified(headers as Record<string, string>, current)).toBe(expected);
  });
});

describe('Prefer', () => {
  const usual = { return: 'representation', handling: 'strict', respondAsync: false };
  test.each([
    [undefined, usual],
    ['return=minimal', { ...usual, return: 'minimal' }],
    ['return=OperationOutcome; handling=lenient', { ...usual, return: 'OperationOutcome', handling: 'lenient' }],
    ['respond-async, return="minimal"', { ...usual, return: 'minimal', respondAsync: true }],
    ['return=minimal, return=representation', { ...usual, return: 'minimal' }],
    ['return=everything, wait=10', { ...usual, waitSeconds: 10 }],
    ['wait=soon', usual],
  ])('%s', (header, expected) => {
    expect(preferences(header)).toEqual(expected);
  });
});

describe('the idempotency key', () => {
  const key = '1b4e28ba-2fa1-41d2-883f-0016d3cca427';

  test('makes a UUID of version 5, the same for the same type, caller and key', () => {
    const id = idOfKey({ type: 'Patient', caller: 'a', key });
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(idOfKey({ type: 'Patient', caller: 'a', key: key.toUpperCase() })).toBe(id);
  });

  test('another type, caller or key is another id', () => {
    const ids = [
      idOfKey({ type: 'Patient', caller: 'a', key }),
      idOfKey({ type: 'Person', caller: 'a', key }),
      idOfKey({ type: 'Patient', caller: 'b', key }),
      idOfKey({ type: 'Patient', caller: 'a', key: key.replace('1', '2') }),
    ];
    expect(new Set(ids).size).toBe(4);
  });

  test('what is no UUID is 400', () => {
    expect(statusOf(() => idOfKey({ type: 'Patient', caller: 'a', key: 'again' }))).toBe(400);
  });
});
