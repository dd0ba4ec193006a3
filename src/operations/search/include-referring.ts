/**
 * `_revinclude`: what refers to resources (https://hl7.org/fhir/R4/search.html#revinclude), by searches of the index: one
 * for each type that may refer to them, for some resources at a time.
 */
import { extractParameter } from '../../fhir/search/extract.ts';
import { parseLiteral, satisfiesReference } from '../../fhir/search/kinds/reference.ts';
import { mayReferTo, referencesOf } from '../../fhir/search/parse-include.ts';
import type { Condition, ReferenceCriterion } from '../../fhir/search/criteria.ts';
import type { Include } from '../../fhir/search/search-query.ts';
import type { ReferenceValue, SearchParameter } from '../../fhir/search/values.ts';
import { parseJson } from '../../fhir/json.ts';
import type { Resource } from '../../fhir/resource.ts';
import { routedTypes } from '../route.ts';
import { hasCanonicalUrl } from './include-referred.ts';
import { everyPage } from './include-search.ts';
import type { Found, Including } from './include-search.ts';
import type { Seed } from './include-seeds.ts';
import { maxTypesAtOnce } from './walk-types.ts';

/** Resources that one search asks for: each is a range of the index for every parameter that may refer to it. */
export const maxSeedsTogether = 50;

/** A seed as it may be referred to. */
interface Target {
  readonly criterion: ReferenceCriterion;
  /** The business version of a canonical resource, which a reference by its URL may name; absent in a literal reference. */
  readonly canonical?: { readonly version?: string };
}

interface Reference {
  readonly parameter: SearchParameter;
  readonly targets: readonly Target[];
}

/** @returns false when there is more than may be kept, or no time for it */
export async function referring(including: Including, includes: readonly Include[], seeds: readonly Seed[]): Promise<boolean> {
  for (let begin = 0; begin < seeds.length; begin += maxSeedsTogether) {
    const byType = Map.groupBy(seeds.slice(begin, begin + maxSeedsTogether), ({ type }) => type);
    const searches = sourcesOf(includes).flatMap((source) => {
      const own = includes.filter((include) => (include.source ?? source) === source).map((include) => ({ ...include, source }));
      const references = referencesTo(byType, including, own);
      return references.length === 0 ? [] : [{ source, references }];
    });
    for (let first = 0; first < searches.length; first += maxTypesAtOnce) {
      if (first > 0 && including.isLate()) return false;
      const some = searches.slice(first, first + maxTypesAtOnce);
      const areWhole = await Promise.all(some.map(({ source, references }) => search(including, source, references)));
      if (areWhole.includes(false)) return false;
    }
  }
  return true;
}

function sourcesOf(includes: readonly Include[]): readonly string[] {
  const named = includes.flatMap(({ source }) => source ?? []);
  return named.length < includes.length ? routedTypes : [...new Set(named)];
}

/** @param includes of one source, which is named */
function referencesTo(
  seeds: ReadonlyMap<string, readonly Seed[]>, { baseUrl, searchParameters }: Including, includes: readonly (Include & { readonly source: string })[],
): readonly Reference[] {
  const asked = new Map<SearchParameter, Set<string>>();
  for (const { source, parameter: named, target } of includes) {
    for (const parameter of named === undefined ? referencesOf(source, searchParameters) : [named]) {
      const types = [...seeds.keys()].filter((type) => mayReferTo(parameter, type) && (target ?? type) === type);
      if (types.length > 0) asked.set(parameter, new Set([...(asked.get(parameter) ?? []), ...types]));
    }
  }
  return [...asked].map(([parameter, types]) => ({
    parameter,
    targets: [...types].flatMap((type) => seeds.get(type)!.flatMap((seed) => targetsOf(seed, baseUrl))),
  })).filter(({ targets }) => targets.length > 0);
}

function targetsOf({ type, id, resource }: Seed, baseUrl: string): readonly Target[] {
  if (id === undefined) return [];
  const literal: Target = { criterion: { kind: 'reference', type, id } };
  const url = resource['url'];
  if (typeof url !== 'string' || url === '' || !hasCanonicalUrl(type)) return [literal];
  const version = resource['version'];
  const { base, version: _none, ...parts } = parseLiteral(url);
  return [literal, {
    criterion: { ...parts, ...(base === undefined || base === baseUrl ? {} : { base }) },
    canonical: typeof version === 'string' ? { version } : {},
  }];
}

async function search(including: Including, source: string, references: readonly Reference[]): Promise<boolean> {
  const clauses = references.map(({ parameter, targets }): Condition =>
    ({ operator: 'clause', clause: { parameter, criteria: targets.map(({ criterion }) => criterion) } }));
  const isVersioned = references.some(({ targets }) => targets.some(({ canonical }) => canonical !== undefined));
  return everyPage(including, { type: source, conditions: [{ operator: 'or', conditions: clauses }] }, (found) =>
    including.keep(isVersioned ? found.filter((one) => refers(one, references, including.baseUrl)) : found));
}

/** A canonical URL with another version than the resource has means another resource. */
function refers({ json }: Found, references: readonly Reference[], baseUrl: string): boolean {
  const resource = parseJson(json) as Resource;
  const means = (value: ReferenceValue, { criterion, canonical }: Target): boolean =>
    satisfiesReference(value, criterion, { baseUrl }) &&
    (canonical === undefined || value.version === undefined || value.version === canonical.version);
  return references.some(({ parameter, targets }) =>
    extractParameter(resource, parameter).some((value) => value.kind === 'reference' && targets.some((target) => means(value, target))));
}
