/** `caldera reindex`: puts the store's own SearchParameters to use (`$reindex`), and says how far it is. */
import { finished, statusPath } from '../asynchronous.ts';
import type { Command } from '../command.ts';
import { WrongUse } from '../failure.ts';
import { printJson } from '../printed.ts';

const jobShape = /^(?:\$reindex\/)?(?<id>[0-9a-f]{32})$/;

/** @throws WrongUse */
function jobPath(word: string): string {
  const id = jobShape.exec(word)?.groups?.['id'];
  if (id === undefined) throw new WrongUse('The id of a reindexing has 32 hexadecimal digits, as --no-wait prints it.');
  return `/$reindex/${id}`;
}

const reindex: Command = {
  name: 'reindex',
  words: '[JOB]',
  count: [0, 1],
  says: 'Make the SearchParameters that are stored searchable, and wait until they are.',
  options: {
    'no-wait': { says: 'begin it, print its id, and leave' },
    cancel: { says: 'end the reindexing JOB before its time' },
  },
  details: 'It prints what is searchable from then on and what is not, and why. Other searches go on meanwhile. Ctrl-C stops the waiting, not the work; with the id of a reindexing it waits for that one.',
  examples: ['reindex', 'reindex --no-wait', 'reindex 019dab5d2f1a4c7788990a1b2c3d4e5f', 'reindex 019dab5d2f1a4c7788990a1b2c3d4e5f --cancel'],
  async run({ words: [job], options, terminal, progress, fhir: connected }) {
    const given = job === undefined ? undefined : jobPath(job);
    const fhir = await connected();
    if (options.flag('cancel')) {
      if (given === undefined) throw new WrongUse('Which one? Give its id, as caldera reindex --no-wait prints it.');
      await fhir.ask({ method: 'DELETE', path: given });
    }
    const path = given ?? statusPath(await fhir.ask({ method: 'POST', path: '/$reindex', headers: { prefer: 'respond-async' } }));
    if (options.flag('no-wait')) return await terminal.print(`${path.slice(path.lastIndexOf('/') + 1)}\n`);
    await printJson(await (await finished(path, fhir, progress)).text(), terminal);
  },
};

export const reindexCommands: readonly Command[] = [reindex];
