/**
 * The values that a resource has for its search parameters (https://hl7.org/fhir/R4/search.html), found by functions
 * generated from the parameters' FHIRPath expressions. Contained resources are not looked into; they are found apart.
 */
import { type Extractor, extractors } from '../definitions/search-extraction.mjs';
import { searchParameters } from '../definitions/search-parameters.mjs';
import { isObject, type Json } from '../json.ts';
import { isId, type Resource } from '../resource.ts';
import type { ExtractedParameter, SearchParameter, SearchValue } from './values.ts';

const noValues: readonly SearchValue[] = [];
const noResources: readonly Resource[] = [];
const byUrl = new Map<string, ReadonlyMap<string, Extractor>>();
const wholeExtractions = new Map<string, Extraction>();

/** Finds the values of some parameters, those without a value left out. */
export type Extraction = (resource: Resource) => ExtractedParameter[];

/** The values of all supported parameters, those without a value left out. Of an unknown resource type: nothing. */
export function extract(resource: Resource): ExtractedParameter[] {
  const { resourceType } = resource;
  let whole = wholeExtractions.get(resourceType);
  if (whole === undefined) {
    whole = extraction(resourceType, () => true);
    if (extractorsOf(resourceType).length > 0) wholeExtractions.set(resourceType, whole);
  }
  return whole(resource);
}

/** What `extract` finds of the parameters that are wanted, in resources of one type. */
export function extraction(type: string, isWanted: (parameter: SearchParameter) => boolean): Extraction {
  const wanted = extractorsOf(type)
    .map(([index, extractor]) => ({ parameter: searchParameters[index]!, extractor }))
    .filter(({ parameter }) => isWanted(parameter));
  return (resource) => {
    const found: ExtractedParameter[] = [];
    let values: SearchValue[] = [];
    for (const { parameter, extractor } of wanted) {
      extractor(resource, values);
      if (values.length === 0) continue;
      found.push({ parameter, values });
      values = [];
    }
    return found;
  };
}

/** The values of one parameter; none for a parameter that is not supported or not of the resource's type. */
export function extractParameter(resource: Resource, parameter: SearchParameter): readonly SearchValue[] {
  const extractor = parameter.custom?.extract ?? extractorsByUrl(resource.resourceType).get(parameter.url);
  if (extractor === undefined) return noValues;
  const values: SearchValue[] = [];
  extractor(resource, values);
  return values;
}

/**
 * The resources that this one contains (https://hl7.org/fhir/R4/references.html#contained), in their order: those that
 * have an id and are of a type that can be searched, each id once.
 */
export function containedResources(resource: Resource): readonly Resource[] {
  const { contained } = resource;
  if (!Array.isArray(contained)) return noResources;
  const byId = new Map<string, Resource>();
  for (const one of contained) {
    if (isSearchable(one) && !byId.has(one.id)) byId.set(one.id, one);
  }
  return [...byId.values()];
}

function isSearchable(element: Json): element is Resource & { id: string } {
  if (!isObject(element) || !isId(element.id)) return false;
  return typeof element.resourceType === 'string' && extractorsOf(element.resourceType).length > 0;
}

function extractorsOf(type: string): readonly (readonly [number, Extractor])[] {
  return Object.hasOwn(extractors, type) ? extractors[type]! : [];
}

function extractorsByUrl(type: string): ReadonlyMap<string, Extractor> {
  const known = byUrl.get(type);
  if (known !== undefined) return known;
  const own = extractorsOf(type);
  const map = new Map(own.map(([index, extractor]) => [searchParameters[index]!.url, extractor]));
  if (own.length > 0) byUrl.set(type, map);
  return map;
}
