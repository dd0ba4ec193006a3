/**
 * Generates the table of R4's search parameters and the functions that extract their values
 * (https://hl7.org/fhir/R4/searchparameter-registry.html).
 */
import type { SearchParameterType } from '../../src/fhir/search/values.ts';
import { definitions, ElementTypes } from './element-types.ts';
import { branchesOf, ExpressionCompiler, quote, type Leaf } from './search-expression.ts';
import { sharedFamilies, type Reading } from './shared-families.ts';

interface Definition {
  readonly url: string;
  readonly code: string;
  readonly type: SearchParameterType;
  readonly base: readonly string[];
  readonly expression?: string;
  readonly target?: readonly string[];
}

interface ValueSet {
  readonly resourceType: string;
  readonly url: string;
  readonly compose?: { readonly include: readonly { readonly system?: string; readonly valueSet?: readonly string[] }[] };
}

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

/** The kinds whose values are extracted, and for each the function in `src/fhir/search/kinds` that reads an element type. */
const readers: Readonly<Partial<Record<SearchParameterType, Readonly<Record<string, string>>>>> = {
  token: {
    CodeableConcept: 'fromCodeableConcept', Coding: 'fromCoding', Identifier: 'fromIdentifier', ContactPoint: 'fromContactPoint',
    code: 'fromCode', boolean: 'fromBoolean', string: 'fromString',
    id: 'fromUri', uri: 'fromUri', url: 'fromUri', canonical: 'fromUri', oid: 'fromUri', uuid: 'fromUri',
  },
  reference: { Reference: 'fromReference', canonical: 'fromCanonical', uri: 'fromCanonical', url: 'fromCanonical', Resource: 'fromResource' },
  string: {
    string: 'fromString', markdown: 'fromString', code: 'fromString', uri: 'fromString',
    HumanName: 'fromHumanName', Address: 'fromAddress', Annotation: 'fromAnnotation',
  },
  date: { date: 'fromDateTime', dateTime: 'fromDateTime', instant: 'fromDateTime', Period: 'fromPeriod', Timing: 'fromTiming' },
};

export interface Report {
  /** Base search parameters of R4. */
  readonly parameters: number;
  /** Branches of expressions, one per resource type they apply to; all of them compile or `generate` throws. */
  readonly branches: number;
  /** `kind of Type: path` for each element that a parameter of a supported kind selects and that has no value of that kind. */
  readonly withoutValue: readonly string[];
  /** Parameters of a supported kind that never have a value, as `Type.code`. */
  readonly withoutExtraction: readonly string[];
}

/** The sources by file name, for `src/fhir/definitions`. */
export function generate(): Record<string, string> {
  return compileAll().files;
}

export function compileAll(): { readonly files: Record<string, string>; readonly report: Report } {
  const elements = new ElementTypes();
  const parameters = definitions<Definition>('search-parameters.json').filter(({ url }) => !additions.has(url));
  const implied = impliedSystems();
  const withoutValue = new Set<string>();
  const withoutExtraction: string[] = [];
  let branches = 0;
  const functions: string[] = [];
  const byType: Record<string, string[]> = {};
  const readings: Record<string, Reading[]> = {};

  const compileFor = (parameter: Definition, resourceType: string): readonly string[] => {
    const statement = (leaf: Leaf) => {
      const reading = read(parameter, leaf, implied(elements.requiredValueSet(leaf.position.path)));
      if (reading === undefined) withoutValue.add(`${parameter.type} of ${leaf.position.type}: ${leaf.position.path}`);
      return reading ?? '';
    };
    const compiler = new ExpressionCompiler(elements, statement);
    const own = branchesOf(parameter.expression ?? '', resourceType);
    branches += own.length;
    return [...new Set(own.map((branch) => compiler.compile(branch, resourceType)))].filter(Boolean);
  };

  for (const [index, parameter] of parameters.entries()) {
    for (const resourceType of typesOf(parameter, elements)) {
      const compiled = compileFor(parameter, resourceType);
      const body = compiled.join(' ');
      const extracted = readers[parameter.type] !== undefined && parameter.expression !== undefined;
      if (extracted && body === '') withoutExtraction.push(`${resourceType}.${parameter.code}`);
      if (!extracted || body === '') continue;
      const shared = parameter.base[0] === 'Resource';
      const name = shared ? `Resource${parameter.code}` : `${resourceType}_${parameter.code.replaceAll('-', '_')}`;
      if (!shared || resourceType === elements.resourceTypes[0]) functions.push(`const ${name} = (resource, values) => { ${body} };`);
      (byType[resourceType] ??= []).push(`[${index}, ${name}]`);
      (readings[resourceType] ??= []).push({ code: parameter.code, kind: parameter.type, branches: compiled });
    }
  }
  return {
    files: {
      'search-parameters.mjs': tableSource(parameters, elements),
      'search-parameters.d.mts': tableDeclarations,
      'search-extraction.mjs': extractionSource(functions, byType),
      'search-extraction.d.mts': extractionDeclarations,
      'shared-families.ts': familiesSource(readings),
    },
    report: { parameters: parameters.length, branches, withoutValue: [...withoutValue], withoutExtraction },
  };
}

/** A parameter of all resources applies to each type; `DomainResource` to all but three, which have no narrative. */
function typesOf(parameter: Definition, elements: ElementTypes): readonly string[] {
  if (parameter.base.includes('Resource')) return elements.resourceTypes;
  if (!parameter.base.includes('DomainResource')) return parameter.base;
  return elements.resourceTypes.filter((type) => !['Binary', 'Bundle', 'Parameters'].includes(type));
}

/** The statement that reads one element; none for a kind that is not extracted, `undefined` for a type without a value. */
function read(parameter: Definition, leaf: Leaf, impliedSystem: string | undefined): string | undefined {
  const kind = readers[parameter.type];
  if (kind === undefined) return '';
  const { expression, position, target } = leaf;
  const reader = kind[position.type];
  if (reader === undefined) return undefined;
  const further = furtherArguments(reader, { impliedSystem, target, targets: parameter.target ?? [] });
  return `${parameter.type}.${reader}(values, ${[expression, ...further.map(quote)].join(', ')});`;
}

interface Known {
  readonly impliedSystem: string | undefined;
  readonly target: string | undefined;
  readonly targets: readonly string[];
}

function furtherArguments(reader: string, { impliedSystem, target, targets }: Known): readonly string[] {
  if (reader === 'fromCode') return impliedSystem === undefined ? [] : [impliedSystem];
  if (reader === 'fromResource') return targets;
  return target === undefined ? [] : [target];
}

/** From a value set's URL to the one code system it draws from; `undefined` when there are several. */
function impliedSystems(): (valueSet: string | undefined) => string | undefined {
  const systems = new Map<string, string>();
  for (const { resourceType, url, compose } of definitions<ValueSet>('valuesets.json')) {
    if (resourceType !== 'ValueSet' || compose === undefined) continue;
    const included = new Set(compose.include.map(({ system, valueSet }) => (valueSet === undefined ? system : undefined)));
    const [system] = included;
    if (included.size === 1 && system !== undefined) systems.set(url, system);
  }
  return (valueSet) => (valueSet === undefined ? undefined : systems.get(valueSet));
}

const notice = '// Generated by scripts/generate-definitions.ts from the FHIR R4 definitions. Do not edit.\n';

// JavaScript with declarations beside it: Node strips types from a file of this size in a third of a second, at each start.

/** One row a parameter, its URL without the part that all share; as JSON, which is parsed faster than literals. */
function tableSource(parameters: readonly Definition[], elements: ElementTypes): string {
  const rows = parameters.map((parameter) => {
    const targets = officialTargets[parameter.url] ?? parameter.target ?? [];
    // A reference to anything lists all types but the one it cannot be to, Parameters.
    const any = elements.resourceTypes.every((resourceType) => resourceType === 'Parameters' || targets.includes(resourceType));
    return [parameter.code, parameter.type, parameter.url.slice(urlBase.length), any ? [] : targets];
  });
  const indexes = elements.resourceTypes.map((resourceType) => [
    resourceType,
    [...parameters.keys()].filter((index) => typesOf(parameters[index]!, elements).includes(resourceType)),
  ]);
  return `${notice}
const rows = JSON.parse(${quote(JSON.stringify(rows))});
export const searchParameters = rows.map(([code, type, id, targets]) => ({ code, type, url: ${quote(urlBase)} + id, targets }));
export const parameterIndexes = JSON.parse(${quote(JSON.stringify(Object.fromEntries(indexes)))});
`;
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

function extractionSource(functions: readonly string[], byType: Readonly<Record<string, readonly string[]>>): string {
  const types = Object.keys(byType).toSorted().map((resourceType) => `  ${resourceType}: [${byType[resourceType]!.join(', ')}],`);
  return `${notice}import * as date from '../search/kinds/date.ts';
import * as reference from '../search/kinds/reference.ts';
import * as string from '../search/kinds/string.ts';
import * as token from '../search/kinds/token.ts';

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
