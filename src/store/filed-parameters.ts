/**
 * Which of R4's search parameters are filed where resources of a type are, and which are looked at for that: known before
 * any resource is, and the same for all.
 */
import { clinicalDateParameter } from '../fhir/search/clinical-date.ts';
import { compartmentParameters } from '../fhir/search/compartments.ts';
import { extraction, type Extraction } from '../fhir/search/extract.ts';
import type { SearchParameter } from '../fhir/search/values.ts';
import { isFiled, typeOfPartition, type EntryRules, type PartitionType } from './entry-partitions.ts';
import { familyParameter } from './shared-families.ts';

export interface FiledParameters {
  /** The values that entries are made of: of each shared family those of the parameter that has all of them, filed or not. */
  readonly extract: Extraction;
  readonly filed: ReadonlySet<SearchParameter>;
  /** How many parameters of R4's resources of the type have, filed or not. */
  readonly count: number;
  /** The codes of the parameter that finds a resource's clinical date, and of those that put it into the compartments of patients. */
  readonly clinicalDate: string | undefined;
  readonly patientCompartment: readonly string[];
}

/** Answered by a read, and by the family that every resource stands in. */
const withOwnFamily: ReadonlySet<string> = new Set(['_id', '_lastUpdated']);

/** By the families that a store leaves out. */
const known = new WeakMap<EntryRules['omitted'], Map<PartitionType, FiledParameters>>();

/** @param type of resources that R4 has */
export function filedParameters(type: PartitionType, rules: EntryRules): FiledParameters {
  const ofStore = known.get(rules.omitted) ?? new Map<PartitionType, FiledParameters>();
  if (ofStore.size === 0) known.set(rules.omitted, ofStore);
  let found = ofStore.get(type);
  if (found === undefined) ofStore.set(type, found = find(type, rules));
  return found;
}

function find(type: PartitionType, rules: EntryRules): FiledParameters {
  const plain = typeOfPartition(type);
  const clinicalDate = clinicalDateParameter(plain);
  const patientCompartment = compartmentParameters('Patient', plain);
  const readBeside = new Set([clinicalDate, 'patient', 'code', ...patientCompartment]);
  const filed = new Set<SearchParameter>();
  let count = 0;
  const extract = extraction(plain, (parameter) => {
    const { code } = parameter;
    count += 1;
    // What another family holds as well is found there.
    const hasFamily = !withOwnFamily.has(code) && familyParameter(plain, code) === code;
    if (hasFamily && isFiled(type, code, rules)) filed.add(parameter);
    return hasFamily || readBeside.has(code);
  });
  return { extract, filed, count, clinicalDate, patientCompartment };
}
