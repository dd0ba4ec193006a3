/**
 * capabilities: what this server offers, made from the operations table and the search parameters that the data store has
 * at the moment (https://hl7.org/fhir/R4/http.html#capabilities). What is not listed is refused.
 */
import type { JsonObject } from '../fhir/json.ts';
import { notSupported } from '../fhir/outcome.ts';
import { compartmentNames } from '../fhir/search/compartments.ts';
import { entityParameterNames, isEntityParameter } from '../fhir/search/note-entities.ts';
import { isSupported } from '../fhir/search/parameters.ts';
import type { SearchParameters } from '../fhir/search/parameters.ts';
import { modifiersOf } from '../fhir/search/parse-clause.ts';
import { mayReferTo, referencesOf } from '../fhir/search/parse-include.ts';
import type { SearchParameter, SearchParameterType } from '../fhir/search/values.ts';
import type { Operation, StoreOf } from './operation.ts';
import { parseParameters, refuseOthers, single } from './parameters.ts';
import { routedTypes } from './route.ts';
import { subset, subsetParameters } from './subset.ts';
import { operationNames, table } from './table.ts';
import type { OperationName } from './table.ts';

/** The version of the package, told to clients (a test holds it to package.json). */
export const softwareVersion = '0.1.0';

/** When what is told here last changed, as CapabilityStatement.date wants it. */
export const statementDate = '2026-11-22';

/** Base URLs under which one data store is reached: a name or two. Beyond it the text is made anew. */
const maxRememberedBases = 64;

export function capabilities({ store }: StoreOf<'searchParameters'>): Operation {
  // Stores give the same parameters as long as none was added or taken away.
  const texts = new WeakMap<SearchParameters, Map<string, string>>();
  const statement = (baseUrl: string, searchParameters: SearchParameters): string => {
    const known = texts.get(searchParameters) ?? new Map<string, string>();
    texts.set(searchParameters, known);
    const text = known.get(baseUrl) ?? JSON.stringify(capabilityStatement(baseUrl, searchParameters));
    if (known.size < maxRememberedBases) known.set(baseUrl, text);
    return text;
  };
  return async ({ baseUrl, query }) => {
    const parameters = parseParameters(query);
    refuseOthers(parameters, ['mode', ...subsetParameters]);
    const mode = single(parameters, 'mode') ?? 'full';
    if (mode !== 'full') throw notSupported('The only mode of the CapabilityStatement here is full.');
    return { status: 200, headers: {}, json: subset(parameters)(statement(baseUrl, await store.searchParameters())) };
  };
}

/** @param baseUrl of the data store, without a slash at the end */
export function capabilityStatement(baseUrl: string, searchParameters: SearchParameters): JsonObject {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: statementDate,
    publisher: 'Caldera',
    kind: 'instance',
    instantiates: ['http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data'],
    software: { name: 'Caldera', version: softwareVersion },
    implementation: { description: 'Caldera FHIR R4 data store', url: baseUrl },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'application/json', 'json'],
    patchFormat: ['application/json-patch+json', 'application/fhir+json'],
    rest: [
      {
        mode: 'server',
        documentation:
          'Search parameters that are not listed are refused with 400, or passed over under Prefer: handling=lenient. ' +
          'Conditional create, update, patch and delete are offered; a conditional delete with _count deletes up to so many (1 to 1000). ' +
          'Search answers see every write acknowledged before the search began. ' +
          'Results are shaped by _sort, _count (0 to 1000), _total, _summary, _elements, _include, _revinclude (both also with :iterate), _contained and _containedType; _explain=true tells how they were found. ' +
          'References may be chained (subject:Patient.name), and _has asks for what refers to a resource, to ten references deep. ' +
          'SearchParameter resources that are stored here are searchable after POST [base]/$reindex, and listed from then on. ' +
          '$export follows Bulk Data Access 3.0.0 and takes HealthLake\'s body too; organizeOutputBy takes Patient. ' +
          'POST [base]/DocumentReference/$enrich?… reads the notes of what the search finds; GET DocumentReference/[id]/$de-identify answers a copy without what tells who it is about. ' +
          'POST [base]/sql answers a question in SQL, over tables of all resources and their histories. ' +
          '$viewdefinition-run and $viewdefinition-export give the rows of ViewDefinitions of SQL on FHIR v2, as ndjson, json, csv and parquet. ' +
          'POST [base]/$import imports files from buckets in bulk, by the manifest of the Bulk Data Import proposal. ' +
          'Across types a search takes _type and the parameters that all of the types have; ' +
          'Patient/[id]/[type]?… and its like search in a compartment, Patient/[id]/*?… over all of its types.',
        resource: routedTypes.map((type) => resourceEntry(type, searchParameters)),
        searchParam: commonSearchParams(searchParameters),
        interaction: systemInteractions(),
        operation: [{ name: 'export', definition: bulkDefinition('export') }, ...viewOperations],
        compartment: compartmentNames.map((name) => `http://hl7.org/fhir/CompartmentDefinition/${name[0]!.toLowerCase()}${name.slice(1)}`),
      },
    ],
  };
}

/** The table's operations that FHIR counts among a type's, with their codes. */
const typeInteractions: readonly OperationName[] = ['read', 'vread', 'update', 'patch', 'delete', 'history-instance', 'history-type', 'create', 'search-type'];

function offered(names: readonly OperationName[]): JsonObject[] {
  return names.filter((name) => table[name].routes.length > 0).map((code) => ({ code }));
}

function systemInteractions(): JsonObject[] {
  return [{ code: 'transaction' }, { code: 'batch' }, ...offered(['history-system', 'search-system'])];
}

function resourceEntry(type: string, searchParameters: SearchParameters): JsonObject {
  return {
    type,
    profile: `http://hl7.org/fhir/StructureDefinition/${type}`,
    interaction: offered(typeInteractions),
    versioning: 'versioned',
    readHistory: true,
    updateCreate: true,
    conditionalCreate: true,
    conditionalRead: 'full-support',
    conditionalUpdate: true,
    conditionalDelete: 'single',
    referencePolicy: ['literal', 'logical'],
    ...operationsOf(type),
    searchInclude: searchIncludes(type, searchParameters),
    searchRevInclude: searchRevIncludes(type, searchParameters),
    searchParam: [...[...searchParameters.of(type).values()].filter(isSupported).map(searchParam), ...withoutDefinition, ...ofNotes(type), reverseChaining],
  };
}

/** The operations of a type: `$everything`, by its definition in R4, the type's level of `$export`, by that of Bulk Data Access, and those on views. */
function operationsOf(type: string): JsonObject {
  const names = operationNames.filter((name) => table[name].types?.includes(type));
  const operation: JsonObject[] = names.map((name) => ({ name, definition: `http://hl7.org/fhir/OperationDefinition/${type}-${name}` }));
  const level = table['start-export'].routes.find(({ types }) => types?.includes(type));
  if (level !== undefined) operation.push({ name: 'export', definition: bulkDefinition(`${type.toLowerCase()}-export`) });
  if (type === 'ViewDefinition') operation.push(...viewOperations);
  return operation.length === 0 ? {} : { operation };
}

/** https://build.fhir.org/ig/FHIR/sql-on-fhir-v2/operations-capability.html */
const viewOperations: readonly JsonObject[] = ['viewdefinition-run', 'viewdefinition-export']
  .map((name) => ({ name, definition: `http://sql-on-fhir.org/OperationDefinition/$${name}` }));

function bulkDefinition(id: string): string {
  return `http://hl7.org/fhir/uv/bulkdata/OperationDefinition/${id}`;
}

/** What a search across types may always ask (https://hl7.org/fhir/R4/capabilitystatement-definitions.html#CapabilityStatement.rest.searchParam). */
function commonSearchParams(searchParameters: SearchParameters): JsonObject[] {
  const [first, ...others] = routedTypes.map((type) => searchParameters.of(type));
  const common = [...first!.values()].filter((one) => isSupported(one) && others.every((each) => each.has(one.code)));
  return [...common.map(searchParam), ...withoutDefinition];
}

/** Asked of one type: what refers to resources of several types seldom does so by the same parameter. */
const reverseChaining: JsonObject = {
  name: '_has', type: 'special', documentation: '_has:[type]:[reference]:[parameter], https://hl7.org/fhir/R4/search.html#has',
};

/** Parameters of every search for which R4 has no SearchParameter. */
const withoutDefinition: readonly JsonObject[] = [
  { name: '_filter', type: 'special', documentation: 'https://hl7.org/fhir/R4/search_filter.html' },
  { name: '_list', type: 'special', documentation: 'Ids of Lists that are stored here.' },
];

/** HealthLake's, of what was read in a note. */
function ofNotes(type: string): readonly JsonObject[] {
  return entityParameterNames.filter((name) => isEntityParameter(type, name)).map((name) => ({
    name, type: 'special', documentation: 'https://docs.aws.amazon.com/healthlake/latest/devguide/search-parameters-med.html',
  }));
}

/** What may be brought along with resources of the type (https://hl7.org/fhir/R4/search.html#revinclude). */
function searchIncludes(type: string, searchParameters: SearchParameters): string[] {
  return ['*', `${type}:*`, ...referencesOf(type, searchParameters).map(({ code }) => `${type}:${code}`)];
}

/**
 * References that say which types they are to. Of the eighty parameters that may refer to anything the one is listed that
 * clients look for: all of them would make the statement half as long again.
 */
function searchRevIncludes(type: string, searchParameters: SearchParameters): string[] {
  const named = routedTypes.flatMap((source) => referencesOf(source, searchParameters)
    .filter((parameter) => parameter.targets.length > 0 && mayReferTo(parameter, type)).map(({ code }) => `${source}:${code}`));
  return ['*', 'Provenance:target', ...named];
}

function searchParam(parameter: SearchParameter): JsonObject {
  const { code, url, type } = parameter;
  const documentation = [modifiers(parameter), prefixes(parameter)].filter((part) => part !== '').join(' ');
  return { name: code, definition: url, type, ...(documentation === '' ? {} : { documentation }) };
}

function modifiers(parameter: SearchParameter): string {
  const names = modifiersOf(parameter).map((modifier) => `:${modifier}`);
  const all = parameter.type === 'reference' ? [...names, ':[type]'] : names;
  return all.length === 0 ? '' : `Modifiers: ${all.join(', ')}.`;
}

/** https://hl7.org/fhir/R4/search.html#prefix */
const prefixed: ReadonlySet<SearchParameterType> = new Set(['number', 'date', 'quantity']);

function prefixes({ type }: SearchParameter): string {
  return prefixed.has(type) ? 'Prefixes: eq, ne, gt, lt, ge, le, sa, eb, ap.' : '';
}
