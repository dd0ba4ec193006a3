import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { directoryFormat, DirectoryRefused, openDataDirectory } from '../../src/embedded/data-directory.ts';

let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'caldera-directory-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

const moduleUrl = pathToFileURL(join(__dirname, '../../src/embedded/data-directory.ts')).href;

/** Another process that holds the directory until it is killed. */
async function holder(path: string) {
  const source = `import { openDataDirectory } from ${JSON.stringify(moduleUrl)}; openDataDirectory(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return async (): Promise<void> => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
}

describe('the data directory', () => {
  test('is made when it is missing, for its owner only', () => {
    const directory = openDataDirectory(join(parent, 'a', 'data'));
    expect(statSync(directory.path).mode & 0o777).toBe(0o700);
    directory.release();
  });

  test('is refused while this process has it, and not afterwards', () => {
    const path = join(parent, 'data');
    const first = openDataDirectory(path);
    expect(() => openDataDirectory(path)).toThrow(DirectoryRefused);
    first.release();
    openDataDirectory(path).release();
  });

  test('is refused while another process has it, and not after that was killed', async () => {
    const path = join(parent, 'data');
    const kill = await holder(path);
    expect(() => openDataDirectory(path)).toThrow('Another Caldera is running');
    await kill();
    openDataDirectory(path).release();
  });

  test('is refused when it holds something else', () => {
    writeFileSync(join(parent, 'thesis.txt'), '');
    expect(() => openDataDirectory(parent)).toThrow("not Caldera's");
  });

  test('is refused when it cannot be made', () => {
    writeFileSync(join(parent, 'file'), '');
    expect(() => openDataDirectory(join(parent, 'file', 'data'))).toThrow('cannot be used');
  });

  test('has a folder of its own for each data store', () => {
    const directory = openDataDirectory(join(parent, 'data'));
    const [one, other] = [directory.storeFolder('one'), directory.storeFolder('other')];
    expect(one.databaseFile).not.toBe(other.databaseFile);
    expect(statSync(one.objectsFolder).isDirectory()).toBe(true);
    directory.release();
  });
});

test('a directory that another version of the format wrote is refused, and left as it is', () => {
  const path = join(parent, 'data');
  openDataDirectory(path).release();
  writeFileSync(join(path, 'control.sqlite'), '');
  const database = new DatabaseSync(join(path, 'lock.sqlite'));
  database.exec(`PRAGMA user_version = ${directoryFormat + 1}`);
  database.close();
  expect(() => openDataDirectory(path)).toThrow(/another version of Caldera/);
  expect(() => openDataDirectory(path)).toThrow(DirectoryRefused);
});
