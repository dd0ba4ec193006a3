/** https://hl7.org/fhir/R4/json.html: "Property names SHALL be unique." */
import { expect, test } from '@jest/globals';
import { outlineOf } from '../../src/fhir/json-outline.ts';
import { repeatedName } from '../../src/fhir/json-names.ts';
import { parseJson } from '../../src/fhir/json.ts';

const found = (text: string): number | undefined => repeatedName(text, parseJson(text), outlineOf(text, Infinity)!);

test.each<[string, number]>([
  ['{"active":true,"active":false}', 15],
  ['{"active":true,"active":true}', 15],
  ['{"a":1,"\\u0061":2}', 7],
  ['{ "a" : 1 ,\n"a"\t: 2 }', 12],
  ['[{"b":{"c":[{"d":1.10,"d":2}]}}]', 22],
  ['{"text":"\\":","a":1,"a":2}', 20],
  ['{"__proto__":1,"__proto__":2}', 15],
  ['{"":1,"":2}', 6],
])('%s has a name twice', (text, position) => {
  expect(found(text)).toBe(position);
});

test.each([
  '{}', '[]', '1.10', '"a:b"', 'null', '{"a":{"a":[{"a":1},{"a":2}]},"b":null}', '{"a" : "x", "b"\n:\r"y"}',
  '{"text":"\\":\\":","more":"{\\"a\\":1,\\"a\\":2}"}', '{"div":"<a title=\\"a\\": b>","url":"http://x"}', '{"a":"\\\\","b":"\\\\\\":"}', '{"10":1,"2":2.0}', '{"__proto__":1}',
])('%s has every name once', (text) => {
  expect(found(text)).toBeUndefined();
});

test('a text of nothing but look-alikes takes no longer than its length asks for', () => {
  const text = JSON.stringify({ a: '":'.repeat(200_000), b: `"${' '.repeat(200_000)}${':'.repeat(200_000)}` });
  expect(found(text)).toBeUndefined();
});
