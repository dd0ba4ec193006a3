/** Small numbers come back from their bytes, as the format says (https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE). */
import { expect, test } from '@jest/globals';
import { seededRandom } from '../../../bench/random.ts';
import { bitWidth, hybridBytes } from '../../../src/machine/parquet/hybrid-encoding.ts';

function decoded(bytes: Uint8Array, width: number, count: number): number[] {
  const values: number[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (values.length < count) {
    const header = varint();
    if (header % 2 === 0) {
      let value = 0;
      for (let place = 0; place < Math.ceil(width / 8); place++) value += bytes[at++]! * 256 ** place;
      for (let time = 0; time < header / 2; time++) values.push(value);
      continue;
    }
    const bits = Array.from(bytes.subarray(at, at += ((header - 1) / 2) * width), (byte) => byte.toString(2).padStart(8, '0').split('').toReversed().join('')).join('');
    for (let place = 0; place + width <= bits.length; place += width) values.push(Number.parseInt(bits.slice(place, place + width).split('').toReversed().join(''), 2));
  }
  expect(at).toBe(bytes.length);
  return values.slice(0, count);
}

test.each([1, 2, 3, 7, 8, 9, 16, 17, 24])('numbers of %d bits come back, repeated or not', (width) => {
  const random = seededRandom(width);
  for (let round = 0; round < 60; round++) {
    const values: number[] = [];
    while (values.length < random.below(400)) {
      const value = random.below(2 ** width);
      for (let times = random.pick([1, 1, 2, 7, 8, 9, 15, 16, 100]); times > 0; times--) values.push(value);
    }
    const list = Int32Array.from([...values, 5, 5]);
    expect(decoded(hybridBytes({ values: list, length: values.length }, width), width, values.length)).toEqual(values);
  }
});

test('bytes that are looked at four at a time are told as those that are not', () => {
  const random = seededRandom(5);
  for (let round = 0; round < 200; round++) {
    const words = new Int32Array(100);
    const values = new Uint8Array(words.buffer);
    for (let at = 0; at < values.length;) {
      const [value, times] = [random.below(4), random.pick([1, 2, 5, 8, 20, 33, 100])];
      values.fill(value, at, at + times);
      at += times;
    }
    const length = random.below(values.length);
    expect(hybridBytes({ values, words, length }, 2)).toEqual(hybridBytes({ values, length }, 2));
  }
});

test('a width is as small as the largest number allows', () => {
  expect([0, 1, 2, 3, 4, 255, 256].map(bitWidth)).toEqual([0, 1, 2, 2, 3, 8, 9]);
});
