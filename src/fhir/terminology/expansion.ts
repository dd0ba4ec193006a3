/** The codes of a value set's stored expansion (https://hl7.org/fhir/R4/valueset.html#expansions), where it has them all. */
import { isNumber, isObject, numberText } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { objects, textOf } from './code-system.ts';
import { listedCodes, union } from './codes.ts';
import type { Codes } from './codes.ts';

/** Said of an expansion that is known not to be whole. */
const unclosed = 'http://hl7.org/fhir/StructureDefinition/valueset-unclosed';
/** Parameters that leave codes out. */
const narrowing: ReadonlySet<string> = new Set(['filter', 'limitedExpansion', 'activeOnly', 'excludeNotForUI', 'excludePostCoordinated', 'offset', 'count']);

/** @returns undefined when there is no expansion, or a part of one */
export function expandedCodes({ expansion }: JsonObject): Codes | undefined {
  if (!isObject(expansion) || isNarrowed(expansion)) return undefined;
  const bySystem = new Map<string, string[]>();
  const count = collect(bySystem, expansion.contains);
  const { total } = expansion;
  if (isNumber(total) && Number(numberText(total)) > count) return undefined;
  return union([...bySystem].map(([system, codes]) => listedCodes(system, codes)));
}

function isNarrowed({ offset, parameter, extension }: JsonObject): boolean {
  if (isNumber(offset) && Number(numberText(offset)) > 0) return true;
  if (objects(extension).some(({ url }) => url === unclosed)) return true;
  return objects(parameter).some(({ name, ...value }) => narrowing.has(textOf(name) ?? '') && !isOff(value));
}

/** `false`, or an offset of nothing. */
function isOff(parameter: JsonObject): boolean {
  return parameter.valueBoolean === false || (isNumber(parameter.valueInteger) && Number(numberText(parameter.valueInteger)) === 0);
}

/** An entry without a code is a heading, as is an abstract one, which nobody may choose. @returns how many entries there are, headings included, as `total` counts them */
function collect(bySystem: Map<string, string[]>, contains: Json | undefined): number {
  let count = 0;
  for (const entry of objects(contains)) {
    const system = textOf(entry.system);
    const code = textOf(entry.code);
    count += 1 + collect(bySystem, entry.contains);
    if (system === undefined || code === undefined || entry.abstract === true) continue;
    const codes = bySystem.get(system) ?? [];
    codes.push(code);
    bySystem.set(system, codes);
  }
  return count;
}
