/** The FHIR interface of one data store (https://hl7.org/fhir/R4/http.html), as its commands see it. */
import { parseExact } from './exact-json.ts';
import { Failed } from './failure.ts';
import type { Request, Send } from './send.ts';

/** Searches beyond it are sent with POST: gateways take 10 kB of URL and headers. */
const longestQuery = 6_000;

/** What of a Bundle the commands look at. */
export interface Bundle {
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly BundleEntry[];
  readonly total?: unknown;
}

export interface BundleEntry {
  readonly fullUrl?: string;
  readonly resource?: { readonly resourceType?: string; readonly id?: string; readonly meta?: { readonly versionId?: string; readonly lastUpdated?: string } };
  readonly search?: { readonly mode?: string };
  readonly request?: { readonly method?: string; readonly url?: string };
  readonly response?: { readonly status?: string; readonly etag?: string; readonly lastModified?: string };
}

export interface Fhir {
  readonly datastore: string;
  /** @throws Failed with the issues of the OperationOutcome when it is refused */
  ask(request: Request): Promise<Response>;
  /** A search or history: its pages, as many as are asked for. */
  pages(path: string, query: URLSearchParams): AsyncIterable<{ readonly bundle: Bundle; readonly text: string }>;
}

/** @param send to the endpoint
 * @param datastore its id */
export function fhir(send: Send, datastore: string): Fhir {
  const base = `/datastore/${encodeURIComponent(datastore)}/r4`;
  const ask = async (request: Request): Promise<Response> => {
    const headers = { accept: 'application/fhir+json', ...request.headers };
    const answer = await send({ ...request, headers, path: request.path.startsWith(base) ? request.path : base + request.path });
    if (answer.status >= 400) throw await refusal(answer);
    return answer;
  };
  return {
    datastore,
    ask,
    async *pages(path, query) {
      let next: Request | undefined = firstPage(path, query);
      while (next !== undefined) {
        const text = await (await ask(next)).text();
        const bundle = readBundle(text);
        yield { bundle, text };
        const link = bundle.link?.find(({ relation }) => relation === 'next')?.url;
        next = link === undefined ? undefined : { method: 'GET', path: base + behindBase(link, base) };
      }
    },
  };
}

function firstPage(path: string, query: URLSearchParams): Request {
  const text = query.toString();
  if (text.length <= longestQuery) return { method: 'GET', path: text === '' ? path : `${path}?${text}` };
  return { method: 'POST', path: `${path}/_search`, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: text };
}

function readBundle(text: string): Bundle {
  try {
    const value = parseExact(text) as Bundle & { resourceType?: string };
    if (value.resourceType === 'Bundle') return value;
  } catch {
    // Said below.
  }
  throw new Failed('The server answered something else than a Bundle. Look at the endpoint and the path.');
}

/** A link is followed on the endpoint that was chosen, whatever host it names: that one we sign for and trust. */
function behindBase(link: string, base: string): string {
  const at = link.indexOf(base);
  if (at < 0) throw new Failed('The link to the next page leads out of the data store; it was not followed.');
  return link.slice(at + base.length);
}

interface Issue {
  readonly severity?: string;
  readonly code?: string;
  readonly details?: { readonly text?: string };
  readonly diagnostics?: string;
  readonly expression?: readonly string[];
}

async function refusal(answer: Response): Promise<Failed> {
  const text = await answer.text();
  let body: { readonly issue?: readonly Issue[]; readonly message?: string } | undefined;
  try {
    body = JSON.parse(text) as typeof body;
  } catch {
    body = undefined;
  }
  const issues = (body?.issue ?? []).map(issueText);
  const said = issues.length > 0 ? issues.join('\n') : (body?.message ?? 'no reason was given; look at the endpoint.');
  return new Failed(`${answer.status} ${said}`, { status: answer.status, body });
}

/** One issue of an OperationOutcome in a line. */
export function issueText({ code = 'exception', details, diagnostics, expression }: Issue): string {
  const where = expression === undefined || expression.length === 0 ? '' : ` (${expression.join(', ')})`;
  return `${code}: ${diagnostics ?? details?.text ?? 'no further words'}${where}`;
}
