/** Whether a resource is what one parameter of a search asks for (https://hl7.org/fhir/R4/search.html). */
import { dateMatches } from './dates.ts';
import { parameterByUrl, parametersOf, type Parameter } from './definitions.ts';
import { componentsOf, elementsOf, type Element } from './elements.ts';
import { split, unescape } from './escapes.ts';
import { allOf, anyOf, not, type Resource, type Verdict } from './json.ts';
import { numberMatches } from './numbers.ts';
import { nearMatches } from './places.ts';
import { measured, quantityMatches } from './quantities.ts';
import { canonicalBelow, literalOf, referenceIdentifierMatches, referenceMatches } from './references.ts';
import { stringMatches, textsOf } from './strings.ts';
import type { Terminology } from './terminology.ts';
import { textMatches } from './text.ts';
import { ofTypeMatches, parseToken, tokenIs, tokenMatches, tokensOf, tokenTexts, tokenTextMatches } from './tokens.ts';
import { uriMatches, uriOf } from './uris.ts';
import { elementSpan } from './dates.ts';

export interface Context {
  readonly baseUrl: string;
  /** The moment of the request, in ms since the epoch. */
  readonly now: number;
  readonly terminology: Terminology;
  /** The references at and above, or at and below, a resource in the hierarchy of its type, as `Type/id`. */
  readonly hierarchy: (direction: 'above' | 'below', reference: string) => readonly string[];
}

/** `code:modifier` as it stands in a URL. */
export interface Name {
  readonly parameter: Parameter;
  readonly modifier: string | undefined;
}

export function nameOf(resourceType: string, written: string): Name {
  const [code = '', modifier] = written.split(':');
  const parameter = parametersOf(resourceType).get(code);
  if (parameter === undefined) throw new Error(`${resourceType} has no search parameter ${code}.`);
  return { parameter, modifier };
}

/** One `name=value` of a search: any of the values, or, negated, none of them. */
export function clauseMatches(resource: Resource, { parameter, modifier }: Name, value: string, context: Context): Verdict {
  if (modifier === 'missing') return isMissing(resource, parameter, value === 'true');
  const any = (positive: string | undefined): Verdict =>
    anyOf(split(value, ','), (one) => valueMatches(resource, { parameter, modifier: positive }, one, context));
  if (modifier === 'not') return not(any(undefined));
  if (modifier === 'not-in') return not(any('in'));
  return any(modifier);
}

function valueMatches(resource: Resource, name: Name, text: string, context: Context): Verdict {
  const { parameter } = name;
  if (parameter.code === '_text' || parameter.code === '_content') return textMatches(resource, parameter.code, text);
  if (parameter.code === '_lastUpdated') {
    // A contained resource has no time of its own.
    return resource.meta?.lastUpdated === undefined ? undefined : dateMatches({ type: 'instant', data: resource.meta.lastUpdated }, text, context.now);
  }
  if (parameter.type === 'composite') return compositeMatches(resource, parameter, text, context);
  return anyOf(elementsOf(resource, parameter), (element) => elementMatches({ resource, element }, name, text, context));
}

/** Every component by the same element (https://hl7.org/fhir/R4/search.html#composite). */
function compositeMatches(resource: Resource, parameter: Parameter, text: string, context: Context): Verdict {
  const values = split(text, '$');
  const components = parameter.component ?? [];
  return anyOf(componentsOf(resource, parameter), (found) =>
    allOf(components.keys(), (index) => {
      const name = { parameter: parameterByUrl(components[index]!.definition), modifier: undefined };
      return anyOf(found[index] ?? [], (element) => elementMatches({ resource, element }, name, values[index] ?? '', context));
    }),
  );
}

interface Placed {
  readonly resource: Resource;
  readonly element: Element;
}

function elementMatches({ resource, element }: Placed, { parameter, modifier }: Name, text: string, context: Context): Verdict {
  switch (parameter.type) {
    case 'string':
      return stringMatches(element, text, modifier);
    case 'token':
      return tokenElementMatches(element, modifier, text, context);
    case 'reference':
      return isTarget(element, parameter) && referenceElementMatches(element, modifier, text, context);
    case 'date':
      return dateMatches(element, unescape(text), context.now);
    case 'number':
      return numberMatches(element, unescape(text));
    case 'quantity':
      return quantityMatches(element, text);
    case 'uri':
      return uriMatches(uriOf(element, resource), text, modifier);
    case 'special':
      return nearMatches(element, text);
    case 'composite':
      return undefined;
  }
}

function tokenElementMatches(element: Element, modifier: string | undefined, text: string, { terminology }: Context): Verdict {
  switch (modifier) {
    case undefined:
      return tokenMatches(element, text);
    case 'text':
      return tokenTextMatches(element, text);
    case 'of-type':
      return ofTypeMatches(element, text);
    case 'in':
      return anyOf(tokensOf(element), (token) => terminology.isIn(token, unescape(text)));
    case 'above':
    case 'below':
      return hierarchyMatches(element, modifier, text, terminology);
    default:
      throw new Error(`The evaluator does not know the modifier ${modifier} of a token.`);
  }
}

function hierarchyMatches(element: Element, modifier: 'above' | 'below', text: string, terminology: Terminology): Verdict {
  const asked = parseToken(text);
  if (modifier === 'below' && isMimeType(element, text)) return String(element.data).toLowerCase().split(/[;\s]/)[0] === unescape(text).toLowerCase();
  return anyOf(tokensOf(element), (token) => {
    if (tokenIs(token, asked) === true) return true;
    if (asked.code === undefined || token.code === undefined) return false;
    const system = asked.system ?? token.system;
    if (system === undefined || token.system !== system) return false;
    return modifier === 'below' ? terminology.subsumes(system, asked.code, token.code) : terminology.subsumes(system, token.code, asked.code);
  });
}

/** https://hl7.org/fhir/R4/search.html#mimetype */
function isMimeType({ type, path }: Element, text: string): boolean {
  return type === 'code' && /\.(?:contentType|format|patchFormat)$/.test(path) && /^[\w.+-]+\/[\w.+-]+$/.test(unescape(text));
}

/** A resource that lies where a reference could is one only if it is of a type that the parameter points at. */
export function isTarget({ data }: Element, { target }: Parameter): boolean {
  return typeof data?.resourceType !== 'string' || target?.includes(data.resourceType) === true;
}

function referenceElementMatches(element: Element, modifier: string | undefined, text: string, context: Context): Verdict {
  switch (modifier) {
    case undefined:
      return referenceMatches(element, text, context);
    case 'identifier':
      return referenceIdentifierMatches(element, text);
    case 'above':
    case 'below':
      if (element.type !== 'Reference') return canonicalBelow(element, text);
      return anyOf(context.hierarchy(modifier, unescape(text)), (reference) => referenceMatches(element, reference, context));
    default:
      return referenceMatches(element, text, { baseUrl: context.baseUrl, type: modifier });
  }
}

/** Without an element there is no value; an element that says nothing a search could ask for may count as either. */
function isMissing(resource: Resource, parameter: Parameter, missing: boolean): Verdict {
  if (parameter.code === '_lastUpdated') return resource.meta?.lastUpdated === undefined ? undefined : !missing;
  const elements = parameter.type === 'composite' ? componentsOf(resource, parameter) : elementsOf(resource, parameter);
  if (elements.length === 0) return missing;
  const values = parameter.type === 'composite' ? undefined : (elements as readonly Element[]).some((element) => hasValue(element, parameter));
  return values === true ? !missing : undefined;
}

function hasValue(element: Element, parameter: Parameter): boolean {
  switch (parameter.type) {
    case 'string':
      return textsOf(element).length > 0;
    case 'token':
      return [...tokensOf(element).map(({ code }) => code), ...tokenTexts(element.type, element.data)].some((one) => one !== undefined);
    case 'reference':
      return (isTarget(element, parameter) && literalOf(element) !== undefined) || (element.type === 'Reference' && element.data.identifier?.value !== undefined);
    case 'date':
      return elementSpan(element) !== undefined;
    case 'quantity':
      return measured(element) !== undefined;
    default:
      return true;
  }
}
