import { describe, expect, test } from '@jest/globals';
import { EntrySet } from '../../src/store/entry-set.ts';

describe('a set of entries', () => {
  test('holds none twice, and those of one partition apart', () => {
    const found = new EntrySet();
    for (const [pk, position] of [['a', '1'], ['b', '1'], ['a', '2'], ['a', '1'], ['b', '1'], ['a', '2'], ['a', '3']] as const) found.add(pk, position);
    expect(found.entries).toEqual([{ pk: 'a', position: '1' }, { pk: 'b', position: '1' }, { pk: 'a', position: '2' }, { pk: 'a', position: '3' }]);
  });

  test('takes those of another that it has not', () => {
    const [found, other] = [new EntrySet(), new EntrySet()];
    found.add('a', '1');
    other.add('a', '1');
    other.add('a', '2');
    found.addAll(other.entries);
    expect(found.entries).toEqual(other.entries);
  });
});
