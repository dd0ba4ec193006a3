/** The command line itself: help, profiles, exit codes, pipes. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { commands } from '../../src/cli/commands.ts';
import { leadingWords, understood } from '../../src/cli/command-line.ts';
import { checkedEndpoint, chosenEndpoint } from '../../src/cli/endpoint.ts';
import { terminal } from '../../src/cli/terminal.ts';
import { caldera, program, spawned } from './command.ts';
import { recordedServer } from './recorded-server.ts';

describe('help', () => {
  test.each(commands.map((command) => [command.name, command] as const))('%s says what it does, and its examples are well-formed', async (name, command) => {
    const { code, out } = await caldera([...name.split(' '), '--help']);
    expect([code, out]).toEqual([0, expect.stringContaining(`Usage: caldera ${name}`)]);
    expect(command.examples.length).toBeGreaterThan(0);
    for (const example of command.examples) {
      const line = (example.replace(/ > \S+$/, '').match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'|'$/g, ''));
      expect(understood(command, line).command).toBe(command);
      expect(leadingWords(line).words.join(' ')).toContain(name);
    }
  });

  test('lists the commands, all or of a group', async () => {
    expect(await caldera(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('caldera datastore create'), errors: '' });
    expect((await caldera(['job', '--help'])).out).not.toContain('datastore create');
  });

  test('is offered to those who got it wrong, with exit code 2', async () => {
    for (const line of [[], ['datastore'], ['data'], ['datastore', 'make'], ['fhir', 'get'], ['fhir', 'get', 'a/1', 'b/2'], ['job', 'list', '--kind']]) {
      expect(await caldera(line)).toMatchObject({ code: 2, out: '', errors: expect.stringContaining('--help') });
    }
  });

  test('as a process: the version of the package, and options before the command', async () => {
    const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as { version: string };
    expect(await spawned(['--version'])).toEqual({ code: 0, out: `${version}\n`, errors: '' });
    expect(await caldera(['--endpoint', 'http://localhost:1', 'datastore', 'list', '--help'])).toMatchObject({ code: 0 });
  });
});

describe('profiles', () => {
  let home: string;
  let env: Record<string, string>;
  const file = (): string => join(home, 'caldera', 'config.json');

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'caldera-profiles-'));
    env = { XDG_CONFIG_HOME: home };
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const profile = (...line: string[]) => caldera(['profile', ...line], { env });
  const chosen = (options: object) => chosenEndpoint(options, terminal({ input: process.stdin, output: process.stdout, errors: process.stderr, env, home }));

  test('are kept for the owner alone, the first one in use', async () => {
    expect(await profile('set', 'local', '--endpoint', 'http://127.0.0.1:9000/datastore/0123/r4')).toMatchObject({ code: 0, errors: 'Profile local is in use.\n' });
    await profile('set', 'cloud', '--endpoint', 'https://abc.execute-api.eu-west-1.amazonaws.com/v1/', '--aws-profile', 'clinic');
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, 'caldera')).mode & 0o777).toBe(0o700);
    expect((await profile('list')).out).toBe(`   NAME   ENDPOINT                                            REGION  AWS PROFILE  DATA STORE
*  local  http://127.0.0.1:9000                                                    0123
   cloud  https://abc.execute-api.eu-west-1.amazonaws.com/v1          clinic\n`);
    expect(await chosen({})).toEqual({ url: 'http://127.0.0.1:9000', datastore: '0123' });
    const signing = { region: 'eu-west-1', awsProfile: 'clinic' };
    expect(await chosen({ profile: 'cloud' })).toEqual({ url: 'https://abc.execute-api.eu-west-1.amazonaws.com/v1', signing });
    await profile('use', 'cloud');
    expect(await chosen({ datastore: 'ff' })).toMatchObject({ signing, datastore: 'ff' });
    await profile('remove', 'cloud');
    expect(await chosen({})).toEqual({ url: 'http://127.0.0.1:8080' });
  });

  test('give way to an endpoint that is named, whole', async () => {
    await profile('set', 'local', '--endpoint', 'http://127.0.0.1:9000', '--datastore', '0123');
    expect(await chosen({ endpoint: 'http://localhost:1' })).toEqual({ url: 'http://localhost:1' });
  });

  test('that do not exist, or cannot be understood, are refused', async () => {
    expect(await profile('use', 'nobody')).toMatchObject({ code: 1 });
    expect(await caldera(['fhir', 'get', 'metadata', '--profile', 'toString'], { env })).toMatchObject({ code: 1, errors: expect.stringContaining('profile list') });
    mkdirSync(join(home, 'caldera'));
    writeFileSync(file(), '{"profiles": {"local": {"endpoint": 7}}}');
    expect(await profile('list')).toMatchObject({ code: 1, errors: expect.stringContaining('cannot be understood') });
  });

  test.each(['ftp://localhost', 'localhost:8080', 'http://fhir.example.org', 'https://me:secret@fhir.example.org', 'https://fhir.example.org/?x=1'])('take no endpoint like %s', async (endpoint) => {
    const { code, errors } = await profile('set', 'x', '--endpoint', endpoint);
    expect([code, errors.includes('secret')]).toEqual([2, false]);
  });

  test('take a whole base URL', () => {
    expect(checkedEndpoint('https://fhir.example.org/v1/datastore/0123/r4/')).toEqual({ url: 'https://fhir.example.org/v1', datastore: '0123' });
  });
});

test('a server that cannot be reached is named without path and query', async () => {
  const gone = await recordedServer(() => ({}));
  await gone.close();
  const { code, errors } = await caldera(['fhir', 'search', 'Patient', 'name=Doe', '--endpoint', gone.url, '--datastore', '0123']);
  expect([code, errors]).toEqual([1, expect.stringContaining(`${gone.url} cannot be reached`)]);
  expect(errors).not.toMatch(/Doe|Patient/);
});

test('an answer that breaks off is no success, and a defect quotes nothing of a record', async () => {
  const server = await recordedServer(({ url }) => (url.includes('short') ? { headers: { 'content-length': '99' }, body: '{', cut: true } : { body: '{"resourceType": "Bundle", "entry": [{"search": "Doe" ' }));
  const get = (path: string) => caldera(['fhir', 'search', path, '--endpoint', server.url, '--datastore', '0123']);
  expect(await get('Patient/short')).toMatchObject({ code: 1, errors: expect.stringContaining('broke off') });
  expect(await get('Patient')).toMatchObject({ code: 1, errors: expect.not.stringContaining('Doe') });
  await server.close();
});

test('a content that lies elsewhere is fetched from there without our signature', async () => {
  const content = await recordedServer(() => ({ headers: { 'content-type': 'application/pdf' }, body: '%PDF' }));
  const server = await recordedServer(() => ({ status: 307, headers: { location: `${content.url}/scan?right=x` } }));
  const env = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'not-a-secret' };
  const line = ['fhir', 'get', 'Binary/scan', '--accept', '*/*', '--endpoint', server.url, '--region', 'eu-west-1', '--datastore', '0123'];
  expect(await spawned(line, { env })).toEqual({ code: 0, out: '%PDF', errors: '' });
  expect(server.asked[0]?.headers.authorization).toContain('AKIDEXAMPLE');
  expect(content.asked).toMatchObject([{ method: 'GET', url: '/scan?right=x', headers: expect.not.objectContaining({ authorization: expect.anything() }) }]);
  await Promise.all([server.close(), content.close()]);
});

describe('what takes longer than two seconds', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  function shown(screen: boolean) {
    const output = new PassThrough();
    const errors = Object.assign(new PassThrough(), { isTTY: screen });
    const progress = terminal({ input: new PassThrough(), output, errors, env: {}, home: '' }).progress('Working');
    return { progress, text: () => String(errors.read() ?? '') };
  }

  test('says how far it is: a line now and then in a log', () => {
    const { progress, text } = shown(false);
    jest.advanceTimersByTime(1_900);
    expect(text()).toBe('');
    jest.advanceTimersByTime(600);
    progress.say('Half of it');
    jest.advanceTimersByTime(11_000);
    progress.end();
    jest.advanceTimersByTime(60_000);
    expect(text()).toBe('Working … 2 s\nHalf of it … 12 s\n');
  });

  test('renews its line on a screen, and takes it away at the end', () => {
    const { progress, text } = shown(true);
    jest.advanceTimersByTime(2_500);
    expect(text()).toContain('\r\u001B[2KWorking … 2 s');
    progress.end();
    expect(text()).toBe('\r\u001B[2K');
  });
});

test('a path leads nowhere but into the data store', async () => {
  for (const path of ['../../x', 'Patient/../../y', 'https://example.org/Patient/1']) {
    expect(await caldera(['fhir', 'get', path, '--endpoint', 'http://localhost:1', '--datastore', '0123'])).toMatchObject({ code: 2 });
  }
});

test('colours and indented JSON are for screens', async () => {
  const server = await recordedServer(({ url }) => (url.endsWith('/1') ? { body: '{"a":[1.0]}' } : { status: 404, body: {} }));
  const get = (id: string, screen: boolean) => caldera(['fhir', 'get', `Patient/${id}`, '--endpoint', server.url, '--datastore', '0123'], { screen });
  expect((await get('1', false)).out).toBe('{"a":[1.0]}\n');
  expect((await get('1', true)).out).toBe('{\n  "a": [\n    1.0\n  ]\n}\n');
  expect((await get('2', false)).errors).toMatch(/^error: 404 /);
  expect((await get('2', true)).errors).toContain('\u001B[31merror:');
  await server.close();
});

test('a reader that has seen enough ends the command, and nothing went wrong', async () => {
  const entry = [{ resource: { resourceType: 'Patient', id: 'x'.repeat(60_000) } }];
  const server = await recordedServer(({ url }) => ({ body: { resourceType: 'Bundle', entry, link: [{ relation: 'next', url: `${url}x` }] } }));
  const child = spawn(process.execPath, [program, 'fhir', 'search', 'Patient', '--all', '--endpoint', server.url, '--datastore', '0123'], {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent' }, stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [code] = await once(child, 'close');
  expect([code, errors]).toEqual([0, '']);
  await server.close();
});
