/** token (https://hl7.org/fhir/R4/search.html#token). */
import { definedTerminology, requiredValueSet } from './definitions.ts';
import type { Element } from './elements.ts';
import { split, unescape } from './escapes.ts';
import { anyOf, list, type Json, type Verdict } from './json.ts';
import { startsSomewhere } from './strings.ts';

/** One thing in an element that a token can be compared with. */
export interface Token {
  readonly system: string | undefined;
  /** The system is not written: it is that of the code's binding, or there is none for this type. */
  readonly implied: boolean;
  readonly code: string | undefined;
  /** Whether case tells codes apart; `undefined` where nobody says. */
  readonly caseSensitive: Verdict;
}

const ucum = 'http://unitsofmeasure.org';

export function tokensOf({ type, data, path }: Element): readonly Token[] {
  switch (type) {
    case 'CodeableConcept':
      return list(data.coding).map(coded);
    case 'Coding':
      return [coded(data)];
    case 'Identifier':
      return [{ system: data.system, implied: false, code: data.value, caseSensitive: false }];
    case 'ContactPoint':
      return plain(data.value, false);
    case 'code':
      return codeTokens(data, path);
    case 'string':
      return plain(data, false);
    case 'boolean':
      return plain(String(data), true);
    default:
      // uri, canonical, id, oid and what the engine takes from outside of the resource's own elements.
      return typeof data === 'string' ? plain(data, true) : [];
  }
}

function plain(code: string | undefined, caseSensitive: boolean): readonly Token[] {
  return code === undefined ? [] : [{ system: undefined, implied: true, code, caseSensitive }];
}

function coded({ system, code }: Json): Token {
  return { system, implied: false, code, caseSensitive: isCaseSensitive(system) };
}

/** Only where the code system says so is case told apart; in doubt it is not. */
function isCaseSensitive(system: string | undefined): boolean {
  if (system === ucum) return true;
  return definedTerminology().get(`CodeSystem ${system}`)?.caseSensitive === true;
}

const impliedSystems = new Map<string, readonly string[]>();

/** The systems of the value set that the element is bound to. */
export function systemsOfBinding(path: string): readonly string[] {
  const known = impliedSystems.get(path);
  if (known !== undefined) return known;
  const valueSet = requiredValueSet(path);
  const compose = definedTerminology().get(`ValueSet ${valueSet}`)?.compose;
  const systems = list(compose?.include).map((include) => (include.valueSet === undefined ? include.system : undefined));
  const certain = systems.every((system) => system !== undefined) ? [...new Set<string>(systems)] : [];
  impliedSystems.set(path, certain);
  return certain;
}

function codeTokens(code: Json, path: string): readonly Token[] {
  if (typeof code !== 'string') return [];
  const [system, ...others] = systemsOfBinding(path);
  const single = others.length === 0 ? system : undefined;
  // Codes that FHIR itself defines are case-sensitive; languages, MIME types and currencies are other people's.
  const caseSensitive = single !== undefined && isCaseSensitive(single) ? true : undefined;
  return [{ system: single, implied: true, code, caseSensitive }];
}

export interface AskedToken {
  readonly system: string | undefined;
  readonly code: string | undefined;
}

export function parseToken(text: string): AskedToken {
  const [first = '', second] = split(text, '|').map(unescape);
  return second === undefined ? { system: undefined, code: first } : { system: first, code: second === '' ? undefined : second };
}

export function tokenMatches(element: Element, text: string): Verdict {
  const asked = parseToken(text);
  return anyOf(tokensOf(element), (token) => tokenIs(token, asked));
}

export function tokenIs(token: Token, { system, code }: AskedToken): Verdict {
  if (system === '' && token.system !== undefined && !token.implied) return false;
  if (system !== undefined && system !== '' && system !== token.system) return false;
  return code === undefined ? true : sameCode(token, code);
}

function sameCode({ code, caseSensitive }: Token, wanted: string): Verdict {
  if (code === wanted) return true;
  if (code === undefined || code.toLowerCase() !== wanted.toLowerCase()) return false;
  return caseSensitive === undefined ? undefined : !caseSensitive;
}

/** CodeableConcept.text, Coding.display and Identifier.type.text, as a string search does. */
export function tokenTextMatches({ type, data }: Element, text: string): Verdict {
  const wanted = unescape(text);
  return anyOf(tokenTexts(type, data), (one) => typeof one === 'string' && startsSomewhere(one, wanted));
}

export function tokenTexts(type: string, data: Json): readonly Json[] {
  if (type === 'CodeableConcept') return [data.text, ...list(data.coding).map(({ display }) => display)];
  if (type === 'Coding') return [data.display];
  return type === 'Identifier' ? [data.type?.text] : [];
}

/** `system|code|value` of an identifier's type; the case of the type's code is anybody's guess. */
export function ofTypeMatches({ type, data }: Element, text: string): Verdict {
  const [system, code = '', value = ''] = split(text, '|').map(unescape);
  if (type !== 'Identifier' || typeof data.value !== 'string' || data.value.toLowerCase() !== value.toLowerCase()) return false;
  return anyOf(list(data.type?.coding), (coding) => {
    if (coding.system !== system || coding.code?.toLowerCase() !== code.toLowerCase()) return false;
    return coding.code === code ? true : undefined;
  });
}
