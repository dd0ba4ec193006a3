/** Follows a searchset over its pages (https://hl7.org/fhir/R4/http.html#paging). */
import type { HttpConnection } from './http-client.ts';

/** More than any answer of the population has. */
const maxPages = 500;

interface Searchset {
  readonly entry?: readonly { readonly resource: { readonly resourceType: string; readonly id: string }; readonly search?: { readonly mode?: string } }[];
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
}

/** `Type/id` of the matches of all pages; those until then when one is refused. */
export async function allMatches(connection: HttpConnection, path: string): Promise<string[]> {
  const found: string[] = [];
  let next: string | undefined = path;
  for (let page = 0; next && page < maxPages; page += 1) {
    const { status, body } = await connection.request({ method: 'GET', path: next });
    if (status !== 200) return found;
    const { entry = [], link = [] } = JSON.parse(body.toString()) as Searchset;
    for (const { resource, search: { mode } = {} } of entry) if (mode === 'match') found.push(`${resource.resourceType}/${resource.id}`);
    const url = link.find(({ relation }) => relation === 'next')?.url;
    next = url && new URL(url).pathname + new URL(url).search;
  }
  return found;
}
