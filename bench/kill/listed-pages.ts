/** All pages of a search or a history. */
import type { HttpConnection } from '../http-client.ts';
import type { Resource } from '../../src/fhir/resource.ts';

/** Versions and matches on a page. */
export const pageCount = 1000;
/** Pages followed before a listing is called endless. */
const maxPages = 1000;

export interface Entry {
  readonly resource?: Resource;
  readonly request?: { readonly method: string; readonly url: string };
  readonly response?: { readonly etag?: string; readonly lastModified?: string };
}

interface Bundle {
  readonly entry?: readonly Entry[];
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
}

export interface Listed {
  readonly entries: readonly Entry[];
  /** Of the page that was answered with anything but 200; the entries are those before it. */
  readonly refused?: number;
}

/** @param path of the first page */
export async function listedPages(connection: HttpConnection, path: string): Promise<Listed> {
  const entries: Entry[] = [];
  let next: string | undefined = path;
  for (let page = 0; next !== undefined; page += 1) {
    if (page === maxPages) throw new Error('A listing does not end.');
    const { status, body } = await connection.request({ method: 'GET', path: next });
    if (status !== 200) return { entries, refused: status };
    const bundle = JSON.parse(body.toString()) as Bundle;
    entries.push(...(bundle.entry ?? []));
    const url = bundle.link?.find(({ relation }) => relation === 'next')?.url;
    next = url === undefined ? undefined : new URL(url).pathname + new URL(url).search;
  }
  return { entries };
}
