import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { byteRange } from '../../src/embedded/byte-range.ts';
import { directoryContents } from '../../src/embedded/directory-contents.ts';
import { directoryObjects } from '../../src/embedded/directory-objects.ts';
import { contentsContract, digestOf } from '../contracts/contents.contract.ts';

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

contentsContract('the directory', async () => {
  const root = await mkdtemp(join(tmpdir(), 'caldera-contents-'));
  const contents = directoryContents(root);
  const announced = new Map<string, ReturnType<typeof digestOf>>();
  return {
    contents: { ...contents, invite: (invited) => contents.invite({ ...invited, ownUrl: (announced.set(invited.upload, invited.digest), invited.ownUrl) }) },
    objects: directoryObjects(root),
    send: async (_invitation, bytes, upload) => (await contents.receive(upload, pieces(bytes), announced.get(upload))) !== undefined,
    async fetched(offer, range) {
      if ('url' in offer) throw new Error('A directory has no links.');
      const source = await offer.open(range);
      return source && Buffer.concat(await Array.fromAsync(source));
    },
    close: () => rm(root, { recursive: true }),
  };
});

test('an upload that breaks off leaves nothing', async () => {
  const root = await mkdtemp(join(tmpdir(), 'caldera-contents-'));
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(10);
    throw new Error('gone');
  };
  await expect(directoryContents(root).receive('u', broken())).rejects.toThrow('gone');
  expect(await readdir(join(root, '~uploads'))).toEqual([]);
  await rm(root, { recursive: true });
});

test('uploads go when they are old, contents stay', async () => {
  const root = await mkdtemp(join(tmpdir(), 'caldera-contents-'));
  const contents = directoryContents(root);
  const bytes = new Uint8Array(10);
  for (const upload of ['u', 'v']) await contents.receive(upload, pieces(bytes));
  await contents.keep('u', digestOf(bytes), 'contents/u');
  expect(await contents.removeUploads(0)).toBe(0);
  expect(await contents.removeUploads(Date.now() + 60_000)).toBe(2);
  expect((await directoryObjects(root).get('contents/u'))!.length).toBe(10);
  expect(await contents.keep('v', digestOf(bytes), 'contents/v')).toBe('missing');
  await rm(root, { recursive: true });
});

test.each([
  [undefined, undefined], ['bytes=0-9', { first: 0, last: 9 }], ['bytes=90-', { first: 90, last: 99 }], ['bytes=-10', { first: 90, last: 99 }],
  ['bytes=-500', { first: 0, last: 99 }], ['bytes=90-500', { first: 90, last: 99 }], ['bytes=100-', 'unsatisfiable'], ['bytes=-0', 'unsatisfiable'],
  ['bytes=9-0', undefined], ['bytes=0-1,5-6', undefined], ['lines=0-1', undefined], ['bytes=-', undefined],
])('Range: %s of 100 bytes', (header, expected) => {
  expect(byteRange(header, 100)).toEqual(expected);
});
