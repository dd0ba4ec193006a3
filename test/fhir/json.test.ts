import { describe, expect, test } from '@jest/globals';
import { isRawNumber, numberText, parseJson, type Json, type JsonObject } from '../../src/fhir/json.ts';

const printed = (text: string): string => JSON.stringify(parseJson(text));

describe('the precision of a decimal is kept', () => {
  test.each([
    '[1.10]', '[0.0000001]', '[0.000001]', '[1.0,2.00,3]', '[-5.50]', '{"value":0.00}', '[1e5,1E+2,1.5e-7]', '[12345678901234567890]', '[1.23456789012345678]', '[-0]', '[-0.0]',
    '{"a":{"b":[{"c":100.0}]}}', '1.10',
  ])('%s', (text) => {
    expect(printed(text)).toBe(text);
  });

  test('white space around a number changes nothing', () => {
    expect(JSON.stringify(parseJson('{ "a" : 1.10 , "b" :\n[ 2.0 ]}'))).toBe('{"a":1.10,"b":[2.0]}');
  });

  test('a number that JavaScript prints as it was written stays an ordinary number', () => {
    expect(parseJson('[1,2.5,100,1.0]')).toEqual([1, 2.5, 100, expect.anything()]);
    const [, , , exact] = parseJson('[1,2.5,100,1.0]') as Json[];
    expect(isRawNumber(exact) && numberText(exact)).toBe('1.0');
  });
});

describe('text that looks like a number stays text', () => {
  test.each(['["a: 1.10, b",2.0]', '["[1.0]",1.0]', '{"x":"\\",1.0,","y":1.0}', '["[-0]",-0]', '["",1.0]'])('%s', (text) => {
    expect(printed(text)).toBe(text);
  });

  test('also where it holds the character that marks numbers while they are parsed', () => {
    expect(printed('["\u00801.0",1.0]')).toBe('["\u00801.0",1.0]');
    expect(parseJson('["\\u00801.0",1.50]')).toEqual(['\u00801.0', expect.anything()]);
  });
});

test('a member named __proto__ is a member', () => {
  const object = parseJson('{"__proto__":1.0,"a":{"__proto__":{"x":2.0}}}') as JsonObject;
  expect(Object.keys(object)).toEqual(['__proto__', 'a']);
  expect(JSON.stringify(object)).toBe('{"__proto__":1.0,"a":{"__proto__":{"x":2.0}}}');
  expect(({} as JsonObject).x).toBeUndefined();
});

test.each(['[1.0', '{"a":1.0,}', '[01.0]', '[1.0 2.0]', '{"a":\u00801.0}', '', '[1.0]]'])('%s is refused as no JSON', (text) => {
  expect(() => parseJson(text)).toThrow(SyntaxError);
});
