/**
 * `_include`: what resources refer to (https://hl7.org/fhir/R4/search.html#revinclude). Of references, those to resources
 * of this server, in the version that they ask for; of canonical URLs, those that a resource here has
 * (https://hl7.org/fhir/R4/references.html#canonical). What is deleted or not there is left out.
 */
import { parseJson } from '../../fhir/json.ts';
import type { JsonObject } from '../../fhir/json.ts';
import { extractParameter } from '../../fhir/search/extract.ts';
import { mayReferTo, referencesOf } from '../../fhir/search/parse-include.ts';
import { searchParameter, searchParametersOf } from '../../fhir/search/parameters.ts';
import type { SearchParameters } from '../../fhir/search/parameters.ts';
import type { Include } from '../../fhir/search/search-query.ts';
import type { ReferenceValue, SearchParameter } from '../../fhir/search/values.ts';
import type { DataStore, ResourceVersion } from '../../store/data-store.ts';
import { routedTypes } from '../route.ts';
import { everyPage } from './include-search.ts';
import type { Found, Including } from './include-search.ts';
import type { Seed } from './include-seeds.ts';
import { newest } from './newest-definition.ts';
import { maxTypesAtOnce } from './walk-types.ts';

/** Resources read together: their texts lie in memory side by side, and one may have 350 KB. */
export const maxReadTogether = 100;

/** What references ask for, each once. */
interface Wanted {
  /** By `Type/id`: the current version. */
  readonly current: Map<string, { readonly type: string; readonly id: string }>;
  /** By `Type/id/_history/version`. */
  readonly versions: Map<string, { readonly type: string; readonly id: string; readonly versionId: number }>;
  /** By type: the canonical URLs, and of each the versions asked for; `undefined` among these is the newest. */
  readonly canonicals: Map<string, Map<string, Set<string | undefined>>>;
}

/** @param keep takes what was found; false when no more is to be read */
export async function referred(including: Including, includes: readonly Include[], seeds: readonly Seed[]): Promise<boolean> {
  const wanted = wantedBy(including, includes, seeds);
  return await readCurrent(including, [...wanted.current.values()])
    && await readVersions(including, [...wanted.versions.values()])
    && await readCanonicals(including, wanted.canonicals);
}

function wantedBy({ baseUrl, searchParameters, isKnown }: Including, includes: readonly Include[], seeds: readonly Seed[]): Wanted {
  const wanted: Wanted = { current: new Map(), versions: new Map(), canonicals: new Map() };
  for (const seed of seeds) {
    for (const include of includes) {
      for (const [parameter, value] of referencesFrom(seed, include, searchParameters)) want(wanted, value, { parameter, target: include.target, baseUrl });
    }
  }
  for (const [name, key] of wanted.current) if (isKnown(key)) wanted.current.delete(name);
  for (const [name, key] of wanted.versions) if (isKnown(key)) wanted.versions.delete(name);
  return wanted;
}

function referencesFrom(
  { type, resource }: Seed, { source = type, parameter }: Include, searchParameters: SearchParameters,
): readonly (readonly [SearchParameter, ReferenceValue])[] {
  if (source !== type) return [];
  return (parameter === undefined ? referencesOf(type, searchParameters) : [parameter]).flatMap((each) =>
    extractParameter(resource, each).flatMap((value) => (value.kind === 'reference' ? [[each, value] as const] : [])));
}

interface Referring {
  readonly parameter: SearchParameter;
  readonly target: string | undefined;
  readonly baseUrl: string;
}

function want(wanted: Wanted, value: ReferenceValue, { parameter, target, baseUrl }: Referring): void {
  const { type, id, version, base, url } = value;
  const isLiteral = type !== undefined && id !== undefined && (base === undefined || base === baseUrl);
  if (!isLiteral) {
    for (const one of canonicalTypes(value, parameter, target)) wantCanonical(wanted, one, { url, version });
    return;
  }
  if ((target !== undefined && target !== type) || searchParametersOf(type).size === 0) return;
  if (version === undefined) wanted.current.set(`${type}/${id}`, { type, id });
  else if (/^[1-9]\d{0,14}$/.test(version)) wanted.versions.set(`${type}/${id}/_history/${version}`, { type, id, versionId: Number(version) });
}

function wantCanonical({ canonicals }: Wanted, type: string, { url, version }: Pick<ReferenceValue, 'url' | 'version'>): void {
  const urls = canonicals.get(type) ?? new Map<string, Set<string | undefined>>();
  canonicals.set(type, urls);
  const versions = urls.get(url) ?? new Set();
  urls.set(url, versions.add(version));
}

/** Those whose resources R4 gives a canonical URL. */
const canonical: readonly string[] = routedTypes.filter(hasCanonicalUrl);

/** The types of which a resource may have the URL. One that names another type is of a resource on another server. */
function canonicalTypes({ url, type }: ReferenceValue, parameter: SearchParameter, target: string | undefined): readonly string[] {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(url)) return [];
  const isNamed = parameter.targets.length === 0 && type !== undefined && searchParametersOf(type).size > 0;
  return canonical.filter((one) => mayReferTo(parameter, one) && (target ?? one) === one && (!isNamed || one === type));
}

/** Whether resources of the type have a canonical URL. */
export function hasCanonicalUrl(type: string): boolean {
  return searchParameter(type, 'url')?.type === 'uri';
}

async function readCurrent({ store, keep }: Including, keys: readonly { readonly type: string; readonly id: string }[]): Promise<boolean> {
  for (let begin = 0; begin < keys.length; begin += maxReadTogether) {
    if (!keep(present(await store.readMany(keys.slice(begin, begin + maxReadTogether))))) return false;
  }
  return true;
}

type VersionKey = Pick<ResourceVersion, 'type' | 'id' | 'versionId'>;

async function readVersions({ store, keep }: Including, keys: readonly VersionKey[]): Promise<boolean> {
  for (let begin = 0; begin < keys.length; begin += maxReadTogether) {
    const some = keys.slice(begin, begin + maxReadTogether);
    const found = present(await Promise.all(some.map(({ type, id, versionId }) => store.vread(type, id, versionId))));
    if (!keep(found.map((version) => ({ ...version, isVersion: true })))) return false;
  }
  return true;
}

function present(versions: Awaited<ReturnType<DataStore['readMany']>>): Found[] {
  return versions.flatMap((version) => (version?.json === undefined ? [] : [{ ...version, json: version.json }]));
}

async function readCanonicals(including: Including, canonicals: Wanted['canonicals']): Promise<boolean> {
  const types = [...canonicals];
  for (let begin = 0; begin < types.length; begin += maxTypesAtOnce) {
    const some = types.slice(begin, begin + maxTypesAtOnce);
    const areWhole = await Promise.all(some.map(([type, versionsOf]) => readDefinitions(including, type, versionsOf)));
    if (areWhole.includes(false)) return false;
  }
  return true;
}

async function readDefinitions(including: Including, type: string, versionsOf: ReadonlyMap<string, ReadonlySet<string | undefined>>): Promise<boolean> {
  const parameter = searchParameter(type, 'url')!;
  const urls = [...versionsOf.keys()];
  for (let begin = 0; begin < urls.length; begin += maxReadTogether) {
    const criteria = urls.slice(begin, begin + maxReadTogether).map((uri) => ({ kind: 'uri', uri }) as const);
    const definitions = new Map<JsonObject, Found>();
    const isWhole = await everyPage(including, { type, conditions: [{ operator: 'clause', clause: { parameter, criteria } }] }, (found) => {
      for (const each of found) definitions.set(parseJson(each.json) as JsonObject, each);
      return definitions.size <= including.most;
    });
    if (!isWhole || !including.keep(asked(definitions, versionsOf))) return false;
  }
  return true;
}

/** Of the definitions with a URL, the version that a reference names, or the newest. */
function asked(definitions: ReadonlyMap<JsonObject, Found>, versionsOf: ReadonlyMap<string, ReadonlySet<string | undefined>>): Found[] {
  const byUrl = Map.groupBy(definitions.keys(), ({ url }) => url as string);
  const chosen = new Set<JsonObject>();
  for (const [url, some] of byUrl) {
    for (const version of versionsOf.get(url) ?? []) {
      const one = newest(version === undefined ? some : some.filter((each) => each['version'] === version));
      if (one !== undefined) chosen.add(one);
    }
  }
  return [...chosen].map((one) => definitions.get(one)!);
}
