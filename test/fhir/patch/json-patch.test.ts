/** https://www.rfc-editor.org/rfc/rfc6902, the examples of its appendix among them, on resources */
import { describe, expect, jest, test } from '@jest/globals';
import { parseJson } from '../../../src/fhir/json.ts';
import { FhirError } from '../../../src/fhir/outcome.ts';
import { parseJsonPatch } from '../../../src/fhir/patch/json-patch.ts';
import { applyPatch } from '../../../src/fhir/patch/patch.ts';
import type { Resource } from '../../../src/fhir/resource.ts';

/** Whole texts, so that digits are looked at too. */
function patched(resource: string, operations: string): string {
  const before = parseJson(resource) as Resource;
  const result = applyPatch(before, { form: 'json-patch', operations: parseJsonPatch(parseJson(operations)) });
  expect(JSON.stringify(before)).toBe(resource);
  return JSON.stringify(result);
}

function refused(resource: string, operations: string): number {
  try {
    patched(resource, operations);
  } catch (error) {
    if (error instanceof FhirError) return error.status;
    throw error;
  }
  throw new Error('It was not refused.');
}

const patient = (rest: string): string => `{"resourceType":"Patient","id":"1"${rest === '' ? '' : `,${rest}`}}`;

describe('JSON Patch', () => {
  test.each([
    ['A.1 adding an object member', '"active":true', '[{"op":"add","path":"/gender","value":"male"}]', '"active":true,"gender":"male"'],
    ['A.2 adding an array element', '"a":["x","z"]', '[{"op":"add","path":"/a/1","value":"y"}]', '"a":["x","y","z"]'],
    ['A.3 removing an object member', '"a":1,"b":2', '[{"op":"remove","path":"/a"}]', '"b":2'],
    ['A.4 removing an array element', '"a":["x","y","z"]', '[{"op":"remove","path":"/a/1"}]', '"a":["x","z"]'],
    ['A.5 replacing a value', '"a":"x","b":"y"', '[{"op":"replace","path":"/a","value":"z"}]', '"a":"z","b":"y"'],
    ['A.6 moving a value', '"a":{"b":"c","d":"e"},"f":{"g":"h"}', '[{"op":"move","from":"/a/d","path":"/f/i"}]', '"a":{"b":"c"},"f":{"g":"h","i":"e"}'],
    ['A.7 moving an array element', '"a":["all","grass","cows","eat"]', '[{"op":"move","from":"/a/1","path":"/a/3"}]', '"a":["all","cows","eat","grass"]'],
    ['A.8 testing a value: success', '"a":["x",2,"c"]', '[{"op":"test","path":"/a/1","value":2}]', '"a":["x",2,"c"]'],
    ['A.10 adding a nested member object', '"a":1', '[{"op":"add","path":"/b","value":{"c":{}}}]', '"a":1,"b":{"c":{}}'],
    ['A.11 ignoring unrecognized elements', '"a":1', '[{"op":"add","path":"/b","value":2,"xyz":3}]', '"a":1,"b":2'],
    ['A.14 ~ escape ordering', '"~1":10', '[{"op":"test","path":"/~01","value":10}]', '"~1":10'],
    ['A.16 adding an array value', '"a":["x"]', '[{"op":"add","path":"/a/-","value":["y"]}]', '"a":["x",["y"]]'],
    ['copying a value', '"a":{"b":[1]}', '[{"op":"copy","from":"/a","path":"/c"},{"op":"add","path":"/c/b/-","value":2}]', '"a":{"b":[1]},"c":{"b":[1,2]}'],
    ['replacing an array element', '"a":["x","y"]', '[{"op":"replace","path":"/a/1","value":"z"}]', '"a":["x","z"]'],
  ])('%s', (_name, before, operations, after) => {
    expect(patched(patient(before), operations)).toBe(patient(after));
  });

  test('decimals keep their digits, where they are touched and where they are not', () => {
    const before = patient('"a":1.10,"b":[100,0.50],"c":{"d":1E2}');
    const operations = '[{"op":"add","path":"/e","value":2.00},{"op":"copy","from":"/a","path":"/f"},{"op":"move","from":"/b/1","path":"/g"},{"op":"replace","path":"/a","value":7.0}]';
    expect(patched(before, operations)).toBe(patient('"a":7.0,"b":[100],"c":{"d":1E2},"e":2.00,"f":1.10,"g":0.50'));
  });

  test('numbers are equal when their values are, however they are written', () => {
    expect(patched(patient('"a":1.10'), '[{"op":"test","path":"/a","value":1.1}]')).toBe(patient('"a":1.10'));
    expect(refused(patient('"a":1.10'), '[{"op":"test","path":"/a","value":1.11}]')).toBe(422);
    expect(refused(patient('"a":0.12345678901234567890'), '[{"op":"test","path":"/a","value":0.12345678901234567891}]')).toBe(422);
  });

  test.each([
    ['A.9 testing a value: error', '"a":"x"', '[{"op":"test","path":"/a","value":"y"}]'],
    ['A.12 adding to a nonexistent target', '"a":1', '[{"op":"add","path":"/b/c","value":2}]'],
    ['A.15 comparing strings and numbers', '"a":10', '[{"op":"test","path":"/a","value":"10"}]'],
    ['a member to remove that is not there', '"a":1', '[{"op":"remove","path":"/b"}]'],
    ['a member to replace that is not there', '"a":1', '[{"op":"replace","path":"/b","value":1}]'],
    ['an index beyond the end', '"a":[1]', '[{"op":"add","path":"/a/2","value":1}]'],
    ['a move beyond the end', '"a":[1,2]', '[{"op":"move","from":"/a/0","path":"/a/2"}]'],
    ['a copy beyond the end', '"a":[1]', '[{"op":"copy","from":"/a/0","path":"/a/2"}]'],
    ['an index with a leading zero', '"a":[1,2]', '[{"op":"remove","path":"/a/01"}]'],
    ['an index with a leading zero to move from', '"a":[1,2]', '[{"op":"move","from":"/a/01","path":"/b"}]'],
    ['the end of an array, which holds nothing to remove', '"a":[1]', '[{"op":"remove","path":"/a/-"}]'],
    ['a property of an array', '"a":[1]', '[{"op":"replace","path":"/a/length","value":0}]'],
    ['the inside of a number', '"a":1.10', '[{"op":"replace","path":"/a/rawJSON","value":"9"}]'],
    ['the prototype', '"a":1', '[{"op":"add","path":"/__proto__/polluted","value":true}]'],
    ['what objects inherit', '"a":1', '[{"op":"replace","path":"/constructor","value":true}]'],
    ['the id', '"a":1', '[{"op":"replace","path":"/id","value":"2"}]'],
    ['the id, removed', '"a":1', '[{"op":"remove","path":"/id"}]'],
    ['the type', '"a":1', '[{"op":"replace","path":"/resourceType","value":"Group"}]'],
    ['the version', '"meta":{"versionId":"3"}', '[{"op":"replace","path":"/meta/versionId","value":"4"}]'],
    ['the whole', '"a":1', '[{"op":"replace","path":"","value":[]}]'],
    ['the whole, removed', '"a":1', '[{"op":"remove","path":""}]'],
  ])('%s is 422', (_name, before, operations) => {
    expect(refused(patient(before), operations)).toBe(422);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test.each([
    ['an object', '{"op":"remove","path":"/a"}'],
    ['an operation that is none', '["remove"]'],
    ['an unknown operation', '[{"op":"delete","path":"/a"}]'],
    ['no path', '[{"op":"remove"}]'],
    ['a path without a slash', '[{"op":"remove","path":"a"}]'],
    ['an escape that is none', '[{"op":"remove","path":"/~2"}]'],
    ['no value', '[{"op":"add","path":"/a"}]'],
    ['no from', '[{"op":"move","path":"/a"}]'],
    ['a move into itself', '[{"op":"move","from":"/a","path":"/a/b"}]'],
  ])('%s is 400', (_name, operations) => {
    expect(refused(patient('"a":{"b":1}'), operations)).toBe(400);
  });

  test('copies of copies are bounded', () => {
    const doubling = JSON.stringify(Array.from({ length: 60 }, () => ({ op: 'copy', from: '/a', path: '/a/-' })));
    expect(refused(patient('"a":[1]'), doubling)).toBe(403);
  });

  test('copies of one long text are bounded, as copies of many values are', () => {
    const copies = Array.from({ length: 999 }, () => '{"op":"copy","from":"/extension/0","path":"/extension/-"}').join();
    expect(refused(patient(`"extension":[{"url":"http://example.org","valueString":"${'a'.repeat(100_000)}"}]`), `[${copies}]`)).toBe(403);
  });

  test('a value is moved without a look at what is in it', () => {
    const moves = Array.from({ length: 500 }, () => '{"op":"move","from":"/a","path":"/b"},{"op":"move","from":"/b","path":"/a"}').join();
    const value = `"a":[${Array.from({ length: 20_000 }, () => '{}').join()}]`;
    const looked = jest.spyOn(Object, 'keys');
    try {
      expect(patched(patient(value), `[${moves}]`)).toBe(patient(value));
      expect(looked.mock.calls.length).toBeLessThan(200_000);
    } finally {
      looked.mockRestore();
    }
  });

  test('copies within copies go only so deep', () => {
    const nested = (depth: number): string => '/a'.repeat(depth);
    const deepening = Array.from({ length: 12 }, (_, place) => ({ op: 'copy', from: '/a', path: nested(2 ** place + 1) }));
    expect(refused(patient('"a":{}'), JSON.stringify(deepening))).toBe(422);
    expect(() => patched(patient('"a":{}'), JSON.stringify(deepening))).toThrow(/deeper/);
  });

  test('a refusal never repeats what the resource or the patch holds', () => {
    expect(() => patched(patient('"a":"Jane"'), '[{"op":"test","path":"/a","value":"Doe"}]')).toThrow(/^(?!.*(?:Jane|Doe)).*Operation 0/);
  });
});
