/**
 * The searches of the search workload, each beside what it must find: a predicate over the resources as they were
 * loaded (https://hl7.org/fhir/R4/search.html). Answers are compared with a scan before anything is timed.
 */
import type { LoadedPopulation, LoadedResource } from './population.ts';
import type { Random } from './random.ts';

export interface Search {
  readonly label: string;
  /** Type and query, encoded, without `_count`. */
  readonly query: string;
  finds(candidate: LoadedResource): boolean;
}

/** The parts of a resource that the scan looks at. */
interface Clinical {
  readonly name?: readonly HumanName[];
  readonly gender?: string;
  readonly birthDate?: string;
  readonly code?: { readonly coding?: readonly { readonly system?: string; readonly code?: string }[] };
  readonly subject?: { readonly reference?: string };
  readonly effectiveDateTime?: string;
  readonly effectivePeriod?: { readonly end?: string };
  readonly valueQuantity?: { readonly value: number; readonly code?: string };
  readonly component?: readonly Pick<Clinical, 'code' | 'valueQuantity'>[];
}

interface HumanName {
  readonly family?: string;
  readonly given?: readonly string[];
  readonly prefix?: readonly string[];
  readonly suffix?: readonly string[];
  readonly text?: string;
}

const clinical = (candidate: LoadedResource) => candidate.resource as unknown as Clinical;
/** Patients whose Observations are this many are asked for code + patient: fewer tell nothing, more are rare. */
const observationsPerPatient = { least: 50, most: 500 };
/** Different values asked for each kind, so that no answer is served from one hot page. */
const variants = 10;
/** A year in the middle of what the population recorded. */
const since = '2014-01-01';

/** The mix of `targets.md`. */
export function mixedSearches(loaded: LoadedPopulation, random: Random): Search[] {
  const patients = ofType(loaded, 'Patient').filter(isUsual);
  const observations = ofType(loaded, 'Observation');
  const measured = observations.filter((observation) => ownUnits.has(clinical(observation).valueQuantity?.code ?? ''));
  const some = <T>(choices: readonly T[], make: (choice: T) => Search) => Array.from({ length: variants }, () => make(random.pick(choices)));
  return [
    ...some(patients, (patient) => nameSearch(firstFamily(patient).slice(0, 3))),
    { label: 'name miss', query: 'Patient?name=zzyzx', finds: () => false },
    ...some(patients, (patient) => nameContainsSearch(firstFamily(patient).slice(1, 4))),
    ...(['eq', 'ne', 'lt', 'gt'] as const).flatMap((prefix) => some(patients, (patient) => birthDateSearch(prefix, clinical(patient).birthDate!))),
    ...['female', 'male'].map((gender): Search => ({
      label: 'token gender',
      query: `Patient?gender=${gender}`,
      finds: (candidate) => candidate.type === 'Patient' && clinical(candidate).gender === gender,
    })),
    ...some(observations, (observation) => codeSearch(firstCode(observation))),
    ...some(patients, ({ id, fullUrl }): Search => ({
      label: 'reference',
      query: `Encounter?subject=Patient/${id}`,
      finds: (candidate) => candidate.type === 'Encounter' && clinical(candidate).subject?.reference === fullUrl,
    })),
    ...some(measured, (observation) => quantitySearch(measurement(observation))),
    ...some(measured, (observation) => codeQuantitySearch(firstCode(observation), measurement(observation))),
  ];
}

/** One patient's Observations of one code: patients with 50–500 Observations, codes that occur in them. */
export function codeAndPatientSearches(loaded: LoadedPopulation, random: Random): Search[] {
  const byPatient = Map.groupBy(ofType(loaded, 'Observation'), (observation) => clinical(observation).subject?.reference ?? '');
  const eligible = [...byPatient].filter(([, { length }]) => length >= observationsPerPatient.least && length <= observationsPerPatient.most);
  return Array.from({ length: variants * 3 }, () => {
    const [patient, observations] = random.pick(eligible);
    const { system, code } = firstCode(random.pick(observations));
    return {
      label: 'code + patient',
      query: `Observation?patient=${loaded.references.get(patient)!.slice('Patient/'.length)}&code=${encodeURIComponent(`${system}|${code}`)}`,
      finds: (candidate) =>
        candidate.type === 'Observation' && clinical(candidate).subject?.reference === patient && hasCode(candidate, code, system),
    };
  });
}

/** The commonest codes since a date. */
export function codeAndDateSearches(loaded: LoadedPopulation): Search[] {
  const counts = new Map<string, { count: number; coding: { system: string; code: string } }>();
  for (const observation of ofType(loaded, 'Observation')) {
    const coding = firstCode(observation);
    const known = counts.get(coding.code) ?? { count: 0, coding };
    counts.set(coding.code, { count: known.count + 1, coding });
  }
  const common = [...counts.values()].sort((one, other) => other.count - one.count).slice(0, variants);
  return common.map(({ coding: { system, code } }) => ({
    label: 'code + date',
    query: `Observation?code=${encodeURIComponent(`${system}|${code}`)}&date=ge${since}`,
    finds: (candidate) =>
      candidate.type === 'Observation' && hasCode(candidate, code, system) && reaches(clinical(candidate)),
  }));
}

function nameSearch(prefix: string): Search {
  const folded = prefix.toLowerCase();
  return {
    label: 'name',
    query: `Patient?name=${encodeURIComponent(prefix)}`,
    finds: (candidate) =>
      candidate.type === 'Patient' &&
      (clinical(candidate).name ?? []).some((name) => nameWords(name).some((word) => word.startsWith(folded))),
  };
}

function nameContainsSearch(part: string): Search {
  const folded = part.toLowerCase();
  return {
    label: 'name contains',
    query: `Patient?name:contains=${encodeURIComponent(part)}`,
    finds: (candidate) =>
      candidate.type === 'Patient' && (clinical(candidate).name ?? []).some((name) => nameWords(name).some((word) => word.includes(folded))),
  };
}

interface Measurement {
  readonly value: number;
  readonly unit: string;
}

function measurement(observation: LoadedResource): Measurement {
  const { value, code } = clinical(observation).valueQuantity!;
  // A tenth is finer than what forms ask for; the scan compares with the same number.
  return { value: Math.round(value * 10) / 10, unit: code! };
}

const ucum = 'http://unitsofmeasure.org';
/** Units that nothing else in a record converts to: the scan does not convert, as the server does. */
const ownUnits: ReadonlySet<string> = new Set(['kg', 'cm', 'kg/m2', 'mm[Hg]', 'Cel']);

/** What lies above a value in the unit it is written in: records of one population write one unit for one measurement. */
function quantitySearch({ value, unit }: Measurement): Search {
  return {
    label: 'quantity',
    query: `Observation?value-quantity=gt${value}${encodeURIComponent(`|${ucum}|${unit}`)}`,
    finds: (candidate) => candidate.type === 'Observation' && isAbove(clinical(candidate), { value, unit }),
  };
}

function codeQuantitySearch({ system, code }: { system: string; code: string }, { value, unit }: Measurement): Search {
  return {
    label: 'composite',
    query: `Observation?code-value-quantity=${encodeURIComponent(`${system}|${code}`)}$gt${value}${encodeURIComponent(`|${ucum}|${unit}`)}`,
    finds: (candidate) =>
      candidate.type === 'Observation' && hasCode(candidate, code, system) && isAbove(clinical(candidate), { value, unit }),
  };
}

function isAbove({ valueQuantity }: Clinical, { value, unit }: Measurement): boolean {
  return valueQuantity?.code === unit && valueQuantity.value > value;
}

function nameWords({ family, given = [], prefix = [], suffix = [], text }: HumanName): string[] {
  return [family, ...given, ...prefix, ...suffix, text].flatMap((part) => part?.toLowerCase().split(/[\s.-]+/) ?? []);
}

function birthDateSearch(prefix: 'eq' | 'ne' | 'lt' | 'gt', date: string): Search {
  const holds = {
    eq: (value: string) => value === date,
    ne: (value: string) => value !== date,
    lt: (value: string) => earliest(value) < date,
    gt: (value: string) => latest(value) > date,
  };
  return {
    label: `birthdate ${prefix}`,
    query: `Patient?birthdate=${prefix}${date}`,
    finds: (candidate) => candidate.type === 'Patient' && clinical(candidate).birthDate !== undefined && holds[prefix](clinical(candidate).birthDate!),
  };
}

/** Bounds of a date of day, month or year precision, as text that compares with whole dates. */
const earliest = (date: string) => date + '-00-00'.slice(date.length - 4);
const latest = (date: string) => date + '-99-99'.slice(date.length - 4);

/** Whether something was still going on, or happened, at or after `since`. */
function reaches({ effectiveDateTime, effectivePeriod }: Clinical): boolean {
  const end = effectiveDateTime ?? (effectivePeriod && (effectivePeriod.end ?? '9999'));
  if (end === undefined) return false;
  return end.length > 10 ? Date.parse(end) >= Date.parse(since) : latest(end) >= since;
}

function codeSearch({ code }: { code: string }): Search {
  return {
    label: 'token code',
    query: `Observation?code=${encodeURIComponent(code)}`,
    finds: (candidate) => candidate.type === 'Observation' && hasCode(candidate, code),
  };
}

/** With a name and a day of birth to ask for. */
function isUsual(patient: LoadedResource): boolean {
  return /^[A-Za-z]{3}/.test(firstFamily(patient)) && clinical(patient).birthDate?.length === 10;
}

function ofType(loaded: LoadedPopulation, type: string): LoadedResource[] {
  return loaded.resources.filter((candidate) => candidate.type === type);
}

function firstFamily(patient: LoadedResource): string {
  return clinical(patient).name?.[0]?.family ?? '';
}

function firstCode(candidate: LoadedResource): { system: string; code: string } {
  const { system = '', code = '' } = clinical(candidate).code?.coding?.[0] ?? {};
  return { system, code };
}

function hasCode(candidate: LoadedResource, code: string, system?: string): boolean {
  const codings = clinical(candidate).code?.coding ?? [];
  return codings.some((coding) => coding.code === code && (system === undefined || coding.system === system));
}
