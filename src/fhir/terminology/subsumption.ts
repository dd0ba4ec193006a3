/**
 * The codes that `:below` and `:above` of a token stand for: those that a code subsumes, or that subsume it, itself
 * included (https://hl7.org/fhir/R4/search.html#token, https://hl7.org/fhir/R4/codesystem.html#subsumption).
 */
import { badRequest } from '../outcome.ts';
import type { TokenCriterion } from '../search/values.ts';
import { hierarchy } from './code-system.ts';
import { listedCodes } from './codes.ts';
import type { Codes } from './codes.ts';
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
  return listedCodes(system, hierarchy(known, code, { direction: name.endsWith(':above') ? 'above' : 'below', spend: valueSets.spend }));
}
