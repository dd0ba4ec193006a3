/** What planning a search works with: the query and the rules on one side, ways through the index on the other. */
import { clinicalDateParameter } from '../fhir/search/clinical-date.ts';
import type { Clause } from '../fhir/search/criteria.ts';
import type { SearchQuery } from '../fhir/search/search-query.ts';
import type { SearchParameter } from '../fhir/search/values.ts';
import type { Family } from './entries.ts';
import { containedPartitionType, partitions, type EntryRules, type PartitionType } from './entry-partitions.ts';
import type { Range } from './index-walk.ts';
import { familyName } from './shared-families.ts';

/** The most selective first, where probing does not tell. */
export const driverKinds = [
  'ids', 'patient-code', 'identifier', 'reference', 'composite', 'token', 'uri', 'position', 'string', 'number', 'date', 'contains',
  'last-updated', 'type',
] as const;
export type DriverKind = (typeof driverKinds)[number];

/** What planning a query works with. */
export interface Scope {
  readonly query: SearchQuery;
  readonly rules: EntryRules;
  /** The request's instant, ms. */
  readonly now: number;
  readonly family: ReturnType<typeof partitions>;
  readonly shards: readonly number[];
  /** Where the type's resources are filed: themselves, those that others contain, or both. */
  readonly types: readonly PartitionType[];
  /** The parameter whose values order the type's token and reference partitions. */
  readonly clinical: string | undefined;
  /** The clauses that have to hold all together, from the query and its conditions. */
  readonly clauses: readonly Clause[];
}

/** Reads an entry of every resource that may satisfy the clauses it is of. */
export interface Route {
  readonly kind: DriverKind;
  /** The family and the parameters that it is narrowed by, for people. */
  readonly family: string;
  readonly families: readonly Family[];
  /** Whole partitions in order of the clinical date; else `ranges`. */
  readonly partitions?: readonly string[];
  readonly ranges?: readonly Range[];
  readonly keep?: (position: string) => boolean;
  /** The ids themselves, for `_id`. */
  readonly ids?: readonly string[];
  /** The date parameter in whose order the ranges are. */
  readonly orderedBy?: string;
  /** The clauses that hardly any entry of the route fails. */
  readonly covers: readonly Clause[];
}

export function scopeOf(query: SearchQuery, clauses: readonly Clause[], { rules, now }: Pick<Scope, 'rules' | 'now'>): Scope {
  const contained = containedPartitionType(query.type);
  return {
    query, rules, now, clauses,
    family: partitions(rules),
    shards: Array.from({ length: rules.shards }, (_, shard) => shard),
    types: query.contained === undefined ? [query.type] : query.contained.of === 'both' ? [query.type, contained] : [contained],
    clinical: clinicalDateParameter(query.type),
  };
}

/** `undefined` unless each has one. */
export function ofAll<One, Other>(several: readonly One[], valueOf: (one: One) => Other | undefined): readonly Other[] | undefined {
  const values: Other[] = [];
  for (const one of several) {
    const value = valueOf(one);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

/** The parameter's family under each type that is searched. */
export function familiesOf({ types }: Scope, parameter: SearchParameter | '_lastUpdated'): readonly Family[] {
  if (parameter === '_lastUpdated') return types.map((type) => ({ type, parameter }));
  const custom = parameter.custom === undefined ? {} : { custom: parameter };
  return types.map((type) => ({ type, parameter: familyName(parameter), ...custom }));
}
