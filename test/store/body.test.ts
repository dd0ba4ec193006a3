import { describe, expect, test } from '@jest/globals';
import { compressedBody, decodeBody, encodeBody, plainBody } from '../../src/store/body.ts';

const resource = JSON.stringify({
  resourceType: 'Observation', status: 'final', code: { coding: [{ system: 'http://loinc.org', code: '8302-2', display: 'Größe' }] },
  subject: { reference: 'Patient/5cbc121b-cd71-4428-b8b7-31e53eba8184' }, effectiveDateTime: '2024-01-01T08:15:00.000-04:00',
});

describe('a stored body', () => {
  test.each([['an empty one', ''], ['a short one', '{}'], ['63 bytes', 'x'.repeat(63)], ['64 bytes', 'x'.repeat(64)], ['a resource', resource], ['a large one', resource.repeat(2000)]])(
    'gives back exactly what was accepted: %s',
    (_name, json) => {
      expect(decodeBody(encodeBody(json))).toBe(json);
    },
  );

  test('keeps the digits of decimals, which parsing would lose', () => {
    expect(decodeBody(encodeBody('{"value":1.10}'))).toBe('{"value":1.10}');
  });

  test('of a resource is less than half as long', () => {
    expect(encodeBody(resource).length).toBeLessThan(resource.length / 2);
  });

  test('that is passed on plain is what a table makes of it by itself', () => {
    for (const json of ['', '{}', 'x'.repeat(63), 'x'.repeat(64), resource, resource.repeat(2000)]) {
      expect(decodeBody(plainBody(json))).toBe(json);
      expect(compressedBody(plainBody(json))).toEqual(encodeBody(json));
      expect(compressedBody(encodeBody(json))).toEqual(encodeBody(json));
    }
  });

  test('that is large is not passed on plain', () => {
    expect(plainBody(resource.repeat(2000)).length).toBeLessThan(resource.length * 1000);
  });

  test('in an encoding of a later release is refused, not guessed', () => {
    expect(() => decodeBody(Uint8Array.of(250, 1, 2))).toThrow('unknown encoding 250');
  });

  test('may be part of a larger buffer, as tables return them', () => {
    const bytes = encodeBody('{"a":1}');
    const larger = new Uint8Array(bytes.length + 20);
    larger.set(bytes, 7);
    expect(decodeBody(larger.subarray(7, 7 + bytes.length))).toBe('{"a":1}');
  });
});
