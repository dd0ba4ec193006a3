/** `caldera reindex`: puts the store's own SearchParameters to use (`$reindex`), and says how far it is. */
import { finished, statusPath } from '../asynchronous.ts';
import type { Command } from '../command.ts';
import { printJson } from '../printed.ts';

const reindex: Command = {
  name: 'reindex',
  says: 'Make the SearchParameters that are stored searchable, and wait until they are.',
  options: { 'no-wait': { says: 'begin it, print where to ask for it, and leave' } },
  details: 'Other searches go on meanwhile. Ctrl-C stops the waiting, not the work.',
  examples: ['reindex', 'reindex --no-wait'],
  async run({ options, terminal, progress, fhir: connected }) {
    const fhir = await connected();
    const path = statusPath(await fhir.ask({ method: 'POST', path: '/$reindex', headers: { prefer: 'respond-async' } }));
    if (options.flag('no-wait')) return await terminal.print(`${path.replace(/^.*\/r4\//, '')}\n`);
    await printJson(await (await finished(path, fhir, progress)).text(), terminal);
  },
};

export const reindexCommands: readonly Command[] = [reindex];
