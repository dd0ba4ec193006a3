/** `caldera sql`: asks a data store in SQL (docs/sql.md), and looks after the queries that it keeps. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Call, Command, Option, Values } from '../command.ts';
import { parseExact } from '../exact-json.ts';
import { Failed, WrongUse } from '../failure.ts';
import type { Fhir } from '../fhir.ts';
import { readFileOrInput } from '../input.ts';
import { printJson } from '../printed.ts';
import { cell, tableText } from '../table-text.ts';

const accepted = { table: 'application/json', json: 'application/json', csv: 'text/csv', parquet: 'application/vnd.apache.parquet' } as const;
type Format = keyof typeof accepted;

/** Rows that a table has: it is for reading. */
const tableRows = 1000;
/** Rows of a page of JSON. */
const pageRows = 10_000;
/** As the server bounds it. */
const longestSeconds = 600;

const queryOptions: Readonly<Record<string, Option>> = {
  file: { value: 'FILE', says: 'the query is in this file; - is standard input' },
  parameter: { value: 'NAME=VALUE', multiple: true, says: 'a text for :NAME in the query; NAME:=JSON for a number, a truth value, null or a list' },
};

interface Page {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
  readonly next?: string;
  readonly asOf: string;
}

const ask: Command = {
  name: 'sql',
  words: '[QUERY]',
  count: [0, 1],
  says: 'Ask a data store a question in SQL.',
  options: {
    ...queryOptions,
    saved: { value: 'NAME', says: 'the query that the data store keeps under this name' },
    format: { value: 'FORMAT', says: 'table, as unless given; json, csv or parquet' },
    output: { value: 'FILE', says: 'where the answer goes; standard output unless given' },
    timeout: { value: 'SECONDS', says: 'how long the query may run (300 unless given)' },
    'max-rows': { value: 'N', says: 'a longer answer is a failure (1000000 unless given)' },
    'max-bytes': { value: 'N', says: 'a query that reads more is a failure' },
  },
  details: `Tables are the resource types, as patient; patient_history has every version. A table shows the first ${tableRows} rows. Ctrl-C cancels the query.`,
  examples: [
    "sql 'SELECT gender, count(*) AS patients FROM patient GROUP BY gender'",
    'sql --file prevalence.sql --format csv --output prevalence.csv',
    'sql --saved prevalence --parameter code=44054006 --parameter since:=2020 --json',
  ],
  async run(call) {
    const { options, words: [word] } = call;
    const format = formatOf(call);
    const saved = options.text('saved');
    const query = saved === undefined ? { query: await queryText(word, call) } : { saved };
    if (saved !== undefined && (word !== undefined || options.text('file') !== undefined)) throw new WrongUse('Either a query or --saved.');
    const bounds = { timeoutSeconds: options.number('timeout', { least: 1, most: longestSeconds }), maxRows: options.number('max-rows', { least: 1, most: 1e9 }), maxScannedBytes: options.number('max-bytes', { least: 1, most: 1e15 }) };
    const fhir = await call.fhir();
    const body = JSON.stringify({ ...query, parameters: parametersOf(options), ...bounds });
    call.progress.say('Asking');
    const answer = await fhir.ask({ method: 'POST', path: '/sql', headers: { ...json, prefer: 'respond-async', accept: accepted.json }, body });
    await answer.body?.cancel();
    // Done already or not, the answer is where it says.
    const path = behindEndpoint(answer.headers.get('content-location'));
    await told(await answered(path, format, { fhir, call }), format, { fhir, call });
  },
};

const json = { 'content-type': 'application/json' };

/** A link is followed on the endpoint that was chosen, whatever host it names. */
function behindEndpoint(link: string | null | undefined): string {
  const path = /\/datastore\/.*$/.exec(link ?? '')?.[0];
  if (path === undefined) throw new Failed('The server did not say where the answer is. Is it a Caldera that answers SQL?');
  return path;
}

function formatOf({ options, json: asJson, terminal }: Call): Format {
  const format = options.text('format') ?? (asJson ? 'json' : 'table');
  if (!Object.hasOwn(accepted, format)) throw new WrongUse(`--format is one of ${Object.keys(accepted).join(', ')}.`);
  if (format === 'parquet' && options.text('output') === undefined && terminal.interactive) throw new WrongUse('Parquet is not for reading: name a file with --output.');
  return format as Format;
}

/** @throws WrongUse */
async function queryText(word: string | undefined, { options, terminal }: Pick<Call, 'options' | 'terminal'>): Promise<string> {
  const file = options.text('file');
  if ((word === undefined) === (file === undefined)) throw new WrongUse('Give one query: in quotes, or in a file with --file.');
  if (file === undefined) return word!;
  return Buffer.from(await readFileOrInput(file, terminal)).toString('utf8');
}

/** @throws WrongUse */
function parametersOf(options: Values): Record<string, unknown> {
  return Object.fromEntries(options.texts('parameter').map((given) => {
    const [, name, colon, value] = /^([A-Za-z_]\w*)(:?)=(.*)$/s.exec(given) ?? [];
    if (name === undefined || value === undefined) throw new WrongUse('--parameter is NAME=VALUE, or NAME:=JSON.');
    if (colon === '') return [name, value];
    try {
      return [name, parseExact(value)];
    } catch {
      throw new WrongUse(`--parameter ${name}:= is followed by JSON, as 5, true or ["a","b"]. NAME=VALUE is a text.`);
    }
  }));
}

interface Asked {
  readonly fhir: Fhir;
  readonly call: Call;
}

/** Waits for the answer; who interrupts the command cancels the query. */
async function answered(path: string, format: Format, { fhir, call }: Asked): Promise<Response> {
  let isCancelled = false;
  const cancel = (): void => {
    isCancelled = true;
    call.progress.say('Cancelling');
    fhir.ask({ method: 'DELETE', path }).catch(() => {});
  };
  process.once('SIGINT', cancel);
  call.progress.say('The query runs');
  try {
    for (;;) {
      const page = format === 'table' ? `?_count=${tableRows}` : format === 'json' ? `?_count=${pageRows}` : '';
      const answer = await fhir.ask({ method: 'GET', path: path + page, headers: { accept: accepted[format] } });
      if (answer.status !== 202) return answer;
      await answer.body?.cancel();
    }
  } catch (error) {
    throw isCancelled ? new Failed('The query was cancelled.') : error;
  } finally {
    process.removeListener('SIGINT', cancel);
    call.progress.end();
  }
}

async function told(answer: Response, format: Format, { fhir, call }: Asked): Promise<void> {
  const output = call.options.text('output');
  const parts = format === 'table' ? tableParts(answer, call) : format === 'json' ? jsonParts(answer, fhir) : fileParts(answer);
  if (output !== undefined) return pipeline(Readable.from(parts), createWriteStream(output));
  for await (const part of parts) await call.terminal.print(part);
}

async function pageOf(answer: Response): Promise<Page> {
  const page = parseExact(await answer.text()) as Partial<Page>;
  if (!Array.isArray(page.columns) || !Array.isArray(page.rows)) throw new Failed('The server answered something else than rows.');
  return page as Page;
}

async function* tableParts(answer: Response, { terminal }: Pick<Call, 'terminal'>): AsyncGenerator<string> {
  const { columns, rows, next, asOf } = await pageOf(answer);
  yield tableText(columns.map(({ name }) => name), rows.map((row) => row.map(shown)));
  terminal.tell(`${next === undefined ? `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}` : `The first ${rows.length} rows; --format csv gives all`}, as of ${asOf}`);
}

/** A value in a table: control characters do not steer the screen. */
function shown(value: unknown): string {
  const text = value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/[\u0000-\u001F\u007F-\u009F]/g, ' ');
}

/** All pages as one object, a row a line. */
async function* jsonParts(answer: Response, fhir: Fhir): AsyncGenerator<string> {
  let page = await pageOf(answer);
  const { columns, asOf } = page;
  yield `{"columns":${JSON.stringify(columns)},"asOf":${JSON.stringify(asOf)},"rows":[`;
  for (let separator = '\n'; ;) {
    for (const row of page.rows) {
      yield separator + JSON.stringify(row);
      separator = ',\n';
    }
    if (page.next === undefined) break;
    page = await pageOf(await fhir.ask({ method: 'GET', path: behindEndpoint(page.next), headers: { accept: accepted.json } }));
  }
  yield '\n]}\n';
}

async function* fileParts({ body }: Response): AsyncGenerator<Uint8Array> {
  if (body !== null) yield* Readable.fromWeb(body) as AsyncIterable<Uint8Array>;
}

const savedPath = (name: string): string => `/sql/queries/${encodeURIComponent(name)}`;

const save: Command = {
  name: 'sql save',
  words: 'NAME [QUERY]',
  count: [1, 2],
  says: 'Keep a query in the data store, for all who may ask it.',
  options: { ...queryOptions, description: { value: 'TEXT', says: 'what it asks' } },
  details: 'What --parameter gives is used where no other value is given. A query of the name is replaced.',
  examples: ["sql save by-gender 'SELECT count(*) AS patients FROM patient WHERE gender = :gender' --parameter gender=female", "sql save prevalence --file prevalence.sql --description 'Prevalence by age band'"],
  async run(call) {
    const { options, terminal, words: [name = '', word] } = call;
    const description = options.text('description');
    const body = JSON.stringify({ query: await queryText(word, call), parameters: parametersOf(options), ...(description !== undefined && { description }) });
    const answer = await (await call.fhir()).ask({ method: 'PUT', path: savedPath(name), headers: json, body });
    if (call.json) await printJson(await answer.text(), terminal);
    else await terminal.print(`${name}\n`);
  },
};

const listSaved: Command = {
  name: 'sql saved',
  says: 'List the queries that the data store keeps.',
  examples: ['sql saved', 'sql saved --json'],
  async run({ json: asJson, terminal, fhir }) {
    const text = await (await (await fhir()).ask({ method: 'GET', path: '/sql/queries' })).text();
    if (asJson) return printJson(text, terminal);
    const { queries } = JSON.parse(text) as { readonly queries: readonly Readonly<Record<string, unknown>>[] };
    await terminal.print(tableText(['NAME', 'PARAMETERS', 'DESCRIPTION'], queries.map(({ name, parameters, description }) => [cell(name), Object.keys(parameters as object).join(', '), shown(description ?? '')])));
  },
};

const showSaved: Command = {
  name: 'sql show',
  words: 'NAME',
  count: [1, 1],
  says: 'Print a query that the data store keeps.',
  examples: ['sql show prevalence', 'sql show prevalence > prevalence.sql'],
  async run({ words: [name = ''], json: asJson, terminal, fhir }) {
    const text = await (await (await fhir()).ask({ method: 'GET', path: savedPath(name) })).text();
    if (asJson) return printJson(text, terminal);
    await terminal.print(`${String((JSON.parse(text) as { readonly query?: unknown }).query)}\n`);
  },
};

const removeSaved: Command = {
  name: 'sql remove',
  words: 'NAME',
  count: [1, 1],
  says: 'Forget a query that the data store keeps.',
  examples: ['sql remove prevalence'],
  async run({ words: [name = ''], fhir }) {
    await (await fhir()).ask({ method: 'DELETE', path: savedPath(name) });
  },
};

/** The longer names first: a command is the first whose name the words begin with. */
export const sqlCommands: readonly Command[] = [save, listSaved, showSaved, removeSaved, ask];
