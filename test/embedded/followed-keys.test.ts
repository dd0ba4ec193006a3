import { expect, test } from '@jest/globals';
import { everything, followedKeys, nothing } from '../../src/embedded/followed-keys.ts';

test('the change feed carries what any of its consumers is interested in, and is told of every change', () => {
  const told: (readonly string[])[] = [];
  const followed = followedKeys({ notes: ['Binary/', 'DocumentReference/'], lake: nothing }, (prefixes) => told.push(prefixes));
  expect(followed.all()).toEqual(['Binary/', 'DocumentReference/']);
  followed.set('lake', everything);
  followed.set('notes', nothing);
  followed.set('lake', nothing);
  expect(told).toEqual([everything, everything, nothing]);
});
