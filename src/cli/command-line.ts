/** Words of the shell, understood by the table of commands. */
import { parseArgs } from 'node:util';
import type { ParseArgsOptionsConfig } from 'node:util';
import type { Command, Option, Values } from './command.ts';
import { WrongUse } from './failure.ts';

/** Options that every command has. */
export const generalOptions: Readonly<Record<string, Option>> = {
  profile: { value: 'NAME', says: 'the profile to use (caldera profile)' },
  endpoint: { value: 'URL', says: 'the server, instead of a profile' },
  region: { value: 'REGION', says: 'sign requests for this AWS region' },
  'aws-profile': { value: 'NAME', says: 'sign with the credentials of this AWS profile' },
  datastore: { value: 'ID', says: 'the data store; the only one when not given' },
  json: { says: 'results and errors as JSON' },
  help: { says: 'what the command does, with examples' },
};

export interface Understood {
  readonly command: Command;
  readonly words: readonly string[];
  readonly options: Values;
}

/** The words before options, so that `caldera --profile x datastore list` is understood like `caldera datastore list --profile x`. */
export function leadingWords(line: readonly string[]): { readonly words: readonly string[]; readonly help: boolean; readonly version: boolean } {
  const options = { ...configuration(generalOptions), version: { type: 'boolean' as const } };
  const { values, positionals } = parseArgs({ args: [...line], options, allowPositionals: true, strict: false });
  return { words: positionals, help: values['help'] === true, version: values['version'] === true };
}

/** @throws WrongUse when the words do not fit the command */
export function understood(command: Command, line: readonly string[]): Understood {
  const options = { ...generalOptions, ...command.options };
  const { values, positionals } = parsed(line, options, command);
  const words = positionals.slice(command.name.split(' ').length);
  const [least, most] = command.count ?? [0, 0];
  if (words.length < least) throw wrong(`It takes ${command.words}`, command);
  if (words.length > most) throw wrong(`"${words[most]}" is one word too many`, command);
  return { command, words, options: readable(values) };
}

function wrong(what: string, { name }: Command): WrongUse {
  return new WrongUse(`${what}. See caldera ${name} --help.`);
}

type Parsed = Readonly<Record<string, undefined | string | boolean | readonly (string | boolean)[]>>;

function parsed(line: readonly string[], options: Readonly<Record<string, Option>>, command: Command) {
  try {
    const { values, positionals } = parseArgs({ args: [...line], options: configuration(options), allowPositionals: true, strict: true });
    return { values: values as Parsed, positionals };
  } catch (error) {
    // The first sentence names the word that was not understood; what follows is about `--` and positionals.
    throw wrong((error as Error).message.split(/\. |\n/)[0] ?? '', command);
  }
}

function configuration(options: Readonly<Record<string, Option>>): ParseArgsOptionsConfig {
  const entries = Object.entries(options).map(([name, { value, multiple = false }]) => {
    const type: 'string' | 'boolean' = value === undefined ? 'boolean' : 'string';
    return [name, { type, multiple, ...(name === 'help' ? { short: 'h' } : {}) }];
  });
  return Object.fromEntries(entries) as ParseArgsOptionsConfig;
}

function readable(values: Parsed): Values {
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    text,
    texts: (name) => (values[name] ?? []) as readonly string[],
    flag: (name) => values[name] === true,
    number(name, { least, most }) {
      const value = text(name);
      if (value === undefined) return undefined;
      if (!/^\d{1,15}$/.test(value) || Number(value) < least || Number(value) > most) {
        throw new WrongUse(`--${name} takes a whole number from ${least} to ${most}.`);
      }
      return Number(value);
    },
  };
}
