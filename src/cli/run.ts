/** One call of `caldera`, from the words of the shell to the exit code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chosenDatastore } from './chosen-datastore.ts';
import type { Call, Command, Values } from './command.ts';
import { leadingWords, understood } from './command-line.ts';
import type { Understood } from './command-line.ts';
import { commands } from './commands.ts';
import { control } from './control.ts';
import { chosenEndpoint } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { exitCodes, Failed, WrongUse } from './failure.ts';
import { fhir } from './fhir.ts';
import { commandHelp, overview } from './help.ts';
import { sender } from './send.ts';
import type { Terminal } from './terminal.ts';

/**
 * @param line what follows `caldera`
 * @returns the exit code; what went wrong was told
 */
export async function run(line: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await done(line, terminal);
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof WrongUse) {
      terminal.complain(error.message);
      return exitCodes.wrongUse;
    }
    const { message, answer } = error instanceof Failed ? error : unforeseen(error);
    if (line.includes('--json')) terminal.tell(JSON.stringify({ message, ...answer }));
    else terminal.complain(printable(message));
    return exitCodes.failed;
  }
}

/** What `fetch` calls a body that ends before its end. */
const brokenOff = 'terminated';

/** A fault is told by its place: its message may quote what a patient's record says. */
function unforeseen(error: unknown): Failed {
  const { name = 'Error', message = '', stack = '' } = (error ?? {}) as Partial<Error>;
  if (message === brokenOff) return new Failed('The answer broke off: what was printed is not all of it.');
  const places = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return new Failed([`caldera has a defect (${name}). Please report it.`, ...places].join('\n'));
}

/** What a server says must not steer the terminal. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/g, ' ');
}

async function done(line: readonly string[], terminal: Terminal): Promise<void> {
  const { words, help, version } = leadingWords(line);
  if (version && words.length === 0) return await terminal.print(`${ownVersion()}\n`);
  const command = named(words);
  if (command !== undefined) {
    return help ? await terminal.print(commandHelp(command)) : await called(understood(command, line), terminal);
  }
  const group = commands.some(({ name }) => name.startsWith(`${words[0]} `)) ? words[0] : undefined;
  const known = words.length === (group === undefined ? 0 : 1);
  if (help && known) return await terminal.print(overview(commands, group));
  if (known) throw new WrongUse(`Which command? See caldera ${group === undefined ? '' : `${group} `}--help.`);
  throw new WrongUse(`There is no command "${words.slice(0, 2).join(' ')}". See caldera --help.`);
}

/** The command whose name the words begin with. */
function named(words: readonly string[]): Command | undefined {
  return commands.find(({ name }) => name.split(' ').every((word, index) => words[index] === word));
}

function ownVersion(): string {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

async function called({ command, words, options }: Understood, terminal: Terminal): Promise<void> {
  const progress = terminal.progress(`caldera ${command.name}`);
  const connection = connected(options, terminal);
  try {
    await command.run({ words, options, json: options.flag('json'), terminal, progress, ...connection });
  } finally {
    progress.end();
  }
}

function connected(options: Values, terminal: Terminal): Pick<Call, 'endpoint' | 'control' | 'datastore' | 'fhir'> {
  let chosen: Promise<Endpoint> | undefined;
  const endpoint = (): Promise<Endpoint> =>
    (chosen ??= chosenEndpoint(
      {
        profile: options.text('profile'),
        endpoint: options.text('endpoint'),
        region: options.text('region'),
        awsProfile: options.text('aws-profile'),
        datastore: options.text('datastore'),
      },
      terminal,
    ));
  const send = async () => sender(await endpoint());
  const datastore = async (): Promise<string> => (await endpoint()).datastore ?? (await chosenDatastore(control(await send())));
  return { endpoint, control: async () => control(await send()), datastore, fhir: async () => fhir(await send(), await datastore()) };
}
