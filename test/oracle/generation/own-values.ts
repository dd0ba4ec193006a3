/** Every official example is found by each of its own values: for each parameter that has one, a query made from it. */
import type { Asked } from '../asking.ts';
import { measured } from '../evaluator/quantities.ts';
import type { Element } from '../evaluator/elements.ts';
import { elementSpan } from '../evaluator/dates.ts';
import { escape } from '../evaluator/escapes.ts';
import type { Parameter, Kind } from '../evaluator/definitions.ts';
import { parameterByUrl, parametersOf } from '../evaluator/definitions.ts';
import { componentsOf, elementsOf } from '../evaluator/elements.ts';
import type { Resource } from '../evaluator/json.ts';
import { literalOf } from '../evaluator/references.ts';
import { isTarget } from '../evaluator/matching.ts';
import { fold, textsOf } from '../evaluator/strings.ts';
import { tokensOf } from '../evaluator/tokens.ts';
import { uriOf } from '../evaluator/uris.ts';
import type { Oracle } from '../searched.ts';
import { plain } from './values.ts';

/** One request for each distinct `type?parameter=value`. */
export function ownValues(oracle: Oracle, share: number): Asked[] {
  const { population, examples } = oracle;
  const asked = new Map<string, Asked>();
  let number = 0;
  for (const resource of population.resources) {
    if (!examples.has(`${resource.resourceType}/${resource.id}`)) continue;
    for (const [parameter, value] of valuesOf(resource)) {
      const key = `${resource.resourceType}?${parameter.code}=${value}`;
      number += 1;
      if (asked.has(key) || number % share !== 0) continue;
      const request = { path: resource.resourceType, parameters: [[parameter.code, value] as const, ['_count', '1000'] as const] };
      const expected = population.search(resource.resourceType, [[parameter.code, value]]);
      const id = `${resource.resourceType}/${resource.id}`;
      if (!expected.sure.has(id) && !expected.open.has(id)) throw new Error(`By the evaluator, ${id} is not found by its own value: ${key}`);
      asked.set(key, { request, expected });
    }
  }
  return [...asked.values()];
}

function valuesOf(resource: Resource): (readonly [Parameter, string])[] {
  return [...parametersOf(resource.resourceType).values()].flatMap((parameter) => {
    if (parameter.code === '_lastUpdated') return [[parameter, `eq${resource.meta.lastUpdated}`] as const];
    const values = parameter.type === 'composite'
      ? componentsOf(resource, parameter).flatMap((components) => compositeValues(components, parameter))
      : elementsOf(resource, parameter).filter((element) => isTarget(element, parameter)).flatMap((element) => elementValues(element, parameter.type, resource));
    return [...new Set(values)].map((value) => [parameter, value] as const);
  });
}

function compositeValues(components: readonly (readonly Element[])[], parameter: Parameter): string[] {
  const parts = components.map((elements, index) => elements.flatMap((element) => elementValues(element, parameterByUrl(parameter.component![index]!.definition).type))[0]);
  return parts.includes(undefined) ? [] : [parts.join('$')];
}

/** Longer values have no room in a URL. */
const maxLength = 400;

function elementValues(element: Element, kind: Kind, resource?: Resource): string[] {
  return written(element, kind, resource).filter((value) => value !== '' && value.length <= maxLength);
}

function written(element: Element, kind: Kind, resource?: Resource): string[] {
  switch (kind) {
    case 'string':
      return textsOf(element).filter((text) => fold(text) !== '').map((text) => escape(text.slice(0, 100)));
    case 'token':
      return tokensOf(element).filter(({ code }) => code !== undefined).map(({ system, code }) => (system === undefined ? escape(code!) : `${escape(system)}|${escape(code!)}`));
    case 'reference':
      return [literalOf(element)].flatMap((literal) => (literal === undefined ? [] : referenceValue(literal)));
    case 'date':
      return elementSpan(element) === undefined ? [] : [dateValue(element)].flat();
    case 'number':
      return element.type === 'Range' ? [] : [String(element.data)];
    case 'quantity':
      return quantityValue(element);
    case 'uri':
      return [uriOf(element, resource!)].flatMap((uri) => (uri === undefined || /\s/.test(uri.uri) ? [] : escape(uri.uri)));
    case 'special':
      return element.data.latitude === undefined ? [] : [`${element.data.latitude}|${element.data.longitude}|1|km`];
    case 'composite':
      return [];
  }
}

function referenceValue({ type, id, url, base }: NonNullable<ReturnType<typeof literalOf>>): string[] {
  if (/\s/.test(url) || (id === undefined && !/^[a-z][a-z0-9+.-]*:/i.test(url))) return [];
  return [id === undefined || base !== undefined ? escape(url) : `${type}/${id}`];
}

/** Within the limits of the value: `eq` for what has both, else the open end leaves a comparison. */
function dateValue(element: Element): string[] {
  const { low, high } = elementSpan(element)!;
  if (typeof element.data === 'string') return [`eq${element.data}`];
  return [Number.isFinite(low) ? `ge${new Date(low).toISOString()}` : [], Number.isFinite(high) ? `le${new Date(high).toISOString()}` : []].flat();
}

function quantityValue(element: Element): string[] {
  const target = measured(element);
  if (target === undefined) return [];
  const { low, high } = target.interval;
  const unit = target.code === undefined ? '' : `|${escape(target.system ?? '')}|${escape(target.code)}`;
  if (typeof low !== 'string' && typeof high !== 'string' && low === high) return [plain(low) + unit];
  return typeof low === 'string' ? [`lt${plain(high as Exclude<typeof high, string>)}${unit}`] : [`gt${plain(low)}${unit}`];
}
