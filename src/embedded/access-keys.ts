/**
 * The access keys that clients sign with, from the environment and from a file: an id and a secret a line, lines that begin
 * with # left out. Secrets are not taken from the command line, which every program on the machine can read.
 */
import { readFileSync, statSync } from 'node:fs';
import { WrongArguments } from './arguments.ts';
import { localKey } from './signatures.ts';
import type { AccessKey } from './signatures.ts';

/** Far more than one server has clients. */
const maxKeys = 1000;
/** Bits that let others than the owner at a file. */
const othersMask = 0o077;
/** A shorter secret could be found by trying: a signature that was seen tells whether a guess is right. */
const minSecretLength = 16;

const keyLine = /^(?<accessKeyId>[A-Za-z0-9_-]{1,128})\s+(?<secretAccessKey>\S{1,256})$/;

export interface KeySources {
  readonly file?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** @throws WrongArguments when a source cannot be read as keys; nothing of a secret is in the message */
export function accessKeys({ file, environment }: KeySources): readonly AccessKey[] {
  const { CALDERA_ACCESS_KEY_ID: id = '', CALDERA_SECRET_ACCESS_KEY: secret = '' } = environment;
  if ((id === '') !== (secret === '')) throw new WrongArguments('CALDERA_ACCESS_KEY_ID and CALDERA_SECRET_ACCESS_KEY are set together or not at all.');
  const keys = [...(id === '' ? [] : [keyOf(`${id} ${secret}`, 'CALDERA_ACCESS_KEY_ID and CALDERA_SECRET_ACCESS_KEY')]), ...(file === undefined ? [] : keysOfFile(file))];
  if (new Set(keys.map(({ accessKeyId }) => accessKeyId)).size < keys.length) throw new WrongArguments('An access key id comes more than once.');
  return keys;
}

function keysOfFile(file: string): readonly AccessKey[] {
  const lines = linesOf(file).map((text, index) => ({ text: text.trim(), place: `--access-keys: line ${index + 1} of the file` }));
  const keys = lines.filter(({ text }) => text !== '' && !text.startsWith('#')).map(({ text, place }) => keyOf(text, place));
  if (keys.length === 0 || keys.length > maxKeys) throw new WrongArguments(`--access-keys: the file has ${keys.length} keys; it is to have 1 to ${maxKeys}.`);
  return keys;
}

function linesOf(file: string): readonly string[] {
  try {
    // Windows has no such bits, and answers with all of them.
    if (process.platform !== 'win32' && (statSync(file).mode & othersMask) !== 0) throw new WrongArguments('--access-keys: others can read the file. chmod 600 it.');
    return readFileSync(file, 'utf8').split('\n');
  } catch (error) {
    if (error instanceof WrongArguments) throw error;
    throw new WrongArguments(`--access-keys: the file cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

function keyOf(line: string, place: string): AccessKey {
  const { accessKeyId = '', secretAccessKey = '' } = keyLine.exec(line)?.groups ?? {};
  if (accessKeyId === '' || accessKeyId === localKey.accessKeyId) throw new WrongArguments(`${place}: an access key is an id of letters, digits, _ and -, other than local, and a secret behind a space.`);
  if (secretAccessKey.length < minSecretLength) throw new WrongArguments(`${place}: the secret has ${minSecretLength} characters at least.`);
  return { accessKeyId, secretAccessKey };
}
