/**
 * The resources of a Bundle that an import reads (https://hl7.org/fhir/R4/bundle.html): each is stored under the UUID of its
 * fullUrl, so that importing the bundle again makes nothing twice, and the links between them lead there.
 */
import { isObject } from '../../fhir/json.ts';
import type { Json, JsonObject } from '../../fhir/json.ts';
import { rawEntries } from '../../fhir/bundle/entry.ts';
import { linkKey } from '../../fhir/bundle/links.ts';
import type { LinkTarget } from '../../fhir/bundle/links.ts';
import { rewriteLinks } from '../../fhir/bundle/rewrite-links.ts';
import { badRequest } from '../../fhir/outcome.ts';
import type { Resource } from '../../fhir/resource.ts';

/** Files of bundles are read whole: Synthea's largest patients come to this. */
export const maxBundleFileBytes = 32 * 1024 * 1024;

const readTypes: ReadonlySet<Json | undefined> = new Set(['transaction', 'batch', 'collection']);
const uuidUrl = /^urn:uuid:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;
const writtenTo = /^[A-Z][A-Za-z]*\/([A-Za-z0-9\-.]{1,64})$/;

export interface BundleLines {
  /** In the order of the entries, each as it is to be stored under its id but for its links. */
  readonly values: readonly Json[];
  /** Has the links of an accepted one lead to where the others are stored; in place. */
  link(resource: Resource, index: number): void;
}

/**
 * @param value the JSON of a file: a Bundle, or any one other resource
 * @throws FhirError 400 for a Bundle that nobody means to be stored in parts
 */
export function bundleLines(value: Json): BundleLines {
  if (!isObject(value) || value['resourceType'] !== 'Bundle') return { values: [value], link: () => {} };
  if (!readTypes.has(value['type'])) throw badRequest('Bundles of type transaction, batch or collection are imported. To store this one as it is, give it an id and put it into a file of lines.', 'Bundle.type');
  if (!Array.isArray(value['entry'] ?? [])) throw badRequest('The entries of a Bundle are a list.', 'Bundle.entry');
  const entries = rawEntries(value);
  const values = entries.map(resourceOf);
  const links = new Map(entries.flatMap((entry, index) => linkOf(entry, values[index])));
  return { values, link: (resource, index) => void rewriteLinks({ index, resource, base: '' }, links) };
}

function resourceOf({ fullUrl, request, resource }: JsonObject): Json {
  if (isObject(request) && request['method'] !== 'PUT' && request['method'] !== 'POST') return null;
  if (!isObject(resource)) return null;
  const id = uuidOf(fullUrl) ?? (isObject(request) ? idWrittenTo(request) : undefined);
  if (id === undefined) return resource;
  const { resourceType, id: _id, ...content } = resource;
  return { resourceType, id, ...content };
}

function uuidOf(fullUrl: Json | undefined): string | undefined {
  return typeof fullUrl === 'string' ? uuidUrl.exec(fullUrl)?.[1]?.toLowerCase() : undefined;
}

function idWrittenTo({ url }: JsonObject): string | undefined {
  return typeof url === 'string' ? writtenTo.exec(url)?.[1] : undefined;
}

function linkOf({ fullUrl }: JsonObject, value: Json | undefined): readonly (readonly [string, LinkTarget])[] {
  if (typeof fullUrl !== 'string' || !isObject(value)) return [];
  const { resourceType: type, id, url } = value;
  if (typeof type !== 'string' || typeof id !== 'string') return [];
  return [[linkKey(fullUrl), { type, id, created: false, canonical: url === fullUrl }]];
}
