/**
 * What is in a compartment, whatever its type, in the order of the clinical date
 * (https://hl7.org/fhir/R4/compartmentdefinition.html): the resource that names it, what has a date, the rest by creation.
 *
 * A patient's is one partition of the index. The others are read by reference, a partition for each type and parameter;
 * these are in the same order.
 */
import { notSupported } from '../fhir/outcome.ts';
import { compartmentConditions, compartmentParameters, type CompartmentType } from '../fhir/search/compartments.ts';
import { matchesQuery } from '../fhir/search/match.ts';
import type { SearchQuery } from '../fhir/search/search-query.ts';
import type { OrderedTable } from '../ports/ordered-table.ts';
import type { Met, SearchRequest } from './candidate-acceptance.ts';
import { openCursor, sealCursor } from './cursor.ts';
import type { CompartmentSearch, SearchPage, Sealer } from './data-store.ts';
import type { Family } from './entries.ts';
import { isFiled, partitions, patientCompartmentFamily, type EntryRules } from './entry-partitions.ts';
import { dateClasses } from './entry-positions.ts';
import { walkIndex, type Candidate, type IndexWalk, type Place, type Stage, type Walk } from './index-walk.ts';
import { afterAllKeys } from './order-preserving.ts';
import { walkedPage } from './search-pages.ts';
import type { Driver } from './search-plan.ts';
import { allTime, startRanges } from './search-plan-windows.ts';
import type { StoreContext } from './store-context.ts';
import { typeCode } from './type-code.ts';

/**
 * One page, which may be short, as that of any search: what is missing follows behind `next`. A patient's takes two
 * round trips: a page of the index and the resources.
 *
 * @throws FhirError 400 for a cursor that is not of this search
 */
export async function searchCompartment(
  { context, sealer }: { readonly context: StoreContext; readonly sealer: Sealer },
  asked: CompartmentSearch,
  sealed?: string,
): Promise<SearchPage> {
  const { compartment, id, queries } = asked;
  const print = [compartment, id, queries.map(({ type, applied }) => [type, applied])];
  const cursor = sealed === undefined ? undefined : openCursor(sealer, print, sealed);
  const instant = cursor?.instant ?? context.clock.now();
  const request: SearchRequest = {
    query: queries[0]!,
    instant,
    driver: compartmentDriver(asked, context.rules),
    across: matching(asked, instant),
  };
  const { matches, end } = await walkedPage(context, { request, after: cursor?.place });
  return { matches, ...(end === undefined ? {} : { next: sealCursor(sealer, print, { instant, place: end, driver: 0 }) }) };
}

interface Membership {
  /** What is asked of members. */
  readonly query: SearchQuery;
  /** The same, and to be one. */
  readonly ofMember: SearchQuery;
  /** True when nothing is asked that a member has to be read for. */
  readonly isTold: boolean;
}

/** Entries are hints: a resource whose membership has ended is told by its current version. */
function matching({ compartment, id, queries, holds }: CompartmentSearch, now: number): NonNullable<SearchRequest['across']> {
  const byType = new Map(queries.map((query): [string, Membership] => {
    const membership = compartmentConditions(compartment, id, query.type);
    const ofMember = { ...query, conditions: [...query.conditions, ...(membership === undefined ? [] : [membership])] };
    return [query.type, { query, ofMember, isTold: compartment === 'Patient' && holds === undefined && asksForUpdateOnly(query) }];
  }));
  return (met) => {
    const { type, lastUpdated } = met.version;
    const member = byType.get(type);
    if (member === undefined) return false;
    const { query, ofMember, isTold } = member;
    const context = { now, baseUrl: query.baseUrl, lastUpdated };
    if (isTold && isFiledAsMember(met, id)) return matchesQuery({ resourceType: type }, query, context);
    return matchesQuery(met.content.resource, ofMember, context) && (holds === undefined || holds(met.content.resource));
  };
}

/** The time of the last update stands beside the resource. */
function asksForUpdateOnly({ clauses, conditions, lists, joins }: SearchQuery): boolean {
  return conditions.length + lists.length === 0 && joins === undefined
    && clauses.every(({ parameter, modifier }) => parameter.code === '_lastUpdated' && modifier === undefined);
}

/**
 * Whether the entry proves, without parsing the body, that it is in the patient's compartment. The entries that carry the
 * current version's write id were computed from this very body, so one of the parameters of the compartment leads to
 * `Patient/{id}`: here, unless the reference has a base, which an entry does not tell. Then that would stand in the text.
 */
function isFiledAsMember({ candidate, version, content: { json } }: Met, id: string): boolean {
  if (candidate.writeId !== version.writeId || mayHideText(json)) return false;
  return json.includes(`"Patient/${id}`) && !json.includes(`/Patient/${id}`);
}

/** Letters and slashes may be written as escapes. */
function mayHideText(json: string): boolean {
  return json.includes('\\u') || json.includes('\\/');
}

function compartmentDriver(asked: CompartmentSearch, rules: EntryRules): Driver {
  const { pks, families } = asked.compartment === 'Patient' ? patientPartition(asked, rules) : referencePartitions(asked, rules);
  const walk: Walk = { stages: [[], pks.flatMap(byClinicalDate)], descending: false, mixed: true, ahead: true };
  return {
    kind: 'reference',
    family: 'compartment',
    families,
    walk,
    ranges: walk.stages[1]!.length,
    sorted: true,
    // All entries of a version in these partitions stand at its clinical date.
    singlePlace: true,
    exact: false,
    open: (index, after) => openCompartment(index, { asked, walk, after }),
  };
}

interface Filed {
  readonly pks: readonly string[];
  readonly families: readonly Family[];
}

function patientPartition({ id, queries }: CompartmentSearch, rules: EntryRules): Filed {
  return {
    pks: [partitions(rules).patientCompartment(id)],
    families: queries.map(({ type }) => ({ type, parameter: patientCompartmentFamily })),
  };
}

function referencePartitions({ compartment, id, queries }: CompartmentSearch, rules: EntryRules): Filed {
  const families = queries.flatMap(({ type }) => compartmentParameters(compartment, type).map((parameter) => ({ type, parameter })));
  const omitted = families.find(({ type, parameter }) => !isFiled(type, parameter, rules));
  if (omitted !== undefined) throw withoutFamily(omitted, compartment);
  const { reference } = partitions(rules);
  return { families, pks: [...new Set(families.map(({ type, parameter }) => reference(type, parameter, id)))] };
}

/** Nothing is answered in part. */
function withoutFamily({ type, parameter }: Family, compartment: CompartmentType): Error {
  return notSupported(
    `This store keeps no index of ${type}.${parameter}, by which ${type} resources are in a compartment of ${compartment}. ` +
      'Search the types one by one.',
  );
}

/**
 * In one order: instants begin with a character below all letters, so what has no date, which keeps the letter of its
 * class, follows what has one.
 */
function byClinicalDate(pk: string): Stage {
  return [...startRanges(pk, allTime), { pk, dateClass: '', from: dateClasses.none, to: dateClasses.none + afterAllKeys }];
}

interface Opening {
  readonly asked: CompartmentSearch;
  readonly walk: Walk;
  readonly after: Place | undefined;
}

/** The resource that names the compartment comes before the walk; what is not of the types that are asked for is not read. */
function openCompartment(index: OrderedTable, { asked: { compartment, id, queries }, walk, after }: Opening): IndexWalk {
  const types = new Set<string>(queries.map(({ type }) => type));
  const members = walkIndex(index, walk, after);
  const isBegun = after !== undefined && after.stage >= 0;
  let first: Candidate | undefined = isBegun || !types.has(compartment) ? undefined : named(compartment, id);
  let seen: Place | undefined;
  const isAsked = (candidate: Candidate): boolean => types.has(candidate.type) && !(candidate.type === compartment && candidate.id === id);
  return {
    async next(limit) {
      const leading = first === undefined ? [] : [first];
      first = undefined;
      const some = await members.next(Math.max(1, limit - leading.length));
      seen = members.seen() ?? leading[0]?.place;
      return [...leading, ...some.filter(isAsked)];
    },
    seen: () => seen,
    ended: () => first === undefined && members.ended(),
  };
}

function named(type: string, id: string): Candidate {
  return { type, id, position: '', writeId: '', pk: '', sk: '', place: { stage: 0, order: '', id: `${id}#${typeCode(type)}` } };
}
