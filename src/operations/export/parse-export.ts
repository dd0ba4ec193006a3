/**
 * What is asked of `$export`, in the URL or in a Parameters resource that is posted
 * (https://hl7.org/fhir/uv/bulkdata/export.html#query-parameters, version 3.0.0; commas are read as version 2.0 has them).
 *
 * What is not offered is refused, or under `Prefer: handling=lenient` left out and told of in the manifest's `error`; what
 * is malformed is refused in either case: to leave it out would export what nobody asked for. Words name parameters and
 * types, never a value.
 */
import { badRequest, FhirError, notSupported } from '../../fhir/outcome.ts';
import { dateInterval } from '../../fhir/search/date-interval.ts';
import { parseReference } from '../../fhir/search/kinds/reference.ts';
import type { SearchParameters } from '../../fhir/search/parameters.ts';
import { isResourceType, structureOf } from '../../fhir/structures.ts';
import { compartmentTypes } from '../../fhir/search/compartments.ts';
import { servedParameters } from '../parameters.ts';
import type { Parameter } from '../parameters.ts';
import { routedTypes } from '../route.ts';
import { associatedData, maxTypeFilters, organizers } from './export-job.ts';
import type { AssociatedData, ElementChoice, ExportLevel, ExportRequest, Organizer } from './export-job.ts';
import { checkTypeFilter, splitTypeFilters } from './type-filter-syntax.ts';

/** Patients by name in one request: their ids are kept in the record of the job, which has room for 400 kB. */
export const maxNamedPatients = 4000;
/** Elements, tags and labels in one request: more than any type has elements. */
const maxListed = 200;

export interface AskedContext {
  readonly level: ExportLevel;
  readonly method: string;
  readonly baseUrl: string;
  /** Those that the store has at this moment. */
  readonly searchParameters: SearchParameters;
  /** False: what is not offered is left out. */
  readonly strict: boolean;
}

/** The wishes of a request, without whom it is about and where its files go. */
export type ExportWishes = Omit<ExportRequest, 'level' | 'group' | 'output' | 'baseUrl'>;

export interface AskedExport {
  readonly wishes: ExportWishes;
  /** What was left out, a sentence each. */
  readonly ignored: readonly string[];
}

/** A request in the reading. */
interface Reading extends AskedContext {
  readonly parameters: readonly Parameter[];
  readonly ignored: string[];
}

const offered = [
  '_outputFormat', '_since', '_until', '_type', '_typeFilter', '_elements', 'patient', 'includeAssociatedData', 'organizeOutputBy',
  'allowPartialManifests', '_security', '_tag',
] as const;
const known: ReadonlySet<string> = new Set(offered);

/** @throws FhirError 400 for what is malformed, and for what is not offered unless it may be left out */
export function askedExport(all: readonly Parameter[], context: AskedContext): AskedExport {
  const reading: Reading = { ...context, parameters: all.filter(([, value]) => value !== ''), ignored: [] };
  passOverOthers(reading);
  readOutputFormat(reading);
  readPartialManifests(reading);
  const organizedBy = organizerOf(reading);
  const types = typesOf(reading, organizedBy);
  const typeFilters = typeFiltersOf(reading, types);
  const wishes: ExportWishes = {
    ...present('types', types),
    ...present('since', instantOf(reading, '_since')),
    ...present('until', instantOf(reading, '_until')),
    ...present('typeFilters', typeFilters),
    ...present('elements', elementsOf(reading)),
    ...present('patients', patientsOf(reading)),
    ...present('security', codingsOf(reading, '_security')),
    ...present('tags', codingsOf(reading, '_tag')),
    ...present('associated', associatedOf(reading)),
    ...present('organizedBy', organizedBy),
  };
  if (wishes.since !== undefined && wishes.until !== undefined && wishes.since >= wishes.until) throw badRequest('_until is not after _since.');
  return { wishes, ignored: reading.ignored };
}

function present<Name extends keyof ExportWishes>(name: Name, value: ExportWishes[Name]): Pick<ExportWishes, Name> | object {
  return value === undefined ? {} : { [name]: value };
}

/** @throws FhirError 400, unless what is not offered may be left out */
function leaveOut({ strict, ignored }: Reading, diagnostics: string): void {
  if (strict) throw notSupported(diagnostics);
  if (!ignored.includes(diagnostics)) ignored.push(diagnostics);
}

function passOverOthers(reading: Reading): void {
  for (const [name] of reading.parameters) {
    if (known.has(name) || servedParameters.has(name)) continue;
    const named = /^_?[A-Za-z][A-Za-z-]{0,63}$/.test(name) ? `The parameter ${name}` : 'One of the parameters';
    leaveOut(reading, `${named} is not supported by $export. It takes ${offered.join(', ')}.`);
  }
}

function valuesOf({ parameters }: Reading, name: string): readonly string[] {
  return parameters.flatMap(([each, value]) => (each === name ? [value] : []));
}

/** What is separated by commas counts like a repeated parameter. */
function listOf(reading: Reading, name: string, most = maxListed): readonly string[] {
  const listed = valuesOf(reading, name).flatMap((value) => value.split(',')).map((value) => value.trim()).filter((value) => value !== '');
  if (listed.length > most) throw badRequest(`${name} lists more than ${most} values.`);
  return listed;
}

function oneOf(reading: Reading, name: string): string | undefined {
  const [value, ...more] = valuesOf(reading, name);
  if (more.length > 0) throw badRequest(`The parameter ${name} may be sent only once.`);
  return value;
}

/** https://hl7.org/fhir/uv/bulkdata/export.html: the full type and two short spellings. A plus sign in a URL arrives as a space. */
const ndjsonNames: ReadonlySet<string> = new Set(['application/fhir+ndjson', 'application/ndjson', 'ndjson']);

function readOutputFormat(reading: Reading): void {
  const format = oneOf(reading, '_outputFormat');
  if (format === undefined || ndjsonNames.has(format.trim().toLowerCase().replaceAll(' ', '+'))) return;
  leaveOut(reading, 'The _outputFormat is not offered. Files are application/fhir+ndjson; application/ndjson and ndjson mean the same.');
}

function organizerOf(reading: Reading): Organizer | undefined {
  const value = oneOf(reading, 'organizeOutputBy');
  const organizer = organizers.find((one) => one === value);
  if (value !== undefined && organizer === undefined) {
    leaveOut(reading, `This value of organizeOutputBy is not supported. It takes ${organizers.join(', ')}; without it each file has resources of one type.`);
  }
  return organizer;
}

/** A permission that is not made use of: manifests are whole. */
function readPartialManifests(reading: Reading): void {
  const value = oneOf(reading, 'allowPartialManifests');
  if (value !== undefined && value !== 'true' && value !== 'false') throw badRequest('allowPartialManifests is true or false.');
}

/** A day stands for its first instant. In a URL the plus sign of a time zone arrives as a space. */
function instantOf(reading: Reading, name: '_since' | '_until'): number | undefined {
  const value = oneOf(reading, name);
  if (value === undefined) return undefined;
  const interval = dateInterval(value.replace(' ', '+'));
  if (interval === undefined) throw badRequest(`${name} is an instant, as 2024-01-31T10:00:00Z.`);
  return interval.low;
}

const stored: ReadonlySet<string> = new Set(routedTypes);

function typesOf(reading: Reading, organizedBy: Organizer | undefined): readonly string[] | undefined {
  const listed = [...new Set(listOf(reading, '_type', routedTypes.length))];
  if (listed.length === 0) return undefined;
  const types = listed.filter((type) => stored.has(type));
  if (types.length < listed.length) {
    leaveOut(reading, '_type lists resource types of FHIR R4 that are stored, separated by commas, as in _type=Patient,Observation. One of those given is none.');
  }
  if (types.length === 0) throw badRequest('_type names no resource type of FHIR R4.');
  if ((reading.level !== 'system' || organizedBy !== undefined) && !types.some((type) => compartmentTypes('Patient').includes(type))) {
    leaveOut(reading, 'None of the types of _type is ever in the compartment of a patient. Ask for them at [base]/$export, without organizeOutputBy.');
  }
  return types.toSorted();
}

function typeFiltersOf(reading: Reading, types: readonly string[] | undefined): readonly string[] | undefined {
  const sent = valuesOf(reading, '_typeFilter').flatMap(splitTypeFilters);
  if (sent.length > maxTypeFilters) throw badRequest(`There are more than ${maxTypeFilters} searches in _typeFilter.`);
  const kept = sent.filter((filter) => {
    try {
      checkTypeFilter(filter, { ...reading, types });
      return true;
    } catch (error) {
      if (!(error instanceof FhirError) || error.status !== 400) throw error;
      leaveOut(reading, error.message);
      return false;
    }
  });
  return kept.length === 0 ? undefined : kept;
}

function elementsOf(reading: Reading): readonly ElementChoice[] | undefined {
  const listed = listOf(reading, '_elements');
  if (listed.length === 0) return undefined;
  const chosen = listed.flatMap((text) => elementOf(text) ?? []);
  if (chosen.length < listed.length) {
    leaveOut(reading, '_elements lists elements of a resource’s root, as in _elements=id,Patient.birthDate. One of those given is none.');
  }
  return chosen.length === 0 ? undefined : chosen;
}

const elementPattern = /^(?:([A-Z][A-Za-z]*)\.)?([a-z][A-Za-z]*)$/;

function elementOf(text: string): ElementChoice | undefined {
  const [, type, name] = elementPattern.exec(text) ?? [];
  if (name === undefined) return undefined;
  if (type === undefined) return { name };
  return isResourceType(type) && hasElement(type, name) ? { type, name } : undefined;
}

function hasElement(type: string, name: string): boolean {
  const elements = structureOf(type)?.elements;
  return elements !== undefined && (elements.has(name) || [...elements.values()].some(({ baseName }) => baseName === name));
}

/** https://hl7.org/fhir/uv/bulkdata/export.html: references, in requests that are posted, and about patients. */
function patientsOf(reading: Reading): readonly string[] | undefined {
  const references = valuesOf(reading, 'patient');
  if (references.length === 0) return undefined;
  if (reading.level === 'system') {
    leaveOut(reading, 'The parameter patient is for exports of patients. Post it to [base]/Patient/$export or [base]/Group/[id]/$export.');
    return undefined;
  }
  if (reading.method !== 'POST') {
    leaveOut(reading, 'The parameter patient may only be posted, in a Parameters resource: URLs end up in logs.');
    return undefined;
  }
  if (references.length > maxNamedPatients) throw badRequest(`More than ${maxNamedPatients} patients are named. Make them members of a Group and export that.`);
  return [...new Set(references.map((reference) => patientId(reference, reading.baseUrl)))];
}

function patientId(reference: string, baseUrl: string): string {
  const criterion = parseReference(reference, baseUrl);
  const isLocal = criterion !== undefined && criterion.base === undefined && (criterion.type ?? 'Patient') === 'Patient';
  if (isLocal && criterion.id !== undefined) return criterion.id;
  throw badRequest('Each patient is a reference to a Patient that is stored here, as {"name":"patient","valueReference":{"reference":"Patient/1"}}.');
}

/** HealthLake's: all of them have to be there, so a comma separates nothing. */
function codingsOf(reading: Reading, name: '_security' | '_tag'): readonly string[] | undefined {
  const values = valuesOf(reading, name);
  if (values.length > maxListed) throw badRequest(`${name} is repeated more than ${maxListed} times.`);
  if (values.some((value) => !/^[^|]*\|[^|]+$/.test(value))) throw badRequest(`${name} is a system and a code, as ${name}=http://example.org/labels|a.`);
  return values.length === 0 ? undefined : values;
}

const associated: ReadonlySet<string> = new Set(associatedData);

function associatedOf(reading: Reading): readonly AssociatedData[] | undefined {
  const listed = listOf(reading, 'includeAssociatedData');
  const kept = [...new Set(listed)].filter((value) => associated.has(value)) as AssociatedData[];
  if (kept.length < new Set(listed).size) {
    leaveOut(reading, `A value of includeAssociatedData is not supported. It takes ${associatedData.join(', ')}.`);
  }
  return kept.length === 0 ? undefined : kept;
}
