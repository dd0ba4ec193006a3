/**
 * The codes of a value set (https://hl7.org/fhir/R4/valueset.html#compositions): what it includes, less what it excludes.
 * Within one include all that is said has to hold; several includes are joined.
 */
import { FhirError, tooCostly } from '../outcome.ts';
import type { Json, JsonObject } from '../json.ts';
import { isObject } from '../json.ts';
import { isInactive, objects, readCodeSystem, textOf } from './code-system.ts';
import type { CodeSystem } from './code-system.ts';
import { difference, everyCodeOf, intersection, listedCodes, noCodes, sizeOf, union } from './codes.ts';
import type { Codes } from './codes.ts';
import { effort, type Spend } from './effort.ts';
import { expandedCodes } from './expansion.ts';
import { filteredCodes } from './filters.ts';
import { cannotResolve, parseCanonical } from './terminology-source.ts';
import type { TerminologySource } from './terminology-source.ts';

/** Value sets within value sets; R4's own go three deep. */
export const maxImportDepth = 16;
/** Definitions read for one value set: each stored one is a search of the store. R4's largest needs 30. */
export const maxDefinitions = 100;
/** Codes of one value set: above it a search by them is no longer a search. R4's largest has 5,000. */
export const maxCodes = 50_000;

/**
 * The codes that value sets and systems hold, each definition read once. Made anew for each request: what is stored may
 * change.
 */
export class ValueSets {
  readonly #source: TerminologySource;
  readonly #valueSets = new Map<string, Codes>();
  readonly #codeSystems = new Map<string, CodeSystem | undefined>();
  /** One effort for all that a request asks. */
  readonly spend: Spend = effort();

  constructor(source: TerminologySource) {
    this.#source = source;
  }

  /**
   * @param valueSet a ValueSet as it is stored
   * @param path the URLs of the value sets that led here
   * @throws FhirError 400 when it cannot be resolved, 403 when that takes too much; the message names definitions only
   */
  async codesOf(valueSet: JsonObject, path: readonly string[] = []): Promise<Codes> {
    const url = textOf(valueSet.url) ?? '';
    if (path.length > maxImportDepth) throw tooCostly(`Value sets are resolved to ${maxImportDepth} imports within each other.`);
    const expanded = expandedCodes(valueSet);
    try {
      return checkSize(await this.#composed(valueSet, [...path, url]), url);
    } catch (error) {
      if (expanded === undefined || !(error instanceof FhirError)) throw error;
      return checkSize(expanded, url);
    }
  }

  /** @returns undefined for a system that is not known */
  async codeSystem(canonical: string): Promise<CodeSystem | undefined> {
    if (this.#codeSystems.has(canonical)) return this.#codeSystems.get(canonical);
    this.#checkCount();
    const resource = await this.#source.codeSystem(parseCanonical(canonical));
    const codeSystem = resource === undefined ? undefined : readCodeSystem(resource);
    this.#codeSystems.set(canonical, codeSystem);
    return codeSystem;
  }

  async #composed(valueSet: JsonObject, path: readonly string[]): Promise<Codes> {
    const { compose } = valueSet;
    const includes = isObject(compose) ? objects(compose.include) : [];
    if (!isObject(compose) || includes.length === 0) throw cannotResolve('The value set % does not say what it includes.', path.at(-1)!);
    const included = await this.#joined(includes, compose, path);
    const excludes = objects(compose.exclude);
    return excludes.length === 0 ? included : difference(included, await this.#joined(excludes, compose, path));
  }

  async #joined(includes: readonly JsonObject[], compose: JsonObject, path: readonly string[]): Promise<Codes> {
    const sets: Codes[] = [];
    let size = 0;
    for (const include of includes) {
      const set = await this.#included(include, compose, path);
      size += sizeOf(set);
      this.spend(1 + set.size + sizeOf(set));
      if (size > maxCodes) throw tooMany(path.at(-1)!);
      sets.push(set);
    }
    return union(sets);
  }

  async #included(include: JsonObject, compose: JsonObject, path: readonly string[]): Promise<Codes> {
    const system = textOf(include.system);
    const imports = texts(include.valueSet);
    if (system === undefined && imports.length === 0) {
      throw cannotResolve('The value set % includes neither a code system nor a value set.', path.at(-1)!);
    }
    let codes = system === undefined ? undefined : await this.#ofSystem(include, system, compose.inactive !== false);
    for (const canonical of imports) {
      const imported = await this.#imported(canonical, path);
      if (codes !== undefined) this.spend(sizeOf(codes) + sizeOf(imported));
      codes = codes === undefined ? imported : intersection(codes, imported);
    }
    return codes ?? noCodes;
  }

  async #ofSystem(include: JsonObject, url: string, withInactive: boolean): Promise<Codes> {
    const listed = objects(include.concept).flatMap(({ code }) => textOf(code) ?? []);
    const filters = objects(include.filter);
    if (listed.length > 0 && withInactive) return listedCodes(url, listed);
    const version = textOf(include.version);
    const system = await this.codeSystem(version === undefined ? url : `${url}|${version}`);
    if (listed.length > 0) return listedCodes(url, active(listed, system));
    if (filters.length === 0) return wholeSystem(url, system, withInactive);
    if (system === undefined) {
      throw cannotResolve(
        'The code system % is not known here, so that a value set which filters it cannot be resolved. ' +
          'Store the CodeSystem, or a ValueSet that has an expansion.',
        url,
      );
    }
    const sets = filters.map((filter) => filteredCodes(system, filter, this.spend));
    const codes = sets.reduce((some, more) => common(some, more));
    return listedCodes(url, withInactive ? codes : active(codes, system));
  }

  async #imported(canonical: string, path: readonly string[]): Promise<Codes> {
    const known = this.#valueSets.get(canonical);
    if (known !== undefined) return known;
    const { url } = parseCanonical(canonical);
    if (path.includes(url)) throw cannotResolve('The value set % includes itself.', url);
    const codes = await this.#ofCanonical(canonical, path);
    this.#valueSets.set(canonical, codes);
    return codes;
  }

  async #ofCanonical(canonical: string, path: readonly string[]): Promise<Codes> {
    this.#checkCount();
    const valueSet = await this.#source.valueSet(parseCanonical(canonical));
    if (valueSet !== undefined) return this.codesOf(valueSet, path);
    throw cannotResolve('The value set % includes the value set %, which is not known here.', path.at(-1)!, canonical);
  }

  #checkCount(): void {
    if (this.#valueSets.size + this.#codeSystems.size < maxDefinitions) return;
    throw tooCostly(`A value set may need ${maxDefinitions} other definitions to be resolved; this one needs more.`);
  }
}

/** Systems that are not known, or of which not every concept is, are known by their URL. */
function wholeSystem(url: string, system: CodeSystem | undefined, withInactive: boolean): Codes {
  if (system?.isComplete) {
    const codes = [...system.concepts.keys()];
    return listedCodes(url, withInactive ? codes : active(codes, system));
  }
  if (withInactive) return everyCodeOf(url);
  throw cannotResolve('A value set leaves out what is inactive in the code system %, whose concepts are not all known here.', url);
}

/** Of a code that its system does not know nothing says that it is inactive. */
function active(codes: readonly string[], system: CodeSystem | undefined): string[] {
  return codes.filter((code) => {
    const concept = system?.concepts.get(code);
    return concept === undefined || !isInactive(concept);
  });
}

function common(some: readonly string[], more: readonly string[]): string[] {
  const wanted = new Set(more);
  return some.filter((code) => wanted.has(code));
}

function texts(list: Json | undefined): string[] {
  return Array.isArray(list) ? list.flatMap((each) => textOf(each) ?? []) : [];
}

function checkSize(codes: Codes, url: string): Codes {
  if (sizeOf(codes) > maxCodes) throw tooMany(url);
  return codes;
}

function tooMany(url: string): FhirError {
  return tooCostly(`The value set ${url.slice(0, 200)} has more than ${maxCodes} codes, which is more than a search may ask for.`);
}
