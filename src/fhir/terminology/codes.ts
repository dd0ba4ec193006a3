/**
 * Sets of codes as value sets compose them: joined, intersected, and less others
 * (https://hl7.org/fhir/R4/valueset.html#compositions). Of each system either codes are listed, or all are meant but
 * those listed, so that "all of SNOMED CT" can be asked without knowing its concepts.
 */
import { foldCode, isCaseSensitive } from '../search/case-sensitivity.ts';
import type { CodeSet } from '../search/criteria.ts';
import type { Coding } from '../search/values.ts';

/** The codes of one system, each under the form in which it is compared. */
interface SystemCodes {
  /** True: all codes but these. */
  readonly isComplement: boolean;
  readonly codes: ReadonlyMap<string, string>;
}

/** By system; a system that is not there has no codes in the set. */
export type Codes = ReadonlyMap<string, SystemCodes>;

export const noCodes: Codes = new Map();

export function listedCodes(system: string, codes: Iterable<string>): Codes {
  const byKey = new Map<string, string>();
  for (const code of codes) byKey.set(keyOf(system, code), code);
  return new Map([[system, { isComplement: false, codes: byKey }]]);
}

export function everyCodeOf(system: string): Codes {
  return new Map([[system, { isComplement: true, codes: new Map() }]]);
}

function keyOf(system: string, code: string): string {
  return isCaseSensitive(system) ? code : foldCode(code);
}

export function union(sets: readonly Codes[]): Codes {
  const joined = new Map<string, Growing>();
  for (const set of sets) {
    for (const [system, part] of set) joined.set(system, partUnion(joined.get(system), part));
  }
  return joined;
}

type Growing = SystemCodes & { readonly codes: Map<string, string> };

/** @param known is added to where that says it */
function partUnion(known: Growing | undefined, { isComplement, codes }: SystemCodes): Growing {
  if (known === undefined) return { isComplement, codes: new Map(codes) };
  if (known.isComplement) {
    // Adding many small sets to a large one costs what they have, not what it has.
    for (const key of isComplement ? [...known.codes.keys()].filter((each) => !codes.has(each)) : codes.keys()) known.codes.delete(key);
    return known;
  }
  if (isComplement) return { isComplement, codes: without(codes, known.codes) };
  for (const [key, code] of codes) known.codes.set(key, code);
  return known;
}

export function intersection(one: Codes, other: Codes): Codes {
  const shared = new Map<string, SystemCodes>();
  for (const [system, part] of one) {
    const second = other.get(system);
    if (second !== undefined) shared.set(system, partIntersection(part, second));
  }
  return shared;
}

export function difference(one: Codes, other: Codes): Codes {
  const left = new Map<string, SystemCodes>();
  for (const [system, part] of one) {
    const second = other.get(system);
    left.set(system, second === undefined ? part : partIntersection(part, { ...second, isComplement: !second.isComplement }));
  }
  return left;
}

function partIntersection(one: SystemCodes, other: SystemCodes): SystemCodes {
  if (one.isComplement && other.isComplement) return { isComplement: true, codes: new Map([...one.codes, ...other.codes]) };
  if (other.isComplement) return { isComplement: false, codes: without(one.codes, other.codes) };
  if (one.isComplement) return { isComplement: false, codes: without(other.codes, one.codes) };
  return { isComplement: false, codes: common(one.codes, other.codes) };
}

function common(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...one].filter(([key]) => other.has(key)));
}

function without(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...one].filter(([key]) => !other.has(key)));
}

/** How many codes are named, whether to say that they are in the set or not. */
export function sizeOf(set: Codes): number {
  let size = 0;
  for (const { codes } of set.values()) size += codes.size;
  return size;
}

/** What searches ask: a coding without a system is in no value set, unless its system is implied by its element. */
export function codeSet(set: Codes): CodeSet {
  const holds = (system: string, code: string): boolean => {
    const part = set.get(system);
    return part !== undefined && part.codes.has(keyOf(system, code)) !== part.isComplement;
  };
  const systems = [...set.keys()];
  const includes = ({ system, code }: Coding, systemImplied: boolean): boolean => {
    if (code === undefined) return false;
    if (system !== undefined) return holds(system, code);
    return systemImplied && systems.some((each) => holds(each, code));
  };
  const members = membersOf(set);
  return members === undefined ? { includes } : { includes, members };
}

function membersOf(set: Codes): Coding[] | undefined {
  const members: Coding[] = [];
  for (const [system, { isComplement, codes }] of set) {
    if (isComplement) return undefined;
    for (const code of codes.values()) members.push({ system, code });
  }
  return members;
}
