/** The ViewDefinition that a request names: stored here, brought along, or sent with it. */
import { isObject, parseJson } from '../../fhir/json.ts';
import type { JsonObject } from '../../fhir/json.ts';
import { badRequest, notFound } from '../../fhir/outcome.ts';
import { isId } from '../../fhir/resource.ts';
import { searchParameter } from '../../fhir/search/parameters.ts';
import type { Clause } from '../../fhir/search/criteria.ts';
import { parseCanonical } from '../../fhir/terminology/terminology-source.ts';
import { shippedDefinitions } from '../../sql/views/shipped-views.ts';
import type { DataStore } from '../../store/data-store.ts';
import { goneVersion } from '../gone-version.ts';
import { everyMatch } from '../search/every-match.ts';
import { newest } from '../search/newest-definition.ts';
import type { WantedView } from './view-request.ts';

export type ViewStore = Pick<DataStore, 'read' | 'search'>;

const type = 'ViewDefinition';

/** @throws FhirError 404 for a view that is not here, 410 for one that was deleted, 400 for a resource that is none */
export async function foundView(wanted: WantedView, store: ViewStore, baseUrl: string): Promise<JsonObject> {
  if ('resource' in wanted) {
    if (wanted.resource['resourceType'] !== type) throw badRequest('viewResource is a ViewDefinition.');
    return wanted.resource;
  }
  if ('canonical' in wanted) return byCanonical(wanted.canonical, store, baseUrl);
  const base = `${baseUrl}/`;
  const reference = wanted.reference.startsWith(base) ? wanted.reference.slice(base.length) : wanted.reference;
  const [named, id, ...more] = reference.split('/');
  if (named !== type || !isId(id) || more.length > 0) throw badRequest('viewReference is a reference to a view of this server, as ViewDefinition/123; viewCanonical names one by its url.');
  return storedView(id, store);
}

/** One that is stored; one that is brought along, where none of that id is. @throws FhirError 404, 410 */
export async function storedView(id: string, store: Pick<ViewStore, 'read'>): Promise<JsonObject> {
  const current = await store.read(type, id);
  if (current !== undefined && current.json === undefined) throw goneVersion(current);
  const found = current === undefined ? shippedDefinitions.find((each) => each['id'] === id) : parsed(current.json);
  if (found === undefined) throw notFound('There is no ViewDefinition with this id.');
  return found;
}

function parsed(json: string | undefined): JsonObject | undefined {
  const value = json === undefined ? undefined : parseJson(json);
  return isObject(value) ? value : undefined;
}

/** https://hl7.org/fhir/R4/references.html#canonical */
async function byCanonical(canonical: string, store: Pick<ViewStore, 'search'>, baseUrl: string): Promise<JsonObject> {
  const { url, version } = parseCanonical(canonical);
  const clause: Clause = { parameter: searchParameter(type, 'url')!, criteria: [{ kind: 'uri', uri: url }] };
  const stored = await everyMatch(store, { type, baseUrl, clauses: [clause] }, ({ json }) => parsed(json));
  const known = [...stored.filter((each) => each !== undefined), ...shippedDefinitions].filter(({ url: own, version: release }) => own === url && (version === undefined || release === version));
  const found = newest(known);
  if (found === undefined) throw notFound('There is no ViewDefinition with this url here.');
  return found;
}
