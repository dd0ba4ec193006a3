/** `caldera fhir get|search|history`: reading, over the FHIR interface (https://hl7.org/fhir/R4/http.html). */
import type { Call, Command, Option } from '../command.ts';
import { issueText } from '../fhir.ts';
import type { Bundle, BundleEntry } from '../fhir.ts';
import { fhirPath, parameter, withQuery } from '../fhir-path.ts';
import { printJson } from '../printed.ts';
import { tableText } from '../table-text.ts';

const allOption: Option = { says: 'all pages, as they come' };

const get: Command = {
  name: 'fhir get',
  words: 'Type/id',
  count: [1, 1],
  says: 'Print what is at a path: a resource, one of its versions, metadata, an operation.',
  options: { accept: { value: 'TYPE', says: 'the media type wanted, as */* for the content of a Binary' } },
  details: 'On a screen JSON is indented; into a file or pipe it goes as the server sent it.',
  examples: ['fhir get Patient/dcf4b96e-25a8-8ad5-84f4-8a04ea6e9d63', 'fhir get metadata', "fhir get 'Patient/dcf4b96e-25a8-8ad5-84f4-8a04ea6e9d63/$everything?_count=50'", "fhir get Binary/scan --accept '*/*' > scan.pdf"],
  async run(call) {
    const { words: [word = ''], options, terminal } = call;
    const { path, query } = fhirPath(word);
    const accept = options.text('accept');
    const answer = await (await call.fhir()).ask({ method: 'GET', path: withQuery(path, query), headers: accept === undefined ? {} : { accept } });
    if (answer.headers.get('content-type')?.includes('json')) return await printJson(await answer.text(), terminal);
    for await (const part of answer.body ?? []) await terminal.print(part as Uint8Array);
  },
};

const search: Command = {
  name: 'fhir search',
  words: '[Type] [name=value …]',
  count: [0, 1_000],
  says: 'Search, and print what is found: one resource a line (NDJSON).',
  options: { all: allOption, bundle: { says: 'print the Bundles instead, one a line' } },
  details: 'Without --all it prints one page, and says when there are more. A type may be a compartment (Patient/123/Observation), or be left out to search all types.',
  examples: [
    'fhir search Patient name=quillfeather',
    "fhir search Observation 'code=http://loinc.org|85354-9' date=ge2024 _sort=-date _count=3",
    'fhir search Condition --all > conditions.ndjson',
    'fhir search Encounter _summary=count --bundle',
  ],
  async run(call) {
    const { words, options } = call;
    const [first = ''] = words;
    const typed = first !== '' && (first.includes('?') || !first.includes('='));
    const { path, query } = fhirPath(typed ? first : '');
    for (const word of words.slice(typed ? 1 : 0)) query.append(...(parameter(word) as [string, string]));
    const bundles = options.flag('bundle');
    await eachPage(call, { path, query }, async ({ bundle, text }) => {
      if (bundles) return await call.terminal.print(`${text.trimEnd()}\n`);
      await call.terminal.print(resourceLines(call, bundle));
    });
  },
};

/** Matches and what comes along, one a line; what the server remarks goes to the person. */
function resourceLines({ terminal }: Call, { entry = [] }: Bundle): string {
  const lines: string[] = [];
  for (const { resource, search } of entry) {
    if (search?.mode !== 'outcome') lines.push(`${JSON.stringify(resource)}\n`);
    else for (const issue of (resource as { issue?: [] }).issue ?? []) terminal.tell(issueText(issue));
  }
  return lines.join('');
}

/** One page, or all with `--all`; what is printed says nothing of being incomplete, so the person is told. */
async function eachPage(
  { options, terminal, progress, fhir }: Call,
  { path, query }: { path: string; query: URLSearchParams },
  print: (page: { bundle: Bundle; text: string }) => Promise<void>,
): Promise<void> {
  let entries = 0;
  for await (const page of (await fhir()).pages(path, query)) {
    await print(page);
    entries += page.bundle.entry?.length ?? 0;
    progress.say(`${entries} so far`);
    if (options.flag('all')) continue;
    if (page.bundle.link?.some(({ relation }) => relation === 'next')) terminal.tell('There are more: add --all for all of them.');
    return;
  }
}

const history: Command = {
  name: 'fhir history',
  words: '[Type[/id]] [name=value …]',
  count: [0, 100],
  says: 'List the versions of a resource, of a type, or of everything, the newest first.',
  options: { all: allOption },
  details: 'With --json it prints the entries of the history, one a line; what was deleted has no resource.',
  examples: ['fhir history Patient/ana', 'fhir history Patient _since=2026-01-01T00:00:00Z --all', 'fhir history Patient/ana --json'],
  async run(call) {
    const { words: [first = '', ...others], json, terminal } = call;
    const typed = first !== '' && !first.includes('=');
    const { path, query } = fhirPath(typed ? first : '');
    for (const word of typed || first === '' ? others : [first, ...others]) query.append(...(parameter(word) as [string, string]));
    let headings = true;
    await eachPage(call, { path: `${path}/_history`, query }, async ({ bundle: { entry = [] } }) => {
      const text = json ? entry.map((one) => `${JSON.stringify(one)}\n`).join('') : historyText(entry, headings);
      headings = false;
      await terminal.print(text);
    });
  },
};

function historyText(entries: readonly BundleEntry[], headings: boolean): string {
  const rows = entries.map(({ resource, request, response, fullUrl = '' }) => [
    resource?.meta?.versionId ?? /^W\/"(.*)"$/.exec(response?.etag ?? '')?.[1] ?? '',
    resource?.meta?.lastUpdated ?? response?.lastModified ?? '',
    request?.method ?? '',
    request?.method === 'POST' ? fullUrl.split('/').slice(-2).join('/') : (request?.url ?? ''),
  ]);
  const text = tableText(['VERSION', 'WRITTEN', 'BY', 'RESOURCE'], rows);
  return headings ? text : text.slice(text.indexOf('\n') + 1);
}

export const fhirReadCommands: readonly Command[] = [get, search, history];
