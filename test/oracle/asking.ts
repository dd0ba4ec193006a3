/** Asks the server, and holds its answer against the evaluator's. */
import type { Json, Resource } from './evaluator/json.ts';
import type { Expected, NameValue } from './evaluator/population.ts';

/** `Type/id` of the matches and of what came along with them. */
export interface Page {
  readonly matches: readonly string[];
  readonly included: readonly string[];
}

export interface Answer {
  readonly status: number;
  readonly pages: readonly Page[];
  /** `Type/id` of the matches of all pages, in the order they came. */
  readonly found: readonly string[];
  readonly total: number | undefined;
  /** Of a refusal its text. */
  readonly diagnostics: string | undefined;
}

export interface Request {
  /** What stands between the base and the question mark: a type, a compartment, or nothing. */
  readonly path: string;
  readonly parameters: readonly NameValue[];
  readonly method?: 'GET' | 'POST';
}

export interface Asked {
  readonly request: Request;
  readonly expected: Expected;
  /** What else is wrong with the answer, as its order or total. */
  readonly check?: (answer: Answer) => string | undefined;
}

/** More pages than any search of this data has. */
const maxPages = 2000;

export async function ask(baseUrl: string, request: Request): Promise<Answer> {
  const answered: Page[] = [];
  let total: number | undefined;
  let page = await firstPage(baseUrl, request);
  for (let pages = 1; ; pages += 1) {
    const body = (await page.json()) as Json;
    if (page.status !== 200) return { status: page.status, pages: answered, found: matchesOf(answered), total, diagnostics: body.issue?.[0]?.diagnostics ?? body.issue?.[0]?.code };
    total ??= body.total;
    const named = (mode: string): string[] => (body.entry ?? []).filter(({ search }: Json) => search?.mode === mode).map(nameOf);
    answered.push({ matches: named('match'), included: named('include') });
    const next = body.link?.find(({ relation }: Json) => relation === 'next')?.url;
    if (next === undefined) return { status: 200, pages: answered, found: matchesOf(answered), total, diagnostics: undefined };
    if (pages === maxPages) throw new Error(`${urlOf(baseUrl, request)} goes on after ${maxPages} pages.`);
    page = await send(next);
  }
}

function matchesOf(pages: readonly Page[]): string[] {
  return pages.flatMap(({ matches }) => matches);
}

/** `Type/id`; of a contained resource `Type/id#contained`, by the URL that its entry has. */
function nameOf({ fullUrl, resource }: Json): string {
  const [, container, contained] = /\/([A-Z]\w+\/[^/#]+)#(.+)$/.exec(fullUrl ?? '') ?? [];
  return contained === undefined ? `${resource.resourceType}/${resource.id}` : `${container}#${contained}`;
}

/** Answers are compressed for nobody here: that takes more time than all the rest of an exchange. */
const uncompressed = { 'Accept-Encoding': 'identity' };

/** Once more when the connection was gone: the server drops idle ones while the evaluator holds the thread. */
async function send(url: string, how: RequestInit = {}): Promise<Response> {
  const request = { ...how, headers: uncompressed };
  try {
    return await fetch(url, request);
  } catch {
    return await fetch(url, request);
  }
}

function firstPage(baseUrl: string, request: Request): Promise<Response> {
  if (request.method !== 'POST') return send(urlOf(baseUrl, request));
  const body = new URLSearchParams(request.parameters.map(([name, value]): [string, string] => [name, value]));
  return send(`${baseUrl}/${request.path === '' ? '' : `${request.path}/`}_search`, { method: 'POST', body });
}

export function urlOf(baseUrl: string, { path, parameters }: Request): string {
  const query = parameters.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  return `${baseUrl}${path === '' && query !== '' ? '' : `/${path}`}?${query}`;
}

/** What is wrong with the answer, in words; `undefined` when nothing is. */
export function difference({ status, found, diagnostics }: Answer, { sure, open, mayBeRefused }: Expected): string | undefined {
  if ((status === 400 || status === 404) && mayBeRefused === true) return undefined;
  if (status !== 200) return `refused with ${status}: ${diagnostics}`;
  const once = new Set(found);
  const missing = [...sure].filter((id) => !once.has(id));
  const wrong = [...once].filter((id) => !sure.has(id) && !open.has(id));
  const problems: string[] = [];
  if (missing.length > 0) problems.push(`${missing.length} not found: ${missing.slice(0, 3).join(', ')}`);
  if (wrong.length > 0) problems.push(`${wrong.length} found wrongly: ${wrong.slice(0, 3).join(', ')}`);
  if (once.size < found.length) problems.push(`${found.length - once.size} found twice`);
  return problems.length === 0 ? undefined : problems.join('; ');
}

/** The resources that an answer is wrong about, for whoever has to see their values. */
export function disputed({ found }: Answer, { sure, open }: Expected, resources: ReadonlyMap<string, Resource>): Resource[] {
  const ids = [...[...sure].filter((id) => !found.includes(id)), ...found.filter((id) => !sure.has(id) && !open.has(id))];
  return ids.slice(0, 3).flatMap((id) => resources.get(id) ?? []);
}
