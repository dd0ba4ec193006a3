/**
 * The codes that `:below` and `:above` of a token stand for: those that a code subsumes, or that subsume it, itself
 * included (https://hl7.org/fhir/R4/search.html#token, https://hl7.org/fhir/R4/codesystem.html#subsumption).
 */
import { badRequest } from '../outcome.ts';
import { foldCode, isCaseSensitive } from '../search/case-sensitivity.ts';
import type { TokenCriterion } from '../search/criteria.ts';
import { hierarchy } from './code-system.ts';
import type { CodeSystem } from './code-system.ts';
import { listedCodes } from './codes.ts';
import type { Codes } from './codes.ts';
import type { Spend } from './effort.ts';
import { cannotResolve } from './terminology-source.ts';
import type { ValueSets } from './value-set.ts';

/**
 * @param name of the parameter with its modifier, for messages, as `code:below`
 * @throws FhirError 400 without a system and a code, and for a system whose hierarchy is not known; 403 when that takes too much
 */
export async function relatedCodes(valueSets: ValueSets, { system, code }: TokenCriterion, name: string): Promise<Codes> {
  if (!system || code === undefined) throw badRequest(`${name} needs a code and its system: ${name}=system|code.`);
  const known = await valueSets.codeSystem(system);
  if (known === undefined) {
    throw cannotResolve(`The code system in ${name} is not known here: it is neither stored nor one of R4's. Store the CodeSystem.`);
  }
  if (!known.isComplete || !known.isSubsuming) {
    throw cannotResolve(
      `${name} needs the hierarchy of the code system %, and here it does not have one, or not all of its concepts are known. ` +
        'Store the CodeSystem with content "complete" and hierarchyMeaning "is-a".',
      known.url,
    );
  }
  const walk = { direction: name.endsWith(':above') ? 'above' : 'below', spend: valueSets.spend } as const;
  return listedCodes(system, spellings(known, code, walk.spend).flatMap((each) => [...hierarchy(known, each, walk)]));
}

/** The concepts that a token search would find by the code: where case does not matter, however the system writes them. */
function spellings({ url, concepts }: CodeSystem, code: string, spend: Spend): readonly string[] {
  if (concepts.has(code) || isCaseSensitive(url)) return [code];
  spend(concepts.size);
  const folded = foldCode(code);
  return [code, ...[...concepts.keys()].filter((each) => foldCode(each) === folded)];
}
