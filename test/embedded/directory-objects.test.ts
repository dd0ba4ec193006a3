import { describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryObjects } from '../../src/embedded/directory-objects.ts';
import { objectStoreContract } from '../contracts/object-store.contract.ts';

const emptyDirectory = () => mkdtemp(join(tmpdir(), 'caldera-objects-'));

objectStoreContract('the directory', async () => {
  const root = await emptyDirectory();
  return { objects: directoryObjects(root), close: () => rm(root, { recursive: true }) };
});

describe('the directory of objects', () => {
  test('what a crash left half-written is never listed and is removed at the next start', async () => {
    const root = await emptyDirectory();
    directoryObjects(root);
    await writeFile(join(root, '~drafts', 'half'), 'half');
    const objects = directoryObjects(root);
    expect(await objects.list({ prefix: '', limit: 10 })).toEqual({ keys: [] });
    expect(await readdir(join(root, '~drafts'))).toEqual([]);
    await rm(root, { recursive: true });
  });

  test('files that no key could have made are not listed', async () => {
    const root = await emptyDirectory();
    const objects = directoryObjects(root);
    await mkdir(join(root, 'a folder'));
    await writeFile(join(root, 'a folder', 'x'), '');
    await symlink('/etc', join(root, 'link'));
    await objects.put('real', Buffer.from('x'));
    expect(await objects.list({ prefix: '', limit: 10 })).toEqual({ keys: ['real'] });
    await rm(root, { recursive: true });
  });

  test('a put that cannot be carried out leaves the old object and no draft', async () => {
    const root = await emptyDirectory();
    const objects = directoryObjects(root);
    await objects.put('a', Buffer.from('old'));
    await expect(objects.put('a/b', Buffer.from('new'))).rejects.toThrow();
    expect(Buffer.from((await objects.get('a'))!).toString()).toBe('old');
    expect(await readdir(join(root, '~drafts'))).toEqual([]);
    await rm(root, { recursive: true });
  });
});
