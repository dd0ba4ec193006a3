/**
 * R4's own search parameters (https://hl7.org/fhir/R4/searchparameter-registry.html) through the compiler for those of a data
 * store: it finds what the generated extraction finds, in resources of every type.
 */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { definitions } from '../../../../scripts/definitions/element-types.ts';
import { viewDefinitionParameters } from '../../../../scripts/definitions/view-definition-parameters.ts';
import type { Json, JsonObject } from '../../../../src/fhir/json.ts';
import type { Resource } from '../../../../src/fhir/resource.ts';
import { compileExtractor } from '../../../../src/fhir/search/custom/extractor.ts';
import type { CustomDefinition } from '../../../../src/fhir/search/custom/definition.ts';
import { extract } from '../../../../src/fhir/search/extract.ts';
import { searchParametersOf } from '../../../../src/fhir/search/parameters.ts';
import type { SearchParameter, SearchValue } from '../../../../src/fhir/search/values.ts';
import { isPrimitiveType, structureOf } from '../../../../src/fhir/structures.ts';
import type { Element } from '../../../../src/fhir/structures.ts';
import { resourceTypes } from '../../../../src/fhir/definitions/resource-types.ts';
import { syntheticPopulation } from '../../../../src/fhir/synthetic/synthetic-population.ts';

interface Source {
  readonly url: string;
  readonly expression?: string;
  readonly component?: readonly { readonly expression: string }[];
}

const sources = new Map([...definitions<Source>('search-parameters.json'), ...viewDefinitionParameters].map((source) => [source.url, source]));

function definitionOf({ url, code, type, targets, components }: SearchParameter, resourceType: string): CustomDefinition {
  const { expression = '', component = [] } = sources.get(url)!;
  const parts = components?.map((part, index) => ({ ...part, type: part.type as 'token', expression: component[index]!.expression }));
  return { url, code, type, targets, base: [resourceType], expression, ...(parts && { components: parts }) };
}

/** Of each type what the compiler makes of R4's definitions; `undefined` where they can have no value. */
const compiled = new Map(resourceTypes.map((type) => {
  const own = [...searchParametersOf(type).values()].filter(({ url }) => sources.get(url)?.expression !== undefined);
  return [type, own.map((parameter) => [parameter.code, compileExtractor(definitionOf(parameter, type), type)] as const)];
}));

function extracted(resource: Resource): Record<string, readonly SearchValue[]> {
  const found = (compiled.get(resource.resourceType) ?? []).map(([code, extractor]) => {
    const values: SearchValue[] = [];
    extractor?.(resource, values);
    return [code, values] as const;
  });
  return Object.fromEntries(found.filter(([, { length }]) => length > 0));
}

const generated = (resource: Resource) => Object.fromEntries(extract(resource).map(({ parameter, values }) => [parameter.code, values]));

/** The codes whose values differ: `toEqual` takes long over what is large and equal. */
function differing(resource: Resource, found: Readonly<Record<string, unknown>>): readonly string[] {
  const expected = generated(resource);
  return Object.keys({ ...found, ...expected }).filter((code) => !isDeepStrictEqual(found[code], expected[code]));
}

/** Texts that more than one expression asks for: the systems of contact points, the kinds of related artifacts. */
const codes = ['phone', 'email', 'composed-of', 'depends-on', 'derived-from', 'predecessor', 'successor'];
const targets = ['Patient', 'Group', 'Practitioner', 'Location', 'RelatedPerson', 'Device'];
const numbers = new Set(['decimal', 'integer', 'positiveInt', 'unsignedInt']);

/** Fills every element that R4 gives a type, choices with each of their types, so that every path leads to something. */
class Filler {
  #count = 0;
  /** Begun elsewhere, single references lead elsewhere. */
  #references: number;

  constructor(firstReference: number) {
    this.#references = firstReference;
  }

  object(type: string, depth: number): JsonObject {
    const elements = [...structureOf(type)!.elements.values()].filter((element) => depth > 0 || element.isPrimitive);
    return Object.fromEntries(elements.map((element) => [element.name, this.#element(element, depth - 1)]));
  }

  #element(element: Element, depth: number): Json {
    if (element.name === 'extension' || element.name === 'modifierExtension' || element.name === 'contained') return [];
    if (!element.isArray) return this.#one(element, depth);
    return Array.from({ length: element.type === 'ContactPoint' || element.type === 'RelatedArtifact' ? 7 : 2 }, () => this.#one(element, depth));
  }

  #one({ type, name, codes: allowed }: Element, depth: number): Json {
    const count = this.#count++;
    if (type === 'Resource') return { resourceType: this.#references++ % 2 === 0 ? 'Composition' : 'MessageHeader', id: `r${count}` };
    if (name === 'reference' && type === 'string') return `${targets[this.#references++ % targets.length]!}/${count}`;
    if (allowed?.has('phone') === true || allowed?.has('successor') === true) return codes[count % codes.length]!;
    if (numbers.has(type)) return count % 80;
    if (type === 'boolean') return count % 3 !== 0;
    if (type === 'date' || type === 'dateTime' || type === 'instant') return `20${10 + (count % 15)}-01-01`;
    return isPrimitiveType(type) ? `${name} ${count}` : this.object(type, Math.min(depth, 3));
  }
}

describe('expressions of R4, compiled at run time', () => {
  test('are all offered, and fit their types', () => {
    const count = [...compiled.values()].reduce((sum, own) => sum + own.length, 0);
    expect(count).toBeGreaterThan(2000);
  });

  test.each(resourceTypes)('find in %s what the generated extraction finds', (resourceType) => {
    const seen = new Set<string>();
    for (const first of targets.keys()) {
      const resource: Resource = { ...new Filler(first).object(resourceType, 4), resourceType };
      const found = extracted(resource);
      expect(differing(resource, found)).toEqual([]);
      for (const code of Object.keys(found)) seen.add(code);
    }
    // Every parameter with an extractor found something, or the comparison would say little.
    const silent = compiled.get(resourceType)!.filter(([code, extractor]) => extractor !== undefined && !seen.has(code));
    expect(silent.map(([code]) => code)).toEqual([]);
  });

  test('find in a population what the generated extraction finds', () => {
    let compared = 0;
    for (const group of syntheticPopulation({ patients: 10, seed: 3 })) {
      for (const resource of group) {
        expect(differing(resource, extracted(resource))).toEqual([]);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(500);
  });
});
