/** Index rules ready for use: the parameters that are searched, and those that are filed, by resource type. */
import { customParameters } from '../fhir/search/custom/definition.ts';
import { baseParameters, searchParametersOf, type SearchParameters } from '../fhir/search/parameters.ts';
import type { SearchParameter } from '../fhir/search/values.ts';
import type { CustomParameters, EntryRules } from './entry-partitions.ts';
import { filedStates, firstRules, searchedStates, type DefinitionState, type IndexRules, type RuledDefinition } from './index-rules.ts';

export interface CompiledRules {
  readonly rules: IndexRules;
  /** R4's and those of the store that are searched; R4's codes are R4's. */
  readonly parameters: SearchParameters;
  /** What writers file; `undefined` for nothing. */
  readonly filed: CustomParameters | undefined;
  /** What may be filed for a version that stands: that which is being removed too. */
  readonly known: CustomParameters | undefined;
}

/** Where the parts of a store get its rules from: rules-source.ts. */
export interface RulesSource {
  /** The rules as this process knows them: read once a lifetime. */
  current(): Promise<CompiledRules>;
  /** The rules as they are in the table at this moment. */
  fresh(): Promise<CompiledRules>;
  /** Runs one attempt to write under the rules as this process knows them, older than a lifetime never. */
  under<Result>(work: (rules: CompiledRules) => Promise<Result>): Promise<Result>;
  /**
   * @param next what to make of the rules; `undefined` leaves them. Asked again when others change them meanwhile
   * @returns the rules as they are then
   * @throws FhirError 409 when others change them all the time
   */
  change(next: (rules: IndexRules) => Omit<IndexRules, 'rev' | 'changed'> | undefined): Promise<CompiledRules>;
  /**
   * The moment from which on nobody writes or searches by rules before these, milliseconds since the epoch; `undefined` when
   * that has been waited for.
   */
  settledAt(rules: CompiledRules): Promise<number | undefined>;
  /**
   * The moment from which on no attempt commits that was stamped at the instant or before, ms; `undefined` when that has been
   * waited for.
   */
  commitsEndedAt(instant: number): Promise<number | undefined>;
}

export const firstCompiledRules: CompiledRules = { rules: firstRules, parameters: baseParameters, filed: undefined, known: undefined };

export function compileRules(rules: IndexRules): CompiledRules {
  const compiled = rules.definitions.map(compileDefinition);
  const searched = byType(compiled, searchedStates);
  return {
    rules,
    parameters: searched === undefined ? baseParameters : merged(searched),
    filed: byType(compiled, filedStates),
    known: byType(compiled),
  };
}

/** The rules by which entries are computed, with some parameters of the store's own. */
export function withCustom(rules: EntryRules, custom: CustomParameters | undefined): EntryRules {
  return custom === undefined ? rules : { ...rules, custom };
}

/** Only the parameters of definitions in that state; `undefined` when there are none. */
export function customInState({ definitions }: IndexRules, state: DefinitionState): CustomParameters | undefined {
  return byType(definitions.map(compileDefinition), new Set([state]));
}

interface CompiledDefinition {
  readonly state: DefinitionState;
  readonly parameters: ReadonlyMap<string, SearchParameter>;
}

function compileDefinition({ definition, state, epoch }: RuledDefinition): CompiledDefinition {
  const parameters = [...customParameters(definition)].map(([type, parameter]): [string, SearchParameter] => {
    const custom = parameter.custom!;
    return [type, { ...parameter, custom: { ...custom, family: `${custom.family}.${epoch}` } }];
  });
  return { state, parameters: new Map(parameters) };
}

function byType(definitions: readonly CompiledDefinition[], states?: ReadonlySet<DefinitionState>): CustomParameters | undefined {
  const ofType = new Map<string, SearchParameter[]>();
  for (const { state, parameters } of definitions) {
    if (states !== undefined && !states.has(state)) continue;
    for (const [type, parameter] of parameters) ofType.set(type, [...(ofType.get(type) ?? []), parameter]);
  }
  return ofType.size === 0 ? undefined : (type) => ofType.get(type) ?? none;
}

const none: readonly SearchParameter[] = [];

/** R4's come last and so win; of two of the store's with one code the first does. */
function merged(custom: CustomParameters): SearchParameters {
  const known = new Map<string, ReadonlyMap<string, SearchParameter>>();
  return {
    of(type) {
      const own = custom(type);
      if (own.length === 0) return searchParametersOf(type);
      const all = known.get(type) ?? new Map([...own.toReversed().map((one): [string, SearchParameter] => [one.code, one]), ...searchParametersOf(type)]);
      known.set(type, all);
      return all;
    },
  };
}
