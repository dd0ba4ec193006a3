/**
 * Chains, `_has` and includes over the loaded population, each beside what a scan of the bundles finds
 * (https://hl7.org/fhir/R4/search.html#chaining, #has, #revinclude).
 */
import type { LoadedPopulation, LoadedResource } from './population.ts';
import type { Random } from './random.ts';

export interface JoinedSearch {
  readonly label: string;
  /** Type and query, encoded, without `_count`. */
  readonly query: string;
  /** `Type/id` of all matches. */
  readonly matches: ReadonlySet<string>;
}

/** The parts of a resource that the scan looks at. */
interface Linked {
  readonly name?: readonly { readonly family?: string }[];
  readonly code?: { readonly coding?: readonly { readonly code?: string }[] };
  readonly subject?: { readonly reference?: string };
  readonly encounter?: { readonly reference?: string };
  readonly type?: readonly { readonly coding?: readonly { readonly code?: string }[] }[];
}

const linked = ({ resource }: LoadedResource) => resource as unknown as Linked;
const nameOf = ({ type, id }: LoadedResource) => `${type}/${id}`;
/** Different values asked for each kind. */
const variants = 10;

export function joinedSearches(loaded: LoadedPopulation, random: Random): JoinedSearch[] {
  const byType = Map.groupBy(loaded.resources, ({ type }) => type);
  const of = (type: string): readonly LoadedResource[] => byType.get(type) ?? [];
  const byUrl = new Map(loaded.resources.map((one) => [one.fullUrl, one]));
  const targetOf = (reference: { readonly reference?: string } | undefined) => byUrl.get(reference?.reference ?? '');
  const search = (label: string, query: string, matches: readonly (LoadedResource | undefined)[]): JoinedSearch => ({
    label, query, matches: new Set(matches.filter((one) => one !== undefined).map(nameOf)),
  });
  const families = of('Patient').map((patient) => linked(patient).name?.[0]?.family).filter((one) => one !== undefined && /^[A-Za-z]+\d*$/.test(one)) as string[];
  const codes = of('Condition').map(codeOf);
  const observed = of('Observation').map(codeOf);
  const some = (make: () => JoinedSearch) => Array.from({ length: variants }, make);
  return [
    ...some(() => {
      const family = random.pick(families);
      const isNamed = (one: LoadedResource | undefined) => one !== undefined && (linked(one).name ?? []).some((name) => name.family?.toLowerCase() === family.toLowerCase());
      return search('chain', `Encounter?subject:Patient.family:exact=${family}`, of('Encounter').filter((one) => isNamed(targetOf(linked(one).subject))));
    }),
    ...some(() => {
      const family = random.pick(families);
      const isNamed = (one: LoadedResource | undefined) => one !== undefined && (linked(one).name ?? []).some((name) => name.family === family);
      const matches = of('Observation').filter((one) => isNamed(targetOf(linked(targetOf(linked(one).encounter) ?? one).subject)) && linked(one).encounter !== undefined);
      return search('chain of two', `Observation?encounter:Encounter.subject:Patient.family:exact=${family}`, matches);
    }),
    ...some(() => {
      const code = random.pick(codes);
      return search('_has', `Patient?_has:Condition:patient:code=${code}`, of('Condition').filter((one) => hasCode(one, code)).map((one) => targetOf(linked(one).subject)));
    }),
    ...some(() => {
      const code = random.pick(observed);
      const encounters = of('Observation').filter((one) => hasCode(one, code)).map((one) => targetOf(linked(one).encounter)).filter((one) => one !== undefined);
      return search('_has, nested', `Patient?_has:Encounter:patient:_has:Observation:encounter:code=${code}`, encounters.map((one) => targetOf(linked(one).subject)));
    }),
    ...some(() => {
      const patient = random.pick(of('Patient'));
      const matches = of('Encounter').filter((one) => linked(one).subject?.reference === patient.fullUrl);
      return search('_include', `Encounter?patient=${patient.id}&_include=Encounter:participant&_include=Encounter:service-provider`, matches);
    }),
    ...some(() => {
      const patient = random.pick(of('Patient'));
      const matches = of('Encounter').filter((one) => linked(one).subject?.reference === patient.fullUrl);
      return search('_revinclude', `Encounter?patient=${patient.id}&_revinclude=Condition:encounter&_revinclude=Procedure:encounter`, matches);
    }),
  ].filter(({ matches, label }) => matches.size > 0 || label.startsWith('_has'));
}

function codeOf(one: LoadedResource): string {
  return linked(one).code?.coding?.[0]?.code ?? '';
}

function hasCode(one: LoadedResource, code: string): boolean {
  return (linked(one).code?.coding ?? []).some((coding) => coding.code === code);
}
