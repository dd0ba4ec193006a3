/** What `--help` prints, made from the table of commands. */
import type { Command, Option } from './command.ts';
import { generalOptions } from './command-line.ts';
import { tableText } from './table-text.ts';

/** Text is broken before this column. */
const width = 100;

/** All commands, or those whose name begins with a word. */
export function overview(commands: readonly Command[], group?: string): string {
  const shown = commands.filter(({ name }) => group === undefined || name === group || name.startsWith(`${group} `));
  const lines = shown.map(({ name, words, says }) => [`  caldera ${name}${words === undefined ? '' : ` ${words}`}`, says]);
  const usage = group === undefined ? 'caldera COMMAND [words] [options]' : `caldera ${group} COMMAND [words] [options]`;
  return `Usage: ${usage}\n\n${table(lines)}\nOptions of every command:\n${optionLines(generalOptions)}
caldera COMMAND --help tells more about one of them, with examples. caldera --version prints the version.
Where the server is: --endpoint, $CALDERA_ENDPOINT, --profile, $CALDERA_PROFILE, the profile in use (caldera profile use),
or http://127.0.0.1:8080. Exit codes: 0 done, 1 failed, 2 wrong use.
`;
}

/** One command in full. */
export function commandHelp({ name, words, says, options, details, examples }: Command): string {
  const own = options === undefined ? '' : `\nOptions:\n${optionLines(options)}`;
  const more = details === undefined ? '' : `\n${wrapped(details)}\n`;
  const usage = ['caldera', name, ...(words === undefined ? [] : [words]), '[options]'].join(' ');
  const tried = examples.map((example) => `  caldera ${example}\n`).join('');
  return `${says}\n\nUsage: ${usage}\n${more}${own}\nOptions of every command:\n${optionLines(generalOptions)}\nExamples:\n${tried}`;
}

function optionLines(options: Readonly<Record<string, Option>>): string {
  return table(Object.entries(options).map(([name, { value, says }]) => [`  --${name}${value === undefined ? '' : ` ${value}`}`, says]));
}

function table(rows: readonly (readonly string[])[]): string {
  return tableText(['', ''], rows).slice(1);
}

function wrapped(text: string): string {
  let column = 0;
  return text.split(' ').map((word, index) => {
    const fits = column + word.length < width;
    column = fits ? column + word.length + 1 : word.length + 1;
    return index === 0 ? word : `${fits ? ' ' : '\n'}${word}`;
  }).join('');
}
