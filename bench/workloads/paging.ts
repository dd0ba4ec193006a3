/**
 * Paging and counting: what a page costs far behind the first one, and what totals cost
 * (https://hl7.org/fhir/R4/search.html#total).
 */
import { emptyHttpServer } from '../baselines.ts';
import { runLoad, type Send } from '../load.ts';
import type { Workload } from '../workload.ts';

const count = 100;
/** Pages at either end of the answer that are compared. */
const endPages = 5;
/** More pages than the population has of one type. */
const maxPages = 1000;

const counts: Readonly<Record<string, string>> = {
  'count of a code': 'Observation?code=8867-4&_summary=count',
  'count of a code, estimate': 'Observation?code=8867-4&_total=estimate&_count=1',
  'count of a category': 'Observation?category=laboratory&_summary=count',
  'count of a type': 'Observation?_summary=count',
  'count of patients by name': 'Patient?name=s&_summary=count',
};

export const paging: Workload = {
  name: 'paging',
  description: `1 client: all pages of Observation, _count=${count}, first against last; then totals`,
  async run(bench) {
    const { server, loaded } = await bench.loadedServer();
    const path = new URL(server.baseUrl).pathname;
    let pages = 0;
    const load = await runLoad({ baseUrl: server.baseUrl, clients: 1, seconds: bench.seconds }, async (send, running) => {
      do {
        pages = await everyPage(send, `${path}/Observation?_count=${count}`);
        for (const [label, query] of Object.entries(counts)) await send(label, { method: 'GET', path: `${path}/${query}` });
      } while (running());
    });
    const [first, last] = [load.byLabel['first pages']!, load.byLabel['last pages']!];
    return {
      workload: 'paging',
      dataSet: loaded.name,
      unit: 'requests',
      load,
      server: server.usage(),
      baselines: [{ name: 'empty Node HTTP server', perSecond: await emptyHttpServer({ clients: 1, requestBytes: 0, responseBytes: load.responseBytes }) }],
      targets: [],
      notes: [`${pages} pages; p50 of the first ${endPages} ${first.p50Ms.toFixed(1)} ms, of the last ${endPages} ${last.p50Ms.toFixed(1)} ms`],
    };
  },
};

interface Searchset {
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
}

/** Follows the next links to the end. Which pages are the last is known only then: those are asked a second time. */
async function everyPage(send: Send, first: string): Promise<number> {
  const paths: string[] = [];
  let next: string | undefined = first;
  while (next !== undefined && paths.length < maxPages) {
    paths.push(next);
    const { body } = await send(paths.length <= endPages ? 'first pages' : 'pages between', { method: 'GET', path: next });
    const { link = [] } = JSON.parse(body.toString()) as Searchset;
    const url = link.find(({ relation }) => relation === 'next')?.url;
    next = url && new URL(url).pathname + new URL(url).search;
  }
  // The very last page is seldom full.
  for (const path of paths.slice(-endPages - 1, -1)) await send('last pages', { method: 'GET', path });
  return paths.length;
}
