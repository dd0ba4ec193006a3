/**
 * everything: all that a patient's or an encounter's compartment holds, in the order of the clinical date, and what that
 * refers to (https://hl7.org/fhir/R4/patient-operation-everything.html,
 * https://hl7.org/fhir/R4/encounter-operation-everything.html).
 */
import { parseJson } from '../fhir/json.ts';
import { notFound } from '../fhir/outcome.ts';
import type { Resource } from '../fhir/resource.ts';
import { isOfCareDates } from '../fhir/search/everything-dates.ts';
import { extractParameter } from '../fhir/search/extract.ts';
import { searchParameter } from '../fhir/search/parameters.ts';
import type { CompartmentSearch, ResourceVersion, SearchPage } from '../store/data-store.ts';
import { localKey } from '../store/joined-matching.ts';
import { bundleText } from './bundle-text.ts';
import { askedEverything } from './everything-parameters.ts';
import type { AskedEverything, Focus } from './everything-parameters.ts';
import { goneVersion } from './gone-version.ts';
import type { Operation, OperationRequest, StoreOf } from './operation.ts';
import { withParameters } from './parameters.ts';
import { pathSegment } from './path-segment.ts';
import { includedEntries, matchEntries } from './search/match-entries.ts';
import { referredResources, tooMuchReferred } from './search/referred-resources.ts';
import type { Referring } from './search/referred-resources.ts';
import { whole } from './subset.ts';

type EverythingStore = StoreOf<'read' | 'readMany' | 'searchCompartment'>['store'];

/** Answers 404 where there never was such a patient or encounter, 410 where it was deleted. */
export function everything({ store }: { readonly store: EverythingStore }): Operation {
  return async (request) => {
    const { baseUrl } = request;
    const focus: Focus = { type: pathSegment(request, 'type') as Focus['type'], id: pathSegment(request, 'id') };
    const asked = askedEverything(request, focus);
    const { page, referred } = await filledPage(store, focus, { ...asked, baseUrl });
    const isShown = ({ type }: ResourceVersion): boolean => asked.types?.has(type) ?? true;
    const shown = page.matches.filter(isShown);
    const presentation = { baseUrl, shown: whole };
    const entries = [...shown.flatMap((match) => matchEntries(match, presentation)), ...includedEntries(referred, presentation)];
    // Counted only where that costs nothing.
    const total = asked.cursor === undefined && page.next === undefined ? shown.length : undefined;
    return { status: 200, headers: {}, json: bundleText({ type: 'searchset', total, links: links(request, focus, { asked, next: page.next }), entries }) };
  };
}

function links({ baseUrl }: OperationRequest, { type, id }: Focus, { asked: { parameters, cursor }, next }: { readonly asked: AskedEverything; readonly next: string | undefined }) {
  const url = `${baseUrl}/${type}/${id}/$everything`;
  const at = (place: string | undefined): string => withParameters(url, place === undefined ? parameters : [...parameters, ['_cursor', place]]);
  const self = { relation: 'self', url: at(cursor) } as const;
  return next === undefined ? [self] : [self, { relation: 'next', url: at(next) } as const];
}

interface Filling extends AskedEverything {
  readonly baseUrl: string;
}

interface Filled {
  readonly page: SearchPage;
  readonly referred: readonly ResourceVersion[];
}

/** Where what comes along does not fit, the page is searched again for fewer members. */
async function filledPage(store: EverythingStore, { type, id }: Focus, { queries, dates, types, cursor, baseUrl }: Filling): Promise<Filled> {
  const holds = dates === undefined ? {} : { holds: (resource: Resource) => isOfCareDates(resource, dates) };
  const pageOf = (count: number): Promise<SearchPage> => {
    const search: CompartmentSearch = { compartment: type, id, queries: queries.map((query) => ({ ...query, count })), ...holds };
    return store.searchCompartment(search, cursor);
  };
  const [first, current] = await Promise.all([pageOf(queries[0]!.count), store.read(type, id)]);
  if (current === undefined) throw notFound(`There is no ${type} with this id.`);
  if (current.json === undefined) throw goneVersion(current);
  const referring: Referring = { baseUrl, types, bringsPatient: type !== 'Patient', patient: type === 'Patient' ? id : patientOf(current.json, baseUrl) };
  for (let page = first; ; page = await pageOf(Math.floor(page.matches.length / 2))) {
    const referred = await referredResources(store, page.matches, referring);
    if (referred !== undefined) return { page, referred };
    if (page.matches.length < 2) throw tooMuchReferred();
  }
}

/** Whose encounter it is. */
function patientOf(json: string, baseUrl: string): string | undefined {
  const values = extractParameter(parseJson(json) as Resource, searchParameter('Encounter', 'subject')!);
  const keys = values.flatMap((value) => (value.kind === 'reference' ? localKey(value, baseUrl) ?? [] : []));
  return keys.find((key) => key.type === 'Patient')?.id;
}
