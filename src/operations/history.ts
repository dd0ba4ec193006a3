/**
 * history: the versions of a resource, of a type's, or of all resources, the newest first
 * (https://hl7.org/fhir/R4/http.html#history).
 */
import { badRequest, notFound } from '../fhir/outcome.ts';
import { dateInterval } from '../fhir/search/date-interval.ts';
import type { HistoryRequest, HistoryVersion } from '../store/data-store.ts';
import { bundleText, fullUrlText } from './bundle-text.ts';
import type { OperationRequest, OperationResponse, StoreOf } from './operation.ts';
import { parseParameters, refuseOthers, single, withParameters } from './parameters.ts';
import type { Parameter } from './parameters.ts';
import { subset, subsetParameters } from './subset.ts';
import type { Subset } from './subset.ts';
import { entityTag } from './version-headers.ts';

export const usualHistoryCount = 50;
/** As for searches: a page has to fit in one answer. */
export const maxHistoryCount = 1000;

export interface HistoryScope {
  readonly type?: string;
  readonly id?: string;
}

/** @param scope neither: the system; a type; or a type and an id, which answers 404 where there never was such a resource */
export async function historyOf(request: OperationRequest, scope: HistoryScope, { store }: StoreOf<'read' | 'history'>): Promise<OperationResponse> {
  const parameters = parseParameters(request.query);
  refuseOthers(parameters, ['_count', '_since', '_at', '_cursor', ...subsetParameters]);
  const shown = subset(parameters);
  const asked: HistoryRequest = {
    ...scope,
    count: count(single(parameters, '_count')),
    since: since(single(parameters, '_since')),
    at: at(single(parameters, '_at')),
    cursor: single(parameters, '_cursor'),
  };
  const { versions, next } = await store.history(asked);
  if (versions.length === 0 && scope.type !== undefined && scope.id !== undefined) await requireInstance(store, scope.type, scope.id);
  const url = [request.baseUrl, scope.type, scope.id, '_history'].filter((part) => part !== undefined).join('/');
  const entries = versions.map((version) => entryText(request.baseUrl, version, shown));
  return { status: 200, headers: {}, json: bundleText({ type: 'history', links: links(url, parameters, next), entries }) };
}

/** An empty page of a resource that there is, is an answer: nothing happened in the time asked for. */
async function requireInstance(store: StoreOf<'read'>['store'], type: string, id: string): Promise<void> {
  if ((await store.read(type, id)) === undefined) throw notFound('There is no resource of this type with this id, and there never was.');
}

function count(text: string | undefined): number {
  if (text === undefined) return usualHistoryCount;
  const wanted = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0;
  if (wanted === 0) throw badRequest('_count is a whole number from 1 on.');
  // R4 lets a page be smaller than asked.
  return Math.min(wanted, maxHistoryCount);
}

/** In a URL the plus sign of a time zone stands for a space: `…T10:00:00+01:00` arrives with one. */
function readable(text: string): string {
  return text.replace(' ', '+');
}

function since(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const interval = dateInterval(readable(text));
  if (interval === undefined) throw badRequest('_since is an instant, as in 2024-02-29T12:00:00Z.');
  return interval.low;
}

function at(text: string | undefined): HistoryRequest['at'] {
  if (text === undefined) return undefined;
  const interval = dateInterval(readable(text));
  if (interval === undefined) throw badRequest('_at is a date or a part of one, as in 2024, 2024-02 or 2024-02-29T12:00:00Z.');
  return interval;
}

function links(url: string, parameters: readonly Parameter[], next: string | undefined) {
  const self = { relation: 'self', url: withParameters(url, parameters) } as const;
  if (next === undefined) return [self];
  const others = parameters.filter(([name]) => name !== '_cursor');
  return [self, { relation: 'next', url: withParameters(url, [...others, ['_cursor', next]]) } as const];
}

/** What the request of each interaction was, and what it answered. */
const verbs = {
  create: { method: 'POST', status: '201' },
  update: { method: 'PUT', status: '200' },
  delete: { method: 'DELETE', status: '204' },
} as const;

function entryText(baseUrl: string, version: HistoryVersion, shown: Subset): string {
  const { type, id, versionId, lastUpdated, interaction, json, isFirst } = version;
  const { method, status } = verbs[interaction];
  // An update that made the first version created the resource under the client's id.
  const answered = interaction === 'update' && isFirst ? '201' : status;
  const resource = json === undefined ? '' : `,"resource":${shown(json)}`;
  const url = interaction === 'create' ? type : `${type}/${id}`;
  const response = { status: answered, etag: entityTag(versionId), lastModified: new Date(lastUpdated).toISOString() };
  return `{${fullUrlText(baseUrl, version)}${resource},"request":{"method":"${method}","url":"${url}"},"response":${JSON.stringify(response)}}`;
}
