/**
 * A code system's concepts, their properties and their hierarchy (https://hl7.org/fhir/R4/codesystem.html), as far as
 * value sets and subsumption ask. A concept may have several parents: those it is nested in, and those that properties
 * name (https://hl7.org/fhir/R4/codesystem-concept-properties.html).
 */
import { isObject, numberText, isNumber } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Spend } from './effort.ts';

export interface Concept {
  readonly code: string;
  readonly display?: string;
  readonly parents: ReadonlySet<string>;
  readonly children: ReadonlySet<string>;
  /** Values as text, by the property's code. */
  readonly properties: ReadonlyMap<string, readonly string[]>;
}

export interface CodeSystem {
  readonly url: string;
  /** Whether every concept of the system is listed. Two of R4's say so and list none: their codes are elsewhere. */
  readonly isComplete: boolean;
  /** Whether a child is a kind of its parents: said, or not denied. */
  readonly isSubsuming: boolean;
  readonly concepts: ReadonlyMap<string, Concept>;
  /** The codes of properties that are declared or used. */
  readonly properties: ReadonlySet<string>;
}

export interface HierarchyWalk {
  readonly direction: 'below' | 'above';
  readonly spend: Spend;
}

interface MutableConcept extends Concept {
  readonly parents: Set<string>;
  readonly children: Set<string>;
  readonly properties: Map<string, string[]>;
}

/** Reads whatever is stored under the type: what has another shape than R4's is passed over. */
export function readCodeSystem(resource: JsonObject): CodeSystem {
  const concepts = new Map<string, MutableConcept>();
  addConcepts(concepts, resource.concept, undefined);
  const declared = objects(resource.property);
  const properties = new Set(declared.map(({ code }) => code).filter((code) => typeof code === 'string'));
  for (const concept of concepts.values()) for (const code of concept.properties.keys()) properties.add(code);
  linkByProperties(concepts, declared);
  return {
    url: textOf(resource.url) ?? '',
    isComplete: resource.content === 'complete' && concepts.size > 0,
    isSubsuming: resource.hierarchyMeaning === undefined || resource.hierarchyMeaning === 'is-a',
    concepts,
    properties,
  };
}

/** The recursion is as deep as the JSON, which the server bounds. */
function addConcepts(concepts: Map<string, MutableConcept>, list: Json | undefined, parent: string | undefined): void {
  for (const element of objects(list)) {
    const { code, display } = element;
    if (typeof code !== 'string') continue;
    const concept = concepts.get(code) ?? newConcept(code, textOf(display));
    concepts.set(code, concept);
    if (parent !== undefined) {
      concept.parents.add(parent);
      concepts.get(parent)!.children.add(code);
    }
    for (const property of objects(element.property)) addProperty(concept, property);
    addConcepts(concepts, element.concept, code);
  }
}

function newConcept(code: string, display: string | undefined): MutableConcept {
  const concept = { code, parents: new Set<string>(), children: new Set<string>(), properties: new Map<string, string[]>() };
  return display === undefined ? concept : { ...concept, display };
}

function addProperty(concept: MutableConcept, property: JsonObject): void {
  const name = Object.keys(property).find((key) => key.startsWith('value'));
  const value = name === undefined ? undefined : valueText(property[name]);
  if (typeof property.code !== 'string' || value === undefined) return;
  const values = concept.properties.get(property.code) ?? [];
  values.push(value);
  concept.properties.set(property.code, values);
}

/** A Coding stands for its code. */
function valueText(value: Json | undefined): string | undefined {
  if (typeof value === 'boolean') return String(value);
  if (isNumber(value)) return numberText(value);
  return isObject(value) ? textOf(value.code) : textOf(value);
}

const conceptProperty = 'http://hl7.org/fhir/concept-properties#';

/** Properties that lead from a concept to its parents or children; `subsumedBy` is how many systems call the parent. */
function linkByProperties(concepts: Map<string, MutableConcept>, declared: readonly JsonObject[]): void {
  const named = (...names: string[]): Set<string> => {
    const byUri = declared.filter(({ uri }) => names.some((name) => uri === conceptProperty + name));
    return new Set([...names, ...byUri.flatMap(({ code }) => (typeof code === 'string' ? [code] : []))]);
  };
  const toParents = named('parent', 'subsumedBy');
  const toChildren = named('child');
  for (const concept of concepts.values()) {
    const valuesOf = (names: ReadonlySet<string>): string[] => [...names].flatMap((name) => concept.properties.get(name) ?? []);
    for (const code of valuesOf(toParents)) link(concepts.get(code), concept);
    for (const code of valuesOf(toChildren)) link(concept, concepts.get(code));
  }
}

function link(parent: MutableConcept | undefined, child: MutableConcept | undefined): void {
  if (parent === undefined || child === undefined) return;
  parent.children.add(child.code);
  child.parents.add(parent.code);
}

/** The concept itself and all below it, or above it; each once, whatever circles the hierarchy has. @throws what `spend` throws */
export function hierarchy({ concepts }: CodeSystem, code: string, { direction, spend }: HierarchyWalk): Set<string> {
  const found = new Set([code]);
  // A set is walked on as it grows.
  for (const each of found) {
    const concept = concepts.get(each);
    if (concept === undefined) continue;
    const related = direction === 'below' ? concept.children : concept.parents;
    spend(related.size);
    for (const next of related) found.add(next);
  }
  return found;
}

export function isInactive({ properties }: Concept): boolean {
  const statuses = properties.get('status') ?? [];
  return (properties.get('inactive') ?? []).includes('true') || statuses.includes('retired') || statuses.includes('inactive');
}

/** The objects of a list; none of what is no list. */
export function objects(list: Json | undefined): JsonObject[] {
  return Array.isArray(list) ? list.filter((element): element is JsonObject => isObject(element)) : [];
}

export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
