/**
 * What R4 says about every type's elements, read from the generated table
 * (https://hl7.org/fhir/R4/structuredefinition.html). A type's line is parsed when the type is first asked for.
 */
import { resourceTypes } from './definitions/resource-types.ts';
import { primitiveTypes, structureTable } from './definitions/structures.mjs';

/** One property that a JSON object of the type may have. Each type of a choice has its own: `valueQuantity`, `valueString`, … */
export interface Element {
  /** As in JSON. */
  readonly name: string;
  /** As in FHIRPath: `value.ofType(Quantity)` for `valueQuantity`. */
  readonly path: string;
  /** Without the type for a choice: `value`; otherwise the name. */
  readonly baseName: string;
  readonly isChoice: boolean;
  /** A type of R4, `Resource` for any resource, or the path of an element defined in place: `Observation.component`. */
  readonly type: string;
  readonly isPrimitive: boolean;
  readonly isRequired: boolean;
  readonly isArray: boolean;
  /** Part of `_summary=true`. */
  readonly isSummary: boolean;
  /** Resource types a Reference may lead to; undefined when any. */
  readonly targets?: ReadonlySet<string>;
  /** The codes of a required binding; undefined when there is none or it cannot be listed. */
  readonly codes?: ReadonlySet<string>;
}

/** The name of a mandatory element and the JSON names, one of which must be there. */
export interface Requirement {
  readonly name: string;
  readonly alternatives: readonly string[];
}

export interface Structure {
  readonly name: string;
  readonly isResource: boolean;
  readonly elements: ReadonlyMap<string, Element>;
  readonly required: readonly Requirement[];
}

/**
 * Objects and arrays of elements within one resource. R4's deepest published resources stay under 20; the bound keeps
 * recursion over a hostile document off the end of the stack.
 */
export const maxDepth = 64;

const resourceTypeSet: ReadonlySet<string> = new Set(resourceTypes);
const primitiveTypeSet: ReadonlySet<string> = new Set(primitiveTypes);
const structures = new Map<string, Structure>();
const elementsByName = new WeakMap<Structure, ReadonlyMap<string, readonly Element[]>>();
const noElements: readonly Element[] = [];
const codeSets = new Map<string, ReadonlySet<string>>();

export function isResourceType(name: unknown): name is string {
  return resourceTypeSet.has(name as string);
}

export function isPrimitiveType(name: string): boolean {
  return primitiveTypeSet.has(name);
}

/** @param name a resource type, a complex data type, or the path of an element defined in place; primitive types have none. */
export function structureOf(name: string): Structure | undefined {
  const known = structures.get(name);
  if (known !== undefined) return known;
  const lines = structureTable().structures;
  const line = Object.hasOwn(lines, name) ? lines[name] : undefined;
  if (line === undefined) return undefined;
  const structure = parseStructure(name, line);
  structures.set(name, structure);
  return structure;
}

/** The elements of one FHIRPath name: several where it is a choice of types. */
export function elementsNamed(structure: Structure, name: string): readonly Element[] {
  let byName = elementsByName.get(structure);
  if (byName === undefined) elementsByName.set(structure, byName = Map.groupBy(structure.elements.values(), ({ baseName }) => baseName));
  return byName.get(name) ?? noElements;
}

function parseStructure(name: string, line: string): Structure {
  const elements = new Map<string, Element>();
  const required: Requirement[] = [];
  for (const text of line.split(';')) {
    const alternatives = parseElements(text);
    for (const element of alternatives) elements.set(element.name, element);
    const [first] = alternatives;
    if (first?.isRequired) required.push({ name: first.baseName, alternatives: alternatives.map((element) => element.name) });
  }
  return { name, isResource: resourceTypeSet.has(name), elements, required };
}

/** Reads `value[x] 0..1 s Quantity string`: one element for each type. */
function parseElements(text: string): Element[] {
  const [declared = '', cardinality = '', summary, ...types] = text.split(' ');
  const isChoice = declared.endsWith('[x]');
  const baseName = isChoice ? declared.slice(0, -3) : declared;
  return types.map((typeText) => {
    const { type, ...limits } = parseType(typeText);
    return {
      name: isChoice ? baseName + type.charAt(0).toUpperCase() + type.slice(1) : baseName,
      path: isChoice ? `${baseName}.ofType(${type})` : baseName,
      baseName,
      isChoice,
      type,
      isPrimitive: primitiveTypeSet.has(type),
      isRequired: cardinality.startsWith('1'),
      isArray: cardinality.endsWith('*'),
      isSummary: summary === 's',
      ...limits,
    };
  });
}

/** Reads `Reference(Patient,Group)`, `code(observation-status)`, or a plain type. */
function parseType(text: string): Pick<Element, 'type' | 'targets' | 'codes'> {
  const open = text.indexOf('(');
  if (open < 0) return { type: text, targets: undefined, codes: undefined };
  const type = text.slice(0, open);
  const argument = text.slice(open + 1, -1);
  return type === 'code'
    ? { type, targets: undefined, codes: codeSet(argument) }
    : { type, targets: new Set(argument.split(',')), codes: undefined };
}

function codeSet(name: string): ReadonlySet<string> {
  const known = codeSets.get(name);
  if (known !== undefined) return known;
  const codes = new Set((structureTable().codeSets[name] ?? '').split(' '));
  codeSets.set(name, codes);
  return codes;
}
