/**
 * Generates the table of R4's search parameters and the functions that extract their values
 * (https://hl7.org/fhir/R4/searchparameter-registry.html).
 */
import { ElementTypes, definitions } from './element-types.ts';
import { packedText } from './packed-text.ts';
import { branchesOf, ExpressionCompiler, quote, type Leaf } from './search-expression.ts';
import { furtherTypes } from './view-definition.ts';
import { viewDefinitionParameters } from './view-definition-parameters.ts';
import { ElementReaders, modules, type Definition } from './search-readers.ts';
import { sharedFamilies, type Reading } from './shared-families.ts';

const urlBase = 'http://hl7.org/fhir/SearchParameter/';

/** Parameters that the package adds to R4's. */
const additions: ReadonlySet<string> = new Set(
  ['DetectedIssue-status', 'DeviceDefinition-classification', 'ServiceRequest-order-detail'].map((id) => urlBase + id),
);

/** Targets that the package changed, as R4 has them. */
const officialTargets: Readonly<Record<string, readonly string[]>> = {
  [`${urlBase}clinical-patient`]: ['Patient', 'Group'],
  [`${urlBase}MeasureReport-subject`]: ['Practitioner', 'Group', 'Device', 'Patient', 'PractitionerRole', 'RelatedPerson', 'Location'],
};

/** Components whose definitions R4 has the wrong way round: `relatesTo.code` is a `relation`, its target a `relatesto`. */
const swappedComponents: ReadonlySet<string> = new Set([`${urlBase}DocumentReference-relationship`]);

/** Types that R4's expressions misspell. */
const spelling: Readonly<Record<string, string>> = { DateTime: 'dateTime' };

export interface Report {
  /** Base search parameters of R4. */
  readonly parameters: number;
  /** Branches of expressions, one per resource type they apply to; all of them compile or `generate` throws. */
  readonly branches: number;
  /** `kind of Type: path` for each element that a parameter selects and that has no value of the parameter's kind. */
  readonly withoutValue: readonly string[];
  /** Parameters with an expression that never have a value, as `Type.code`. */
  readonly withoutExtraction: readonly string[];
}

/** The sources by file name, for `src/fhir/definitions`. */
export function generate(): Record<string, string> {
  return compileAll().files;
}

export function compileAll(): { readonly files: Record<string, string>; readonly report: Report } {
  const elements = new ElementTypes();
  const official = definitions<Definition>('search-parameters.json').filter(({ url }) => !additions.has(url)).map(corrected);
  // Behind R4's: stores keep the places of parameters.
  const parameters = [...official, ...viewDefinitionParameters];
  const compiler = new ParameterCompiler(elements, parameters);
  const withoutExtraction: string[] = [];
  const named = new Map<string, string>();
  const byType: Record<string, string[]> = {};
  const readings: Record<string, Reading[]> = {};

  for (const [index, parameter] of parameters.entries()) {
    if (parameter.expression === undefined) continue;
    for (const resourceType of typesOf(parameter, elements)) {
      const compiled = compiler.compile(parameter, resourceType);
      if (compiled.length === 0) {
        withoutExtraction.push(`${resourceType}.${parameter.code}`);
        continue;
      }
      const body = compiled.join(' ');
      // Elements with one meaning have one name in all types, so most functions serve many.
      const name = named.get(body) ?? `${resourceType}_${parameter.code.replaceAll('-', '_')}`;
      named.set(body, name);
      (byType[resourceType] ??= []).push(`[${index}, ${name}]`);
      (readings[resourceType] ??= []).push({ code: parameter.code, kind: parameter.type, branches: compiled });
    }
  }
  return {
    files: {
      'search-parameters.mjs': tableSource(parameters, elements),
      'search-parameters.d.mts': tableDeclarations,
      'search-extraction.mjs': extractionSource(named, byType),
      'search-extraction.d.mts': extractionDeclarations,
      'shared-families.ts': familiesSource(readings),
    },
    report: {
      parameters: official.length,
      branches: compiler.branches,
      withoutValue: [...compiler.readers.withoutValue],
      withoutExtraction,
    },
  };
}

function corrected(parameter: Definition): Definition {
  const { component = [] } = parameter;
  if (!swappedComponents.has(parameter.url)) return parameter;
  const swapped = component.map(({ definition }) => definition).toReversed();
  return { ...parameter, component: component.map(({ expression }, index) => ({ expression, definition: swapped[index]! })) };
}

/** From a parameter and a type to the statements that extract its values. */
class ParameterCompiler {
  readonly #elements: ElementTypes;
  readonly #byUrl: ReadonlyMap<string, Definition>;
  readonly readers: ElementReaders;
  branches = 0;

  constructor(elements: ElementTypes, parameters: readonly Definition[]) {
    this.#elements = elements;
    this.#byUrl = new Map(parameters.map((parameter) => [parameter.url, parameter]));
    this.readers = new ElementReaders(elements);
  }

  /** One text for each branch of the expression that has values, none twice. */
  compile(parameter: Definition, resourceType: string): readonly string[] {
    const read = (leaf: Leaf): string => {
      if (parameter.type === 'composite') return this.#tuple(parameter, leaf, resourceType);
      return this.readers.statement(parameter, leaf, 'values');
    };
    const compiler = new ExpressionCompiler(this.#elements, read);
    const own = branchesOf(parameter.expression ?? '', resourceType);
    this.branches += own.length;
    return [...new Set(own.map((branch) => compiler.compile(branch, resourceType)))].filter(Boolean);
  }

  /**
   * One tuple for one element, so that its components stay together; none where one of them is missing. The last one is
   * read first: it is the one that most elements lack.
   */
  #tuple({ url, component: components = [] }: Definition, element: Leaf, resourceType: string): string {
    const parts = components.map(({ definition, expression }, index) => {
      const into = `part${index}`;
      const read = (leaf: Leaf): string => this.readers.statement(this.#definition(definition), leaf, into);
      const spelt = expression.replace(/\((\w+)\)/g, (whole, type: string) => (type in spelling ? `(${spelling[type]})` : whole));
      const statements = new ExpressionCompiler(this.#elements, read).compileComponent(spelt, element, resourceType);
      if (statements.every((statement) => statement === '')) throw new Error(`A component of ${url} has no values.`);
      return `const ${into} = []; ${statements.filter(Boolean).join(' ')} if (${into}.length === 0) break tuple;`;
    });
    const names = components.map((_, index) => `part${index}`);
    return `tuple: { ${parts.toReversed().join(' ')} values.push({ kind: 'composite', components: [${names.join(', ')}] }); }`;
  }

  #definition(url: string): Definition {
    const definition = this.#byUrl.get(url);
    if (definition === undefined) throw new Error(`The component ${url} is not among the definitions.`);
    return definition;
  }
}

/** A parameter of all resources applies to each type; `DomainResource` to all but three, which have no narrative. */
function typesOf(parameter: Definition, elements: ElementTypes): readonly string[] {
  if (parameter.base.includes('Resource')) return elements.resourceTypes;
  if (!parameter.base.includes('DomainResource')) return parameter.base;
  return elements.resourceTypes.filter((type) => !['Binary', 'Bundle', 'Parameters'].includes(type));
}

const notice = '// Generated by scripts/generate-definitions.ts from the FHIR R4 definitions. Do not edit.\n';

// JavaScript with declarations beside it: Node strips types from a file of this size in a third of a second, at each start.

/** One row a parameter, its URL without the part that all share, and the rows of each resource type. */
function tableSource(parameters: readonly Definition[], elements: ElementTypes): string {
  const positions = new Map(parameters.map(({ url }, index) => [url, index]));
  const rows = parameters.map((parameter) => {
    const row = [parameter.code, parameter.type, parameter.url.slice(urlBase.length), targetsOf(parameter, elements)];
    const components = parameter.component?.map(({ definition }) => positions.get(definition));
    return components === undefined ? row : [...row, components];
  });
  const indexes = elements.resourceTypes.map((resourceType) => [
    resourceType,
    [...parameters.keys()].filter((index) => typesOf(parameters[index]!, elements).includes(resourceType)),
  ]);
  const table = { rows, indexes: Object.fromEntries(indexes) };
  return `${notice}
import { unpackedText } from '../packed-text.ts';

const { rows, indexes } = JSON.parse(unpackedText(${quote(packedText(JSON.stringify(table)))}));
const component = ([code, type, , targets]) => ({ code, type, targets });
export const searchParameters = rows.map(([code, type, id, targets, components]) => {
  const parameter = { code, type, url: ${quote(urlBase)} + id, targets };
  if (components !== undefined) parameter.components = components.map((index) => component(rows[index]));
  return parameter;
});
export const parameterIndexes = indexes;
`;
}

/** A reference to anything lists all types but the one it cannot be to, Parameters; here it lists none. */
function targetsOf({ url, target }: Definition, elements: ElementTypes): readonly string[] {
  const targets = officialTargets[url] ?? target ?? [];
  const any = elements.resourceTypes.every((resourceType) => resourceType === 'Parameters' || furtherTypes.includes(resourceType) || targets.includes(resourceType));
  return any ? [] : targets;
}

const tableDeclarations = `${notice}import type { SearchParameter } from '../search/values.ts';

/** All base search parameters of R4. */
export const searchParameters: readonly SearchParameter[];
/** Of each resource type its parameters, as indexes into \`searchParameters\`. */
export const parameterIndexes: Readonly<Record<string, readonly number[]>>;
`;

function familiesSource(readings: Readonly<Record<string, readonly Reading[]>>): string {
  const rows = Object.keys(readings).toSorted().map((resourceType) => {
    const families = Object.entries(sharedFamilies(readings[resourceType]!)).map(([code, family]) => `${quote(code)}: ${quote(family)}`);
    return families.length === 0 ? '' : `  ${resourceType}: { ${families.join(', ')} },\n`;
  });
  return `${notice}
/** Of each resource type the parameters whose elements a wider parameter reads as well, and that parameter. */
export const sharedFamilies: Readonly<Record<string, Readonly<Record<string, string>>>> = {
${rows.join('')}};
`;
}

function extractionSource(named: ReadonlyMap<string, string>, byType: Readonly<Record<string, readonly string[]>>): string {
  const functions = [...named].map(([body, name]) => `const ${name} = (resource, values) => { ${body} };`);
  const types = Object.keys(byType).toSorted().map((resourceType) => `  ${resourceType}: [${byType[resourceType]!.join(', ')}],`);
  return `${notice}${modules.map((name) => `import * as ${name} from '../search/kinds/${name}.ts';\n`).join('')}
const none = [];
function list(element) {
  return Array.isArray(element) ? element : element === undefined || element === null ? none : [element];
}

${functions.join('\n')}

export const extractors = {
${types.join('\n')}
};
`;
}

const extractionDeclarations = `${notice}import type { Resource } from '../resource.ts';
import type { SearchValue } from '../search/values.ts';

/** Adds what one search parameter finds in a resource, in document order. Never throws, whatever the shape of the resource. */
export type Extractor = (resource: Resource, values: SearchValue[]) => void;

/** Of each resource type the extractors, each with the index of its parameter in \`searchParameters\`. */
export const extractors: Readonly<Record<string, readonly (readonly [parameter: number, extract: Extractor])[]>>;
`;
