/**
 * What the criteria of a transaction's entries find: `ifNoneExist`, `PUT Type?…`, `DELETE Type?…`
 * (https://hl7.org/fhir/R4/http.html#trules). Settled before anything is planned, and written under the versions that were
 * found: whatever another writer does between makes the transaction look again.
 */
import { entryIssue } from '../../fhir/bundle/entry.ts';
import type { BundleEntry } from '../../fhir/bundle/entry.ts';
import { isConditional } from '../../fhir/bundle/plan-write.ts';
import type { SettledEntry } from '../../fhir/bundle/plan-write.ts';
import { inProcessingOrder } from '../../fhir/bundle/transaction.ts';
import { badRequest, conflict, FhirError, preconditionFailed } from '../../fhir/outcome.ts';
import type { ResourceVersion } from '../../store/data-store.ts';
import { claimOf, criteriaText, onlyMatch, readCriteria } from '../conditional/criteria.ts';
import type { Criteria } from '../conditional/criteria.ts';
import { requireIfMatch } from '../conditional/while-matching.ts';
import { parseParameters } from '../parameters.ts';
import { parseIfNoneMatch } from '../preconditions.ts';
import type { BundleContext } from './bundle-context.ts';
import { inParallel } from './in-parallel.ts';

/** What a conditional create answers with in place of a version of its own: one that is there, or that another entry makes. */
export type Found = ResourceVersion | { readonly sameAs: number };

export interface Settlement {
  readonly entries: ReadonlyMap<number, SettledEntry>;
  /** By entry, for creates that write nothing. */
  readonly found: ReadonlyMap<number, Found>;
}

interface LookedUp {
  readonly entry: BundleEntry;
  readonly criteria: Criteria;
  readonly match?: ResourceVersion;
}

interface Draft {
  readonly entries: Map<number, SettledEntry>;
  readonly found: Map<number, Found>;
}

/** @throws FhirError naming an entry: 412 where several match, or a precondition does not hold; 400 and 409 as for a conditional update */
export async function settleEntries(entries: readonly BundleEntry[], context: BundleContext): Promise<Settlement> {
  const draft: Draft = { entries: new Map(), found: new Map() };
  const looked: LookedUp[] = [];
  await inParallel([...inProcessingOrder(entries).filter(isConditional).entries()], async ([place, entry]) => {
    looked[place] = await named(entry, () => lookUp(entry, context));
  });
  const creating = new Map<string, LookedUp>();
  const repeated: (readonly [repeated: LookedUp, first: LookedUp])[] = [];
  await inParallel(looked, async (one) => {
    const settled = await named(one.entry, () => settledWithout(one, context));
    if (settled !== undefined) keep(draft, one, settled);
  });
  for (const one of looked) {
    if (draft.entries.has(one.entry.index)) continue;
    const key = `${one.criteria.type}?${one.criteria.text}`;
    const first = creating.get(key);
    if (first === undefined) creating.set(key, one);
    else repeated.push([one, first]);
  }
  await inParallel([...creating.values()], async (one) => named(one.entry, () => reserveOne(one, draft, context)));
  for (const [one, first] of repeated) await named(one.entry, () => sameAs(one, first, draft));
  return draft;
}

async function lookUp(entry: BundleEntry, { request: { baseUrl }, store }: BundleContext): Promise<LookedUp> {
  const type = entry.path.replace(/\/$/, '');
  const text = entry.method === 'POST' ? criteriaText(entry.ifNoneExist ?? '', type) : (entry.query ?? '');
  const parameters = parseParameters(text);
  if (entry.method === 'DELETE' && parameters.some(([name]) => name === '_count')) {
    throw badRequest('A batch delete (_count) is a request of its own. Leave _count out, or send it by itself.');
  }
  const criteria = await readCriteria(store, parameters, { type, baseUrl });
  const match = await onlyMatch(store, criteria);
  return { entry, criteria, ...(match && { match }) };
}

/** What becomes of an entry that needs no claim; `undefined` for one that is to create under its criteria. */
async function settledWithout({ entry, criteria, match }: LookedUp, { store, newId }: BundleContext): Promise<SettledEntry | undefined> {
  const { index, method } = entry;
  if (method === 'POST') {
    if (match === undefined) return undefined;
    // Of a job that begins anew: this is what the entry itself has created.
    return match.id === newId(index) ? { as: 'create', id: match.id } : { as: 'found', type: match.type, id: match.id };
  }
  requireIfMatch({ headers: entry.ifMatch === undefined ? {} : { 'if-match': entry.ifMatch } }, match);
  if (method === 'DELETE') return match === undefined ? { as: 'nothing' } : { as: 'delete', id: match.id, ifMatch: match.versionId };
  const id = entry.resource?.id;
  const ifNoneMatch = parseIfNoneMatch(entry.ifNoneMatch);
  if (match === undefined) return id === undefined ? undefined : settledNew(id, await store.read(criteria.type, id));
  if (ifNoneMatch !== undefined) throw preconditionFailed('ifNoneMatch is "*", but a resource satisfies the criteria.');
  if (id === undefined || id === match.id) return { as: 'update', id: match.id, ifMatch: match.versionId };
  throw badRequest('the id of the resource is not that of the one which satisfies the criteria; leave it out, or correct one of them.', idElement);
}

const idElement = 'resource.id';

function settledNew(id: string, standing: ResourceVersion | undefined): SettledEntry {
  if (standing === undefined) return { as: 'update', id, ifNoneMatch: '*' };
  if (standing.json === undefined) return { as: 'update', id, ifMatch: standing.versionId };
  throw conflict('the id is that of a resource which does not satisfy the criteria; leave the id out, or update that one by its id.', idElement);
}

function keep({ entries, found }: Draft, { entry: { index }, match }: LookedUp, settled: SettledEntry): void {
  entries.set(index, settled);
  if (settled.as === 'found' && match !== undefined) found.set(index, match);
}

/** Under a claim of the criteria: of those who create under equal criteria at the same time, all use one id. */
async function reserveOne(one: LookedUp, draft: Draft, { store, clock, newId }: BundleContext): Promise<void> {
  const { entry: { index, method }, criteria } = one;
  const { id, standing } = await store.reserve(criteria.type, claimOf({ store, clock }, criteria), newId(index));
  if (standing === undefined) keep(draft, one, { as: 'create', id });
  else if (method === 'PUT') keep(draft, one, { as: 'update', id, ifMatch: standing.versionId });
  else keep(draft, { ...one, match: standing }, { as: 'found', type: criteria.type, id });
}

/** Equal criteria within one bundle make one resource too. */
async function sameAs({ entry, criteria: { type } }: LookedUp, { entry: first }: LookedUp, { entries, found }: Draft): Promise<void> {
  const settled = entries.get(first.index);
  if (settled === undefined || settled.as === 'nothing') throw new Error('An entry was left unsettled.');
  if (entry.method === 'PUT') throw badRequest(`entry ${first.index} writes what these criteria are to find; a transaction may write a resource once.`);
  entries.set(entry.index, { as: 'found', type, id: settled.id });
  found.set(entry.index, found.get(first.index) ?? { sameAs: first.index });
}

/** What is wrong is told of the entry. */
async function named<T>(entry: BundleEntry, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
    const criteria = entry.method === 'POST' ? 'request.ifNoneExist' : 'request.url';
    const issues = error.issues.map(({ code, diagnostics, expression }) =>
      entryIssue(entry.index, expression === idElement ? idElement : criteria, [code, diagnostics]));
    throw new FhirError(error.status, issues, error.headers);
  }
}
