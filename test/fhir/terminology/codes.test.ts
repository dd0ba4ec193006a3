/** Sets of codes (https://hl7.org/fhir/R4/valueset.html#compositions). */
import { describe, expect, test } from '@jest/globals';
import { codeSet, difference, everyCodeOf, intersection, listedCodes, sizeOf, union } from '../../../src/fhir/terminology/codes.ts';
import type { Codes } from '../../../src/fhir/terminology/codes.ts';

const a = 'http://terminology.hl7.org/CodeSystem/a';
const b = 'http://terminology.hl7.org/CodeSystem/b';
const cased = 'http://hl7.org/fhir/cased';
const uncased = 'http://example.org/uncased';

const has = (set: Codes, system: string, code: string): boolean => codeSet(set).includes({ system, code }, false);
const codes = (set: Codes): string[] | undefined => codeSet(set).members?.map(({ system, code }) => `${system}|${code}`);

describe('a set of codes', () => {
  // Each operation has to agree with its definition for every pairing of listed and whole systems.
  const parts: readonly Codes[] = [
    listedCodes(a, ['1', '2']), listedCodes(a, ['2', '3']), listedCodes(a, []), everyCodeOf(a), listedCodes(b, ['1']),
    difference(everyCodeOf(a), listedCodes(a, ['2'])), difference(everyCodeOf(a), listedCodes(a, ['1', '3'])),
  ];
  const pairs = parts.flatMap((one, first) => parts.map((other, second) => [first, second, one, other] as const));

  test.each(pairs)('is joined, intersected and reduced as sets are: %i and %i', (_first, _second, one, other) => {
    const before = [sizeOf(one), sizeOf(other)];
    for (const system of [a, b]) {
      for (const code of ['1', '2', '3', '4']) {
        expect(has(union([one, other]), system, code)).toBe(has(one, system, code) || has(other, system, code));
        expect(has(intersection(one, other), system, code)).toBe(has(one, system, code) && has(other, system, code));
        expect(has(difference(one, other), system, code)).toBe(has(one, system, code) && !has(other, system, code));
      }
    }
    expect([sizeOf(one), sizeOf(other)]).toEqual(before);
  });

  test('lists its members unless a whole system is in it', () => {
    expect(codes(union([listedCodes(a, ['1']), listedCodes(b, ['2'])]))).toEqual([`${a}|1`, `${b}|2`]);
    expect(codes(union([listedCodes(a, ['1']), everyCodeOf(b)]))).toBeUndefined();
    expect(codes(intersection(listedCodes(a, ['1']), everyCodeOf(a)))).toEqual([`${a}|1`]);
    expect(codes(union([]))).toEqual([]);
  });

  test('compares case for case where the system is known to, and else any case', () => {
    expect([has(listedCodes(cased, ['AB']), cased, 'ab'), has(listedCodes(uncased, ['AB']), uncased, 'ab')]).toEqual([false, true]);
    expect(codes(intersection(listedCodes(uncased, ['AB']), listedCodes(uncased, ['ab'])))).toHaveLength(1);
  });

  test('holds no coding without a system, unless the element implies one', () => {
    const set = codeSet(listedCodes(a, ['1']));
    expect([set.includes({ code: '1' }, false), set.includes({ code: '1' }, true), set.includes({ code: '2' }, true)]).toEqual([false, true, false]);
    expect([set.includes({ system: b, code: '1' }, true), set.includes({ system: a }, false)]).toEqual([false, false]);
  });
});
